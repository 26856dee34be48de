// The page: fields on one side, the report on the other. The token stays in this document, and goes with it.

import { init } from "edgewarden";
import "edgewarden/element";

import { copyPanel } from "./copy_panel.js";
import { exampleList } from "./example_list.js";
import { byId, emptyFields, fillFields, hideSecrets, readFields, textFields } from "./fields.js";
import { arrange, bringReportIntoView } from "./layout.js";

/** The closable parts and the fields in each: a closed part says how many of its fields are set. */
const PARTS = {
  keys: ["access-keys", "refresh-keys"],
  policy: ["issuer", "audience", "leeway", "max-age", "scope", "more-policy"],
  time: ["now", "server-now"],
} as const;

const token = byId("token", HTMLTextAreaElement);
const inspector = document.createElement("token-inspector");
inspector.docs = "causes.html";
byId("report", HTMLElement).append(inspector);

// Asked for while the page is still being laid out: the first report must not wait for it.
void init().catch(() => undefined);

const copies = copyPanel(inspector);
const examples = exampleList((example) => {
  // Where the report is, is known when it is there.
  inspector.addEventListener("report", bringReportIntoView, { once: true });
  fillFields(example);
  update();
});

function update(): void {
  const filled = readFields();
  inspector.context = filled.context;
  inspector.token = filled.token;
  document.documentElement.classList.toggle("empty", filled.token === "");
  if (filled.token === "") copies.forget();
  for (const [part, ids] of Object.entries(PARTS)) {
    const count = ids.filter((id) => textFields.some((field) => field.id === id && field.value.trim() !== "")).length;
    byId(`${part}-count`, HTMLElement).textContent = count === 0 ? "" : `${count} set`;
  }
}

function wipe(): void {
  emptyFields();
  hideSecrets();
  examples.forget();
  update();
}

for (const field of textFields) {
  field.addEventListener("input", () => {
    examples.forget();
    update();
  });
}
for (const radio of document.querySelectorAll("input[name=kind]")) radio.addEventListener("change", update);

byId("clear", HTMLButtonElement).addEventListener("click", () => {
  wipe();
  token.focus();
});

// A browser may keep a left page as it was, and fill the fields of a reloaded one.
addEventListener("pagehide", wipe);
addEventListener("pageshow", update);

arrange();
update();
