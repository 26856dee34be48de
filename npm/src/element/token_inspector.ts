import { explainAsJson, init } from "../index.js";

import { causeCard, otherFindings, type CodeAddress } from "./cause_card.js";
import type { Context, Report } from "./contract.js";
import { html } from "./elements.js";
import { ladder } from "./ladder.js";
import { claimsView, headerView } from "./members_view.js";
import { morphChildren } from "./morph.js";
import { segmentsView } from "./segments_view.js";
import { styleSheet } from "./style.js";
import { timeline } from "./timeline.js";
import { parseVerbatim } from "./verbatim.js";
import { PARTIES, words } from "./words.js";

/** What is wider than this is not read out every second: explaining again may take a while. */
const LIVE_UP_TO = 16_384;
const TICK_MS = 1000;

// Where there is no document (a server that renders pages), importing this must do no harm.
const Base: typeof HTMLElement = globalThis.HTMLElement ?? class {};

/**
 * `<token-inspector>`: shows why a token works or does not, who has to act and what to do.
 *
 * ```js
 * import "edgewarden/element";
 * inspector.context = { accessKeys, policy: { issuer: "https://auth.example.com" } };
 * inspector.token = token;
 * ```
 *
 * Token and context are properties and not attributes on purpose: attributes are markup, and markup is copied, logged and
 * kept. Nothing leaves the page.
 *
 * @fires report - a `CustomEvent` with the report, each time it was made for a new token or context, or its cause changed
 *   because time went by
 * @csspart cause, summary, fix, code, findings, finding, checks, check, token, segment, timeline, header, claims, member, link
 * @cssprop --ew-ink, --ew-muted, --ew-surface, --ew-line, --ew-accent, --ew-header, --ew-payload,
 *   --ew-signature, --ew-pass, --ew-fail, --ew-warn, --ew-font, --ew-mono, --ew-radius
 */
export class TokenInspector extends Base {
  static readonly observedAttributes = ["docs"];

  #token = "";
  #context: Context = {};
  #report: Report | null = null;
  /** The report with its numbers as they were written. */
  #shown: Report | null = null;
  #announced = "";
  #isStale = false;
  #isReady = false;
  #ticks: ReturnType<typeof setInterval> | undefined;
  #width = 0;
  #resizes: ResizeObserver | undefined;

  readonly #view = html("div", { class: "view", part: "view" });
  readonly #voice = html("div", { class: "hidden", role: "status" });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styleSheet()];
    root.append(this.#voice, this.#view);
  }

  /** The text to explain, as it was pasted. Empty: nothing is shown. */
  get token(): string {
    return this.#token;
  }

  set token(token: string | null | undefined) {
    this.#token = token == null ? "" : String(token);
    this.#refresh();
  }

  /**
   * What to explain it with: `accessKeys`, `refreshKeys`, `policy`, `now`, `serverNow`, `kind`, `scope`, all optional. Without
   * `now`, it is the clock of this machine, and the report keeps up with it.
   */
  get context(): Context {
    return this.#context;
  }

  set context(context: Context | null | undefined) {
    this.#context = context ?? {};
    this.#refresh();
  }

  /** What is shown, or `null` when there is no token or the context cannot be used. */
  get report(): Report | null {
    return this.#report;
  }

  /**
   * The address of a page that describes the codes, each under an anchor of its name (`causes.html` makes
   * `causes.html#expired`); also the attribute `docs`. Without it the report has no links.
   */
  get docs(): string {
    return this.getAttribute("docs") ?? "";
  }

  set docs(docs: string) {
    this.setAttribute("docs", docs);
  }

  connectedCallback(): void {
    for (const name of ["token", "context"] as const) this.#takeEarlyProperty(name);
    this.#resizes = new ResizeObserver(([entry]) => this.#resize(entry?.contentRect.width ?? 0));
    this.#resizes.observe(this.#view);
    this.#ticks = setInterval(() => this.#tick(), TICK_MS);
    this.#refresh();
  }

