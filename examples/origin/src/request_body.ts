// What a request says, read with a limit and without trust. Each function returns what was read, or the answer that
// refuses it.

import { invalidRequest, tooLarge } from "./responses.ts";

/** Far more than any body that this API takes. */
const LARGEST_BODY = 16 * 1024;

/** The parameters of a form or of a JSON object. Members of the latter that are not texts are left out. */
export async function readParameters(request: Request): Promise<ReadonlyMap<string, string> | Response> {
  switch (mediaType(request)) {
    case "application/json": {
      const object = await readJsonObject(request);
      return object instanceof Response
        ? object
        : new Map(Object.entries(object).filter((member): member is [string, string] => typeof member[1] === "string"));
    }
    case "application/x-www-form-urlencoded": {
      const body = await readText(request);
      if (body instanceof Response) {
        return body;
      }
      const pairs = [...new URLSearchParams(body)];
      const parameters = new Map(pairs);
      // RFC 6749 §3.2: a parameter must not be there twice.
      return parameters.size === pairs.length ? parameters : invalidRequest("A parameter is there twice");
    }
    default:
      return invalidRequest("Content-Type must be application/json or application/x-www-form-urlencoded");
  }
}

export async function readJsonObject(request: Request): Promise<Record<string, unknown> | Response> {
  if (mediaType(request) !== "application/json") {
    return invalidRequest("Content-Type must be application/json");
  }
  const body = await readText(request);
  if (body instanceof Response) {
    return body;
  }
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // The parser's own words would quote the body.
  }
  return invalidRequest("The body is not a JSON object");
}

/** `null` when there is none, `undefined` when it cannot be one. The header's draft writes the key in quotes, many
 *  clients do not: both name the same key. */
export function readIdempotencyKey(request: Request): string | null | undefined {
  const header = request.headers.get("Idempotency-Key");
  if (header === null) {
    return null;
  }
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  return /^[\x21-\x7e]{1,255}$/.test(key) ? key : undefined;
}

function mediaType(request: Request): string | undefined {
  return request.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase();
}

async function readText(request: Request): Promise<string | Response> {
  const bytes = new Uint8Array(LARGEST_BODY);
  let length = 0;
  for await (const chunk of request.body ?? []) {
    // Counted as it comes in: a Content-Length may be absent.
    if (length + chunk.length > LARGEST_BODY) {
      return tooLarge(LARGEST_BODY);
    }
    bytes.set(chunk, length);
    length += chunk.length;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length));
  } catch {
    return invalidRequest("The body is not UTF-8");
  }
}
