// The Durable Object of one refresh token, as the runtime sees it: it tells refresh_gate.rs what happens, and carries out
// what that says.

import { DurableObject } from "cloudflare:workers";
import { Exchange } from "edgewarden-wasm";

import { limitedText } from "./body";
import { type Environment, type OriginRequest, sendToOrigin } from "./origin";
import { open, seal } from "./seal";
import { generation } from "./wire";

/** One thing to be done, as refresh_gate.rs spells it. */
type Effect =
  | { load: true }
  | { ask: OriginRequest | null }
  | { timer: number | null }
  | { keep: string; until: number }
  | { reply: string };

const RECORD = "record";

/** A token response is a few kilobytes. */
const MAX_ANSWER = 64 * 1024;

/** How much longer than its callers the object waits for an answer, which may be the only copy of a session. */
const PATIENCE_MS = 20_000;

/** What callers are told who wait when the object can do nothing for them. */
const UNAVAILABLE = "{}";

export class RefreshGate extends DurableObject<Environment> {
  #exchange: Exchange | undefined;
  #generation = -1;
  /** The refresh token: what is kept is encrypted under it. */
  #token = "";
  #waiting: ((outcome: string) => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Exchanges the refresh `token` of a question; returns the outcome. Both are JSON, see question.rs. */
  async exchange(question: string, token: string): Promise<string> {
    this.#token = token;
    const exchange = this.#current(question);
    if (!exchange) return UNAVAILABLE;
    const outcome = new Promise<string>((resolve) => this.#waiting.push(resolve));
    this.#carryOut(exchange, exchange.presented(this.env));
    return outcome;
  }

  /** The session has been ended: what was kept for callers whose answer was lost goes. */
  async forget(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }

  /** The window has closed. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }

  /** The exchange; a new one where the wasm module was started over and the old one went with it. */
  #current(question: string): Exchange | undefined {
    if (!this.#exchange || this.#generation !== generation()) {
      this.#exchange = Exchange.of(question);
      this.#generation = generation();
    }
    return this.#exchange;
  }

  #carryOut(exchange: Exchange, effects: string): void {
    for (const effect of JSON.parse(effects) as Effect[]) {
      if ("reply" in effect) {
        clearTimeout(this.#timer ?? null);
        for (const resolve of this.#waiting.splice(0)) resolve(effect.reply);
      } else if ("timer" in effect) {
        clearTimeout(this.#timer ?? null);
        this.#timer = setTimeout(() => this.#carryOut(exchange, exchange.waited_enough(this.env)), effect.timer ?? 0);
      } else {
        // Goes on when every caller has gone away.
        this.ctx.waitUntil(this.#work(exchange, effect));
      }
    }
  }

  async #work(exchange: Exchange, effect: Exclude<Effect, { reply: string } | { timer: number | null }>): Promise<void> {
    try {
      if ("load" in effect) this.#carryOut(exchange, await this.#load(exchange));
      else if ("ask" in effect) this.#carryOut(exchange, await this.#ask(exchange, effect.ask));
      else this.#carryOut(exchange, await this.#keep(exchange, effect.keep, effect.until));
    } catch (error) {
      // Only a fault of the module itself gets here. Nobody is left waiting for it, and nobody is signed out.
      console.error(JSON.stringify({ event: "fault", level: "error", code: "internal_error", why: nameOf(error) }));
      this.#exchange = undefined;
      for (const resolve of this.#waiting.splice(0)) resolve(UNAVAILABLE);
    }
  }

  async #load(exchange: Exchange): Promise<string> {
    try {
      const sealed = await this.ctx.storage.get<Uint8Array>(RECORD);
      const kept = sealed && (await open(this.#token, sealed));
      // Something was kept, so the origin has answered. To ask it again would look like theft.
      if (sealed && kept === undefined) return exchange.unreadable(this.env);
      return exchange.loaded(this.env, kept, Date.now() / 1000);
    } catch {
      return exchange.unreadable(this.env);
    }
  }

  async #ask(exchange: Exchange, request: OriginRequest | null): Promise<string> {
    if (!request) return exchange.unanswered(this.env);
    let status: number;
    let retryAfter: string | undefined;
    let body: string;
    try {
      const response = await sendToOrigin(this.env, request, request.timeout + PATIENCE_MS);
      status = response.status;
      retryAfter = response.headers.get("Retry-After") ?? undefined;
      body = await limitedText(response.body, MAX_ANSWER);
    } catch {
      return exchange.unanswered(this.env);
    }
    return exchange.answered(this.env, status, retryAfter, body, Date.now() / 1000);
  }

  /**
   * Writes the record and sets the alarm that deletes it; the runtime lets nothing out of the object before both are on
   * disk. When they cannot be written, the pair still reaches those who wait: only a lost answer stays lost.
   */
  async #keep(exchange: Exchange, record: string, until: number): Promise<string> {
    try {
      const sealed = await seal(this.#token, record);
      await Promise.all([this.ctx.storage.put(RECORD, sealed), this.ctx.storage.setAlarm(until)]);
    } catch (error) {
      console.error(JSON.stringify({ event: "refresh_not_kept", level: "error", why: nameOf(error) }));
    }
    return exchange.kept(this.env);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
