// The page: fields on one side, the report on the other. The token stays in this document, and goes with it.

import { init, type Report } from "edgewarden";
import "edgewarden/element";

import { exampleGroups } from "./examples.js";
import { byId, emptyFields, fillFields, readFields, secretTexts, textFields } from "./fields.js";
import { redactedReport } from "./redacted_report.js";

/** Words in the fields' headings, so that a closed part says what is in it. */
const PARTS = {
  keys: ["access-keys", "refresh-keys"],
  policy: ["issuer", "audience", "leeway", "max-age", "scope", "more-policy"],
  time: ["now", "server-now"],
} as const;

const page = document.documentElement;
const token = byId("token", HTMLTextAreaElement);
const result = byId("result", HTMLElement);
const inspector = document.createElement("token-inspector");
inspector.docs = "causes.html";
byId("report", HTMLElement).append(inspector);

// Asked for while the page is still being laid out: the first report must not wait for it.
void init().catch(() => undefined);

function update(): void {
  const filled = readFields();
  inspector.context = filled.context;
  inspector.token = filled.token;
  page.classList.toggle("empty", filled.token === "");
  if (filled.token === "") copy.disabled = true;
  for (const [part, ids] of Object.entries(PARTS)) {
    const count = ids.filter((id) => textFields.some((field) => field.id === id && field.value.trim() !== "")).length;
    byId(`${part}-count`, HTMLElement).textContent = count === 0 ? "" : `${count} set`;
  }
}

for (const field of textFields) {
  field.addEventListener("input", () => {
    forgetExample();
    update();
  });
}
for (const radio of document.querySelectorAll("input[name=kind]")) radio.addEventListener("change", update);

/* The secrets' own buttons. */
for (const button of document.querySelectorAll<HTMLButtonElement>("button.show")) {
  button.addEventListener("click", () => show(button, button.getAttribute("aria-pressed") !== "true"));
}

function show(button: HTMLButtonElement, shown: boolean): void {
  const field = byId(button.dataset["shows"] ?? "", HTMLInputElement);
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
}

/* Clear. */
byId("clear", HTMLButtonElement).addEventListener("click", () => {
  wipe();
  token.focus();
});

function wipe(): void {
  emptyFields();
  for (const button of document.querySelectorAll<HTMLButtonElement>("button.show")) show(button, false);
  forgetExample();
  forgetCopy();
  update();
}

// A browser may keep a left page as it was, and fill the fields of a reloaded one.
addEventListener("pagehide", wipe);
addEventListener("pageshow", update);

/* Examples. */
const examples = byId("examples", HTMLDetailsElement);
const list = byId("example-groups", HTMLElement);
for (const { name, recipes } of exampleGroups) {
  const heading = document.createElement("h3");
  heading.textContent = name;
  const items = document.createElement("ul");
  for (const [code, recipe] of Object.entries(recipes)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = code;
    button.dataset["example"] = code;
    button.addEventListener("click", () => void take(button, recipe));
    const item = document.createElement("li");
    item.append(button);
    items.append(item);
  }
  list.append(heading, items);
}

let taken = 0;

async function take(button: HTMLButtonElement, recipe: (typeof exampleGroups)[number]["recipes"][string]): Promise<void> {
  taken += 1;
  const turn = taken;
  const example = await recipe(Math.floor(Date.now() / 1000));
  // Two clicks in a row: the later one counts, whichever was signed first.
  if (turn !== taken) return;
  fillFields(example);
  forgetExample();
  button.setAttribute("aria-current", "true");
  update();
  if (narrow.matches) {
    examples.open = false;
    result.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
  }
}

function forgetExample(): void {
  list.querySelector("[aria-current]")?.removeAttribute("aria-current");
}

const narrow = matchMedia("(max-width: 1179px)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const phone = matchMedia("(max-width: 759px)");

/** Where there is no room beside the report, what is not asked for is closed. */
function arrange(): void {
  examples.open = !narrow.matches;
  for (const part of document.querySelectorAll<HTMLDetailsElement>("details.panel")) part.open = !phone.matches;
}

for (const change of [narrow, phone]) change.addEventListener("change", arrange);
arrange();

/* The copy. */
const copy = byId("copy", HTMLButtonElement);
const mask = byId("mask", HTMLInputElement);
const preview = byId("copied", HTMLTextAreaElement);
const said = byId("copy-note", HTMLElement);

copy.addEventListener("click", () => void copyReport());
mask.addEventListener("change", forgetCopy);
inspector.addEventListener("report", () => {
  forgetCopy();
  copy.disabled = false;
});

async function copyReport(): Promise<void> {
  const report: Report | null = inspector.report;
  if (!report) return;
  const text = redactedReport(report, { maskClaims: mask.checked, secrets: secretTexts() });
  preview.value = text;
  preview.hidden = false;
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "Copied. This is what was copied:";
  } catch {
    said.textContent = "The clipboard cannot be reached. Copy it from here:";
    preview.focus();
    preview.select();
  }
}

function forgetCopy(): void {
  preview.value = "";
  preview.hidden = true;
  said.textContent = "";
}

update();
