// What is open and what is closed, by the room there is.

import { byId } from "./fields.js";

/** The same widths as in page.css. */
const narrow = matchMedia("(max-width: 1179px)");
const phone = matchMedia("(max-width: 759px)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Where there is no room beside the report, what is not asked for is closed. */
export function arrange(): void {
  byId("examples", HTMLDetailsElement).open = !narrow.matches;
  for (const part of document.querySelectorAll<HTMLDetailsElement>("details.panel")) part.open = !phone.matches;
}

for (const change of [narrow, phone]) change.addEventListener("change", arrange);

/** After an example was chosen: where the examples are above the report, they make room for it. */
export function bringReportIntoView(): void {
  if (!narrow.matches) return;
  byId("examples", HTMLDetailsElement).open = false;
  byId("result", HTMLElement).scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
}
