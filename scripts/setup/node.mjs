import { atLeast } from "./executables.mjs";
import { SetupError } from "./setup_error.mjs";

/** What Vite, wrangler and the node test runner need; the same number as `engines` in package.json. */
const OLDEST = "20.19";

export function ensureNode() {
  if (!atLeast(process.versions.node, OLDEST)) {
    throw new SetupError(
      `Node ${process.versions.node} is too old: ${OLDEST} or newer is needed.`,
      "install a current Node from https://nodejs.org or with your version manager",
    );
  }
}
