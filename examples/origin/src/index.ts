// Which path leads where. Every answer of the Worker leaves through here.

import { checkSession, listEvents, recordPosition } from "./api.ts";
import type { Env } from "./configuration.ts";
import { devRoutes, refreshWithFaults } from "./faults.ts";
import { health } from "./health.ts";
import { deleteExpired } from "./ledger.ts";
import { describeError, log } from "./log.ts";
import { login } from "./login.ts";
import { logout, revoke } from "./logout.ts";
import { refresh } from "./refresh.ts";
import { internalError, methodNotAllowed, notFound } from "./responses.ts";
import { handlerFor, methodsOf, type Route } from "./route.ts";

const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["/login", { POST: login }],
  ["/refresh", { POST: refresh }],
  ["/logout", { POST: logout }],
  ["/revoke", { POST: revoke }],
  ["/list_events", { GET: listEvents }],
  ["/positions", { POST: recordPosition }],
  ["/check_session", { GET: checkSession }],
  ["/health", { GET: health }],
]);

// The only place that knows of the faults. To do without them, delete this, its use below, and faults.ts.
const ROUTES_WITH_FAULTS: ReadonlyMap<string, Route> = new Map<string, Route>([
  ...ROUTES,
  ["/refresh", { POST: refreshWithFaults }],
  ...devRoutes,
]);

export default {
  async fetch(request, env): Promise<Response> {
    try {
      return await dispatch(request, env);
    } catch (error) {
      // Nothing that a caller sends leads here. What does is a database that is out of reach or was not migrated.
      log("error", "internal_error", { request, error: describeError(error) });
      return internalError();
    }
  },

  /** Once a night, see wrangler.toml. */
  async scheduled(_controller, env): Promise<void> {
    const deleted = await deleteExpired(env.DB, Math.floor(Date.now() / 1000));
    log("info", "ledger_swept", { deleted });
  },
} satisfies ExportedHandler<Env>;

function dispatch(request: Request, env: Env): Response | Promise<Response> {
  const routes = env.DEV_FAULTS === "on" ? ROUTES_WITH_FAULTS : ROUTES;
  const route = routes.get(new URL(request.url).pathname);
  if (route === undefined) {
    return notFound();
  }
  const handler = handlerFor(route, request.method);
  return handler === undefined ? methodNotAllowed(methodsOf(route)) : handler(request, env);
}
