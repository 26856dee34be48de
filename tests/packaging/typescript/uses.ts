// What is meant to be allowed.
import {
  type CauseCode,
  ConfigurationError,
  type Context,
  createVerifier,
  explain,
  explainAsJson,
  init,
  inspect,
  type Inspection,
  type Report,
  type Verdict,
} from "edgewarden";

const initialised: Promise<void> = init();
await init(new Uint8Array());
await init(new ArrayBuffer(8));

const inspection: Inspection = inspect("token", { now: 1 });
const expiry: number | null | undefined = inspection.times.exp?.seconds_from_now;
const header: unknown = inspection.header?.["alg"];
const verified: false = inspection.verified;

const context: Context = { accessKeys: { keys: [{ kty: "oct" }] }, refreshKeys: "{}", policy: { issuer: ["a"], leeway: 5 }, kind: "refresh", scope: ["a"] };
const report: Report = explain("token", context);
const text: string = explainAsJson("token");
function advice(code: CauseCode): string {
  return code === "clock_skew" || code === "expired" ? "time" : code;
}
const first: "error" | "warning" | "note" | undefined = report.findings[0]?.level;

const verifier = createVerifier({ keys: { keys: [] }, policy: { unknown_kid: "try_all" } });
const verdict: Verdict = verifier.verify("token", { scope: "a b" });
const subject: string | undefined = verdict.valid ? verdict.claims.sub : verdict.detail;
const code: CauseCode | null = verdict.code;
verifier.free();

export { initialised, expiry, header, verified, advice, text, first, subject, code, ConfigurationError };
// And what is not: every line from here on.
