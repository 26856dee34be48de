// What is kept for a caller whose answer was lost, encrypted under the refresh token that it was exchanged for: AES-256-GCM
// with a key from HKDF-SHA-256 (RFC 5869). The gate has no other key: whoever cannot present the token cannot read it.

const INFO = new TextEncoder().encode("edgewarden successor 1");
const NONCE_LENGTH = 12;

/** Nonce and ciphertext of a text. */
export async function seal(refreshToken: string, text: string): Promise<Uint8Array> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_LENGTH));
  const key = await keyOf(refreshToken, "encrypt");
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, new TextEncoder().encode(text));
  const whole = new Uint8Array(NONCE_LENGTH + sealed.byteLength);
  whole.set(nonce);
  whole.set(new Uint8Array(sealed), NONCE_LENGTH);
  return whole;
}

/** What was sealed; nothing when it has been altered, or was sealed under another token. */
export async function open(refreshToken: string, sealed: Uint8Array): Promise<string | undefined> {
  const key = await keyOf(refreshToken, "decrypt");
  const nonce = sealed.subarray(0, NONCE_LENGTH);
  try {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, key, sealed.subarray(NONCE_LENGTH));
    return new TextDecoder().decode(text);
  } catch {
    return undefined;
  }
}

async function keyOf(refreshToken: string, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(refreshToken), "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: INFO };
  return crypto.subtle.deriveKey(derivation, secret, { name: "AES-GCM", length: 256 }, false, [use]);
}
