import type { Report } from "./contract.js";
import { html } from "./elements.js";
import { outcomeIcon } from "./icons.js";
import { prose } from "./prose.js";
import { section } from "./section.js";
import { CHECKS, OUTCOMES, words } from "./words.js";

/** Every check in the order of verification: what passed, where it ended, what could not be checked. */
export function ladder(checks: Report["checks"]): HTMLElement {
  const rungs = checks.map(({ check, outcome, code, detail }) =>
    html(
      "li",
      { class: `rung ${outcome}`, part: `check ${outcome}` },
      outcomeIcon(outcome),
      html("span", { class: "check-name" }, words(CHECKS, check)),
      html("span", { class: "outcome" }, words(OUTCOMES, outcome)),
      // That an earlier check failed is what "not reached" means.
      outcome !== "not_reached" && html("span", { class: "detail" }, ...prose(detail), code ? html("code", { class: "code" }, code) : undefined),
    ),
  );
  return section("checks", "Checks, in order", html("ol", { class: "ladder" }, ...rungs));
}
