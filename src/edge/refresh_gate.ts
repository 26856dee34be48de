// The Durable Object of one refresh token, as the runtime sees it: it tells refresh_gate.rs what happens, and carries out
// what that says.

import { DurableObject } from "cloudflare:workers";
import { Exchange } from "edgewarden-wasm";

import { limitedText } from "./body";
import { type Environment, type OriginRequest, gateOf, sendToOrigin, tell } from "./origin";
import { open, seal } from "./seal";
import { generation } from "./wire";

/** One thing to be done, as refresh_gate.rs spells it. */
type Effect =
  | { load: true }
  | { ask: OriginRequest | null }
  | { timer: number | null }
  | { keep: Keep }
  | { revoke: OriginRequest | null }
  | { reply: string };

/** What needs no more words, in the order of refresh_gate.rs. */
const enum Happening {
  Presented = 0,
  Ended = 1,
  Unreadable = 2,
  WaitedEnough = 3,
  Unanswered = 4,
  Kept = 5,
}

interface Keep {
  record: string;
  /** In seconds. */
  until: number;
  ended: boolean;
  next: string | null;
}

/** What is in the store. The record is encrypted; the others say nothing about any token to whoever reads them. */
const RECORD = "record";
const ENDED = "ended";
const NEXT = "next";

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

  /** Exchanges the refresh `token` of a question, or `ends` its session; returns the outcome. Both are JSON, see question.rs. */
  async exchange(question: string, token: string, ends: boolean): Promise<string> {
    this.#token = token;
    const exchange = this.#current(question);
    if (!exchange) return UNAVAILABLE;
    const outcome = new Promise<string>((resolve) => this.#waiting.push(resolve));
    this.#carryOut(exchange, this.#tell(exchange, ends ? Happening.Ended : Happening.Presented));
    return outcome;
  }

  /** Whether somebody has signed out with this object's token, or with one that it was exchanged for. */
  async isOver(): Promise<boolean> {
    const kept = await this.ctx.storage.get<string>([ENDED, NEXT]);
    const next = kept.get(NEXT);
    return kept.has(ENDED) || (next !== undefined && gateOf(this.env, next).isOver());
  }

  /** What was kept has had its time, unless something else was kept meanwhile: that has an alarm of its own. */
  override async alarm(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.deleteAll();
  }

  /** The exchange; a new one where the wasm module was started over and the old one went with it. */
  #current(question: string): Exchange | undefined {
    if (!this.#exchange || this.#generation !== generation()) {
      this.#exchange = Exchange.of(question);
      this.#generation = generation();
    }
    return this.#exchange;
  }

  #tell(exchange: Exchange, happening: Happening): string {
    return exchange.happened(this.env, happening, Date.now() / 1000);
  }

  #carryOut(exchange: Exchange, effects: string): void {
    for (const effect of JSON.parse(effects) as Effect[]) {
      if ("reply" in effect) {
        clearTimeout(this.#timer ?? null);
        for (const resolve of this.#waiting.splice(0)) resolve(effect.reply);
      } else if ("timer" in effect) {
        clearTimeout(this.#timer ?? null);
        this.#timer = setTimeout(() => this.#carryOut(exchange, this.#tell(exchange, Happening.WaitedEnough)), effect.timer ?? 0);
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
      else if ("revoke" in effect) await this.#revoke(effect.revoke);
      else this.#carryOut(exchange, await this.#keep(exchange, effect.keep));
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
      if (sealed && kept === undefined) return this.#tell(exchange, Happening.Unreadable);
      return exchange.loaded(this.env, kept, sealed !== undefined && (await this.isOver()), Date.now() / 1000);
    } catch {
      return this.#tell(exchange, Happening.Unreadable);
    }
  }

  async #ask(exchange: Exchange, request: OriginRequest | null): Promise<string> {
    if (!request) return this.#tell(exchange, Happening.Unanswered);
    let status: number;
    let retryAfter: string | undefined;
    let body: string;
    try {
      const response = await sendToOrigin(this.env, request, request.timeout + PATIENCE_MS);
      status = response.status;
      retryAfter = secondsOf(response.headers.get("Retry-After"));
      body = await limitedText(response.body, MAX_ANSWER);
    } catch {
      return this.#tell(exchange, Happening.Unanswered);
    }
    return exchange.answered(this.env, status, retryAfter, body, Date.now() / 1000);
  }

  /** The session has been ended here, whatever becomes of it there. */
  async #revoke(request: OriginRequest | null): Promise<void> {
    const why = request && (await tell(this.env, request));
    if (why) console.error(JSON.stringify({ event: "successor_not_revoked", level: "error", why }));
  }

  /**
   * Writes the record and sets the alarm that deletes it; the runtime lets nothing out of the object before both are on
   * disk. When they cannot be written, the pair still reaches those who wait: only a lost answer stays lost.
   */
  async #keep(exchange: Exchange, { record, until, ended, next }: Keep): Promise<string> {
    try {
      const entries: Record<string, unknown> = { [RECORD]: await seal(this.#token, record) };
      if (ended) entries[ENDED] = true;
      if (next) entries[NEXT] = next;
      await Promise.all([this.ctx.storage.put(entries), this.ctx.storage.setAlarm(until * 1000)]);
    } catch (error) {
      console.error(JSON.stringify({ event: "refresh_not_kept", level: "error", why: nameOf(error) }));
    }
    return this.#tell(exchange, Happening.Kept);
  }
}

/** `Retry-After` in seconds; it may be a date (RFC 9110 §10.2.3). */
function secondsOf(retryAfter: string | null): string | undefined {
  if (!retryAfter || /^\d+$/.test(retryAfter)) return retryAfter ?? undefined;
  return String(Math.ceil((Date.parse(retryAfter) - Date.now()) / 1000));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
