/**
 * Makes what is shown look like what has been built anew, and touches only what differs. A report that is told again every
 * second neither takes the focus from a link nor the selection from a text.
 */
export function morphChildren(shown: ParentNode & Node, wanted: readonly Node[]): void {
  wanted.forEach((next, index) => {
    const current = shown.childNodes[index];
    if (!current) shown.appendChild(next);
    else if (!morphed(current, next)) current.replaceWith(next);
  });
  while (shown.childNodes.length > wanted.length) shown.lastChild?.remove();
}

function morphed(current: Node, next: Node): boolean {
  if (current.nodeName !== next.nodeName) return false;
  if (current instanceof Element && next instanceof Element) {
    copyAttributes(current, next);
    morphChildren(current, [...next.childNodes]);
  } else if (current.nodeValue !== next.nodeValue) {
    current.nodeValue = next.nodeValue;
  }
  return true;
}

function copyAttributes(current: Element, next: Element): void {
  for (const { name } of [...current.attributes]) if (!next.hasAttribute(name)) current.removeAttribute(name);
  for (const { name, value } of next.attributes) {
    if (current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
}
