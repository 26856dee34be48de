// PBKDF2-HMAC-SHA-256, which every WebCrypto has. workerd refuses more than 100,000 iterations in one call, so this is
// as slow as it gets here; OWASP asks for 600,000. Argon2id, compiled to WebAssembly, would be better. To move to it,
// add a column that names the function, and hash anew at each user's next login.

export interface PasswordRecord {
  /** Hex. */
  password_hash: string;
  /** Hex. */
  salt: string;
  iterations: number;
}

const ITERATIONS = 100_000;

// No password has this hash. It is checked for unknown users, so that they take as long to refuse as known ones.
const NOBODY: PasswordRecord = { password_hash: "00".repeat(32), salt: "00".repeat(16), iterations: ITERATIONS };

/** Whether this is the password of that record; without a record it is not, after the same work. */
export async function isPassword(password: string, record: PasswordRecord | null): Promise<boolean> {
  const { password_hash, salt, iterations } = record ?? NOBODY;
  // One way to type an umlaut is as good as another (NIST SP 800-63B §3.1.1.2). scripts/add-user.mjs does the same.
  const typed = new TextEncoder().encode(password.normalize("NFKC"));
  const key = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveBits"]);
  const algorithm = { name: "PBKDF2", hash: "SHA-256", salt: fromHex(salt), iterations };
  const derived = new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 256));
  const stored = fromHex(password_hash);
  const same = stored.length === derived.length && crypto.subtle.timingSafeEqual(stored, derived);
  return same && record !== null;
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
