// One path: what is done there for which method.

import type { Env } from "./configuration.ts";

export type Handler = (request: Request, env: Env) => Response | Promise<Response>;
export type Route = Partial<Record<"GET" | "POST", Handler>>;

export function handlerFor(route: Route, method: string): Handler | undefined {
  switch (method) {
    case "GET":
    case "HEAD": // the runtime drops the body of the answer
      return route.GET;
    case "POST":
      return route.POST;
    default:
      return undefined;
  }
}

/** What handlerFor has a handler for. */
export function methodsOf(route: Route): string[] {
  return [...(route.GET ? ["GET", "HEAD"] : []), ...(route.POST ? ["POST"] : [])];
}
