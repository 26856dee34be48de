// The fields of the page, read and filled. Nothing here outlives the page: no storage, no address.

import type { Context } from "edgewarden";

import type { Example } from "./examples.js";
import { keyText } from "./key_text.js";
import { momentText } from "./moment_text.js";

export function byId<E extends HTMLElement>(id: string, kind: new () => E): E {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`the page has no ${id}`);
}

const input = (id: string): HTMLInputElement => byId(id, HTMLInputElement);
const area = (id: string): HTMLTextAreaElement => byId(id, HTMLTextAreaElement);

const token = area("token");
const secrets = { access: input("access-keys"), refresh: input("refresh-keys") };
const kind = { access: input("kind-access"), refresh: input("kind-refresh") };
const policy = {
  issuer: input("issuer"),
  audience: input("audience"),
  leeway: input("leeway"),
  maxAge: input("max-age"),
  scope: input("scope"),
  more: area("more-policy"),
};
const time = { now: input("now"), server: input("server-now") };

/** Every field that text can stand in. */
export const textFields: readonly (HTMLInputElement | HTMLTextAreaElement)[] = [
  token, ...Object.values(secrets), ...Object.values(policy), ...Object.values(time),
];

export interface Filled {
  readonly token: string;
  /** What the fields say, without those that cannot be understood. */
  readonly context: Context;
}

/** Reads all fields, and says beside each what was understood or what is wrong with it. */
export function readFields(): Filled {
  const now = said("now", time.now, momentText(time.now.value), "A time is seconds since 1970, or a date such as 2026-11-22T08:00:00Z.");
  const serverNow = said("server-now", time.server, momentText(time.server.value), "A time is seconds since 1970, or a date such as 2026-11-22T08:00:00Z.");
  const alg = algorithmOf(token.value);
  const keys = (name: "access" | "refresh"): Context["accessKeys"] => {
    const { set, note, isWrong } = keyText(secrets[name].value, alg);
    tell(`${name}-keys`, secrets[name], note, isWrong);
    return set;
  };
  const accessKeys = keys("access");
  const refreshKeys = keys("refresh");
  const scope = policy.scope.value.trim();
  const context: Context = {
    ...(accessKeys && { accessKeys }),
    ...(refreshKeys && { refreshKeys }),
    policy: readPolicy(),
    ...(now !== undefined && { now }),
    ...(serverNow !== undefined && { serverNow }),
    kind: kind.refresh.checked ? "refresh" : "access",
    ...(scope && { scope }),
  };
  return { token: token.value, context };
}

/** The secrets as they stand in the fields, and inside their key sets: what must be in no copy. */
export function secretTexts(): string[] {
  return Object.values(secrets).flatMap(({ value }) => {
    const { set } = keyText(value, undefined);
    const material = set?.keys.flatMap(({ k }) => (typeof k === "string" ? [k] : [])) ?? [];
    return [value, value.trim(), ...material];
  });
}

/** For a bare secret: the algorithm that the token's header names. */
function algorithmOf(pasted: string): string | undefined {
  const header = /([\w-]+)\s*\./.exec(pasted.slice(0, 4096))?.[1];
  if (!header) return undefined;
  try {
    const { alg } = JSON.parse(atob(header.replaceAll("-", "+").replaceAll("_", "/"))) as { alg?: unknown };
    return typeof alg === "string" ? alg : undefined;
  } catch {
    return undefined;
  }
}

function readPolicy(): NonNullable<Context["policy"]> {
  const issuer = list(policy.issuer.value);
  const audience = list(policy.audience.value);
  const leeway = seconds("leeway", policy.leeway);
  const maxAge = seconds("max-age", policy.maxAge);
  return {
    ...(issuer.length > 0 && { issuer }),
    ...(audience.length > 0 && { audience }),
    ...(leeway !== undefined && { leeway }),
    ...(maxAge !== undefined && { max_token_age: maxAge }),
    ...furtherPolicy(),
  };
}

/** Values separated by commas or spaces. */
function list(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

function seconds(id: string, field: HTMLInputElement): number | undefined {
  const text = field.value.trim();
  const isWrong = text !== "" && !/^\d+(\.\d+)?$/.test(text);
  tell(id, field, isWrong ? "A number of seconds." : "", isWrong);
  return text === "" || isWrong ? undefined : Number(text);
}

function furtherPolicy(): object {
  const text = policy.more.value.trim();
  let value: unknown = {};
  try {
    if (text) value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const isWrong = typeof value !== "object" || value === null || Array.isArray(value);
  tell("more-policy", policy.more, isWrong ? "An object as JSON is expected." : "", isWrong);
  return isWrong ? {} : (value as object);
}

function said(id: string, field: HTMLInputElement, read: { seconds?: number; isWrong: boolean }, wrong: string): number | undefined {
  const date = read.seconds === undefined ? undefined : new Date(read.seconds * 1000);
  const note = date && !Number.isNaN(date.getTime()) ? date.toISOString().replace("T", " ").replace(/(\.000)?Z$/, " UTC") : "";
  tell(id, field, read.isWrong ? wrong : note, read.isWrong);
  return read.seconds;
}

/** The note below a field, which is also its description. */
function tell(id: string, field: HTMLElement, note: string, isWrong: boolean): void {
  const place = byId(`${id}-note`, HTMLElement);
  if (place.textContent !== note) place.textContent = note;
  place.classList.toggle("wrong", isWrong);
  if (isWrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/** Empties every field and shows no secret any more. */
export function emptyFields(): void {
  for (const field of textFields) field.value = "";
  kind.access.checked = true;
}

/** Each secret has a button that shows it. */
const buttons = [...document.querySelectorAll<HTMLButtonElement>("button.show")];
for (const button of buttons) button.addEventListener("click", () => show(button, button.getAttribute("aria-pressed") !== "true"));

function show(button: HTMLButtonElement, shown: boolean): void {
  byId(button.dataset["shows"] ?? "", HTMLInputElement).type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
}

export function hideSecrets(): void {
  for (const button of buttons) show(button, false);
}

/** Puts an example into the fields. */
export function fillFields(example: Example): void {
  emptyFields();
  const { issuer, audience, leeway, max_token_age: maxAge, ...more } = (example.policy ?? {}) as Record<string, unknown>;
  token.value = example.token;
  secrets.access.value = example.accessKeys ? JSON.stringify(example.accessKeys) : "";
  secrets.refresh.value = example.refreshKeys ? JSON.stringify(example.refreshKeys) : "";
  kind.refresh.checked = example.kind === "refresh";
  policy.issuer.value = String(issuer ?? "");
  policy.audience.value = String(audience ?? "");
  policy.leeway.value = String(leeway ?? "");
  policy.maxAge.value = String(maxAge ?? "");
  policy.scope.value = example.scope ?? "";
  policy.more.value = Object.keys(more).length > 0 ? JSON.stringify(more) : "";
  time.now.value = String(example.now);
  time.server.value = example.serverNow === undefined ? "" : String(example.serverNow);
}
