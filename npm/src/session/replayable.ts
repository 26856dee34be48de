/**
 * Whether a call may be made a second time: its body must still be there after the first. Of what `fetch` takes for a body,
 * only a stream is used up by sending it. (A `Request` shows its own as one, whatever it was made of.)
 * @internal
 */
export function isReplayable(input: RequestInfo | URL, init: RequestInit | undefined): boolean {
  const body = (init?.body ?? (input as Partial<Request>).body) as Partial<ReadableStream> | null | undefined;
  return !body?.getReader;
}
