/** Where the token may go. */

/**
 * Tells whether a URL is at or below one of `prefixes`, which are absolute URLs or relative to the page.
 * A prefix ends at a slash: `/api` covers `/api`, `/api?x` and `/api/x`, not `/apiary`.
 * @internal
 */
export function reachOf(prefixes: readonly (string | URL)[]): (url: string) => boolean {
  const bare = (url: string) => url.replace(/[?#].*/, "");
  const roots = prefixes.map((prefix) => bare(absolute(prefix)));
  // Both sides are normalised URLs, so an origin ends at the first slash of its path and dots have been resolved.
  return (url) => roots.some((root) => bare(url) === root || bare(url).startsWith(root.replace(/\/?$/, "/")));
}

/** The absolute form of a URL, resolved as `fetch` resolves it in this place. @internal */
export function absolute(url: string | URL): string {
  return new Request(url).url;
}
