// Bodies that have to be read, and end before they fill the memory.

/** The body as text, cut off at `limit` bytes. Up to `discarded` more are read, and not kept. */
export async function limitedText(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  discarded = 0,
): Promise<string> {
  if (!body) return "";
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  while (length < limit) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.byteLength;
  }
  if (length >= limit) await letGo(reader, discarded);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return new TextDecoder().decode(whole.subarray(0, limit));
}

async function letGo(reader: ReadableStreamDefaultReader<Uint8Array>, discarded: number): Promise<void> {
  for (let left = discarded; left > 0; ) {
    const { done, value } = await reader.read();
    if (done) return;
    left -= value.byteLength;
  }
  void reader.cancel().catch(() => undefined);
}
