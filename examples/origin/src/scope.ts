// Scopes as RFC 6749 §3.3 writes them: names with single spaces between them, in any order.

/** What of `wanted` is in `allowed`, in the order of `wanted`. */
export function intersect(wanted: string, allowed: string): string {
  const names = new Set(split(allowed));
  return split(wanted)
    .filter((name) => names.has(name))
    .join(" ");
}

export function includesAll(allowed: string, wanted: string): boolean {
  const names = new Set(split(allowed));
  return split(wanted).every((name) => names.has(name));
}

function split(scope: string): string[] {
  return scope.split(" ").filter((name) => name !== "");
}
