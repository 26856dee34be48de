import type { Report } from "./contract.js";
import { html, type Child } from "./elements.js";
import { outcomeIcon } from "./icons.js";
import { prose } from "./prose.js";
import { ACTIONS, CHECKS, LEVELS, PARTIES, words } from "./words.js";

/** Where a code is described, or `undefined` when the page has no such place. */
export type CodeAddress = (code: string) => string | undefined;

/** The cause: what it is, who has to act, what the client should do, how to mend it. */
export function causeCard(report: Report, addressOf: CodeAddress): HTMLElement {
  const { code, party, action, summary, fix } = report.cause;
  return html(
    "section",
    { class: `cause ${tone(report)}`, part: "cause", "aria-labelledby": "cause-heading" },
    html(
      "p",
      { class: "cause-code" },
      outcomeIcon(ICONS[tone(report)]),
      html("span", { class: "hidden" }, "Cause: "),
      html("code", { part: "code" }, code),
      verdictNote(report),
    ),
    html("h2", { id: "cause-heading", part: "summary" }, ...prose(summary)),
    html("p", { class: "fix", part: "fix" }, ...prose(fix)),
    html(
      "dl",
      { class: "facts" },
      fact("Who acts", words(PARTIES, party)),
      fact("What the client does", words(ACTIONS, action), html("code", {}, action)),
    ),
    notChecked(report.not_checked),
    moreAbout(code, addressOf),
  );
}

const ICONS = { good: "passed", doubtful: "warning", bad: "failed" } as const;

/** A token that passes may have a cause all the same: somebody should do something about it. */
function tone({ cause, findings }: Report): keyof typeof ICONS {
  if (findings.some(({ level }) => level === "error")) return "bad";
  if (findings.some(({ level }) => level === "warning")) return "doubtful";
  return cause.code === "ok" ? "good" : "bad";
}

/** What the gate would answer, where that is another word than the cause. */
function verdictNote({ verdict, cause }: Report): Child {
  if (!verdict) return html("span", { class: "verdict" }, "no verdict: no usable keys");
  if (verdict.valid) return html("span", { class: "verdict" }, "the gate accepts it");
  if (verdict.code === cause.code) return html("span", { class: "verdict" }, "the gate refuses it");
  return html("span", { class: "verdict" }, "the gate refuses it as ", html("code", {}, verdict.code ?? ""));
}

function fact(name: string, ...value: readonly Child[]): HTMLElement {
  return html("div", {}, html("dt", {}, name), html("dd", {}, ...value));
}

function notChecked(names: readonly string[]): Child {
  if (names.length === 0) return undefined;
  const list = names.map((name) => words(CHECKS, name).toLowerCase()).join(", ");
  return html("p", { class: "not-checked", part: "not-checked" }, `Not checked, for want of something to check with: ${list}.`);
}

function moreAbout(code: string, addressOf: CodeAddress): Child {
  const href = addressOf(code);
  if (!href) return undefined;
  return html(
    "p",
    { class: "more" },
    html("a", { href, target: "_blank", rel: "noopener", part: "link" }, "More about ", html("code", {}, code)),
    html("span", { class: "hidden" }, " (opens in a new tab)"),
  );
}

/** Everything else that was noticed. */
export function otherFindings({ cause, findings }: Report, addressOf: CodeAddress): HTMLElement | undefined {
  const others = findings.filter(({ code }, index) => !(index === 0 && code === cause.code));
  if (others.length === 0) return undefined;
  const items = others.map(({ code, level, party, summary, fix }) => {
    const href = addressOf(code);
    return html(
      "li",
      { class: `finding ${level}`, part: `finding ${level}` },
      outcomeIcon(level === "error" ? "failed" : level),
      html(
        "div",
        {},
        html(
          "p",
          { class: "finding-head" },
          html("span", { class: "level" }, words(LEVELS, level)),
          href
            ? html("a", { href, target: "_blank", rel: "noopener", part: "link" }, html("code", {}, code))
            : html("code", {}, code),
          html("span", { class: "party" }, words(PARTIES, party)),
        ),
        html("p", {}, html("strong", {}, ...prose(summary))),
        html("p", { class: "finding-fix" }, ...prose(fix)),
      ),
    );
  });
  return html(
    "section",
    { class: "findings", part: "findings", "aria-labelledby": "findings-heading" },
    html("h3", { id: "findings-heading" }, "Also noticed"),
    html("ul", {}, ...items),
  );
}
