import { exampleGroups, type Example } from "./examples.js";
import { byId } from "./fields.js";

type Recipe = (now: number) => Promise<Example>;

/** Fills the list of examples; one that was clicked is made and handed on. `forget` takes the mark from it. */
export function exampleList(take: (example: Example) => void): { forget(): void } {
  const list = byId("example-groups", HTMLElement);
  // Keys can be made and used only where the browser trusts the address (https, or this machine).
  const canSign = globalThis.isSecureContext;
  byId("examples-note", HTMLElement).hidden = canSign;
  let turn = 0;

  const choose = async (button: HTMLButtonElement, recipe: Recipe): Promise<void> => {
    turn += 1;
    const own = turn;
    const example = await recipe(Math.floor(Date.now() / 1000));
    // Two clicks in a row: the later one counts, whichever was signed first.
    if (own !== turn) return;
    forget();
    button.setAttribute("aria-current", "true");
    take(example);
  };
  const forget = (): void => list.querySelector("[aria-current]")?.removeAttribute("aria-current");

  for (const { name, recipes } of exampleGroups) {
    const heading = document.createElement("h3");
    heading.textContent = name;
    const items = document.createElement("ul");
    for (const [code, recipe] of Object.entries(recipes)) {
      const button = document.createElement("button");
      button.type = "button";
      button.disabled = !canSign;
      button.textContent = code;
      button.dataset["example"] = code;
      button.addEventListener("click", () => void choose(button, recipe));
      const item = document.createElement("li");
      item.append(button);
      items.append(item);
    }
    list.append(heading, items);
  }
  return { forget };
}