  disconnectedCallback(): void {
    clearInterval(this.#ticks);
    this.#resizes?.disconnect();
  }

  attributeChangedCallback(): void {
    this.#refresh();
  }

  /** A property that was set before the element was defined hides the accessor: it is set again. */
  #takeEarlyProperty(name: "token" | "context"): void {
    if (!Object.hasOwn(this, name)) return;
    const value: unknown = this[name];
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, value);
  }

  /** Shows everything anew, once for all the properties that are set in one go. */
  #refresh(): void {
    if (this.#isStale || !this.isConnected) return;
    this.#isStale = true;
    queueMicrotask(() => void this.#show());
  }

  async #show(): Promise<void> {
    try {
      if (!this.#isReady) await init();
      this.#isReady = true;
    } catch (error) {
      this.#isStale = false;
      return this.#complain("The explainer could not be loaded.", error);
    }
    this.#isStale = false;
    if (!this.#token) return this.#clear();
    try {
      this.#explain();
    } catch (error) {
      return this.#complain("It cannot be explained like this.", error);
    }
    this.#render();
    this.#tell();
  }

  #explain(): void {
    const { now = Math.floor(Date.now() / 1000) } = this.#context;
    const text = explainAsJson(this.#token, { ...this.#context, now });
    this.#report = JSON.parse(text) as Report;
    this.#shown = parseVerbatim(text) as Report;
  }

  #tick(): void {
    if (!this.#report || this.#context.now !== undefined || this.#token.length > LIVE_UP_TO || document.hidden) return;
    const before = this.#report.cause.code;
    this.#explain();
    this.#render();
    if (this.#report.cause.code !== before) this.#tell();
  }

  #resize(width: number): void {
    const rounded = Math.round(width);
    if (rounded === this.#width) return;
    this.#width = rounded;
    this.#render();
  }

  #render(): void {
    const report = this.#report;
    if (!report || !this.#shown) return;
    const { checks, times } = report;
    const { header, claims } = this.#shown;
    const addressOf = codeAddress(this.docs);
    const sectionPadding = this.#width > 460 ? 38 : 30;
    const sections = [
      causeCard(report, addressOf),
      otherFindings(report, addressOf),
      segmentsView(this.#token),
      timeline(times, this.#width - sectionPadding),
      html(
        "div",
        { class: "pair" },
        ladder(checks),
        html("div", { class: "column" }, claimsView(claims, times.now), headerView(header)),
      ),
    ];
    morphChildren(this.#view, sections.filter((section) => section !== undefined));
  }

  #tell(): void {
    const report = this.#report;
    if (!report) return;
    const { code, summary, party } = report.cause;
    this.#announce(`Cause: ${code}. ${summary} Who acts: ${words(PARTIES, party)}.`);
    this.dispatchEvent(new CustomEvent<Report>("report", { detail: report, bubbles: true }));
  }

  #announce(text: string): void {
    if (text === this.#announced) return;
    this.#announced = text;
    this.#voice.textContent = text;
  }

  #clear(): void {
    this.#forget();
    this.#view.replaceChildren();
    this.#announce("");
  }

  #forget(): void {
    this.#report = null;
    this.#shown = null;
  }

  #complain(what: string, error: unknown): void {
    this.#forget();
    const why = error instanceof Error ? error.message : String(error);
    morphChildren(this.#view, [
      html("section", { class: "cause", part: "problem" }, html("h2", {}, what), html("p", { class: "fix" }, why)),
    ]);
    this.#announce(`${what} ${why}`);
  }
}

/** Links only where a link can lead: `javascript:` and its like are no places. */
function codeAddress(docs: string): CodeAddress {
  if (!docs) return () => undefined;
  try {
    const base = new URL(docs, document.baseURI);
    if (!/^(https?|file):$/.test(base.protocol)) return () => undefined;
    return (code) => `${docs.split("#")[0]}#${encodeURIComponent(code)}`;
  } catch {
    return () => undefined;
  }
}
