import type { TokenInspector } from "edgewarden/element";

import { byId, secretTexts } from "./fields.js";
import { redactedReport } from "./redacted_report.js";

/** The button that copies, and what it has copied for everyone to see. `forget` empties it. */
export function copyPanel(inspector: TokenInspector): { forget(): void } {
  const button = byId("copy", HTMLButtonElement);
  const mask = byId("mask", HTMLInputElement);
  const preview = byId("copied", HTMLTextAreaElement);
  const note = byId("copy-note", HTMLElement);

  const copy = async (): Promise<void> => {
    const { report } = inspector;
    if (!report) return;
    const text = redactedReport(report, { maskClaims: mask.checked, secrets: secretTexts() });
    preview.value = text;
    preview.hidden = false;
    try {
      await navigator.clipboard.writeText(text);
      note.textContent = "Copied. This is what was copied:";
    } catch {
      note.textContent = "The clipboard cannot be reached. Copy it from here:";
      preview.focus();
      preview.select();
    }
  };
  const empty = (): void => {
    preview.value = "";
    preview.hidden = true;
    note.textContent = "";
  };

  button.addEventListener("click", () => void copy());
  mask.addEventListener("change", empty);
  inspector.addEventListener("report", () => {
    empty();
    button.disabled = false;
  });
  return {
    forget() {
      empty();
      button.disabled = true;
    },
  };
}
