// A constructable stylesheet: no inline style anywhere, so that a page with `style-src 'self'` can have the element.
// `light-dark` follows the page's `color-scheme`, and through it `prefers-color-scheme`.

const CSS = `
:host {
  --_ink: var(--ew-ink, light-dark(#171b21, #e7eaee));
  --_muted: var(--ew-muted, light-dark(#56606d, #a0abb8));
  --_surface: var(--ew-surface, light-dark(#ffffff, #171b21));
  --_line: var(--ew-line, light-dark(#dce1e7, #2c333d));
  --_accent: var(--ew-accent, light-dark(#1d5fa8, #82b8f2));
  --_header: var(--ew-header, light-dark(#a0256b, #f098c6));
  --_payload: var(--ew-payload, light-dark(#4a3fc0, #aeaaff));
  --_signature: var(--ew-signature, light-dark(#0b6a64, #5ed0c4));
  --_pass: var(--ew-pass, light-dark(#1a6b3f, #6fd39b));
  --_fail: var(--ew-fail, light-dark(#b02a20, #ff9a8d));
  --_warn: var(--ew-warn, light-dark(#875400, #ecbd62));
  --_mono: var(--ew-mono, ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", Menlo, Consolas, monospace);
  --_radius: var(--ew-radius, 10px);
  color-scheme: light dark;
  container-type: inline-size;
  display: block;
  color: var(--_ink);
  font: 400 0.9375rem/1.5 var(--ew-font, system-ui, sans-serif);
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
h2, h3, p, ol, ul, dl, dd, figure { margin: 0; padding: 0; }
ol, ul { list-style: none; }
code { font-family: var(--_mono); font-size: 0.92em; overflow-wrap: anywhere; unicode-bidi: isolate; }
small { color: var(--_muted); font-size: 0.8125rem; font-weight: 400; }
a { color: var(--_accent); text-underline-offset: 0.2em; border-radius: 3px; }
a:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.view { display: grid; gap: 14px; grid-template-columns: minmax(0, 1fr); }
.view > section, .pair > section, .column > section {
  background: var(--_surface); border: 1px solid var(--_line); border-radius: var(--_radius); padding: 16px 18px; min-width: 0;
}
.pair, .column { display: grid; gap: 14px; grid-template-columns: minmax(0, 1fr); align-content: start; min-width: 0; }
h3 { font-size: 0.8125rem; font-weight: 600; color: var(--_muted); margin-bottom: 10px; }

.icon { flex: none; display: block; }
.icon circle { fill: none; stroke: currentColor; stroke-width: 1.5; }
.icon path { fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.icon.not_reached circle, .icon.not_checked circle { stroke-dasharray: 2.2 2.2; }

.view > .cause { --_tone: var(--_fail); border-color: color-mix(in srgb, var(--_tone) 45%, var(--_line)); padding: 20px 22px;
  background: linear-gradient(color-mix(in srgb, var(--_tone) 7%, var(--_surface)), color-mix(in srgb, var(--_tone) 3%, var(--_surface))); }
.view > .cause.good { --_tone: var(--_pass); }
.view > .cause.doubtful { --_tone: var(--_warn); }
.cause-code { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; color: var(--_tone); font-weight: 600; }
.cause-code > code { font-size: 0.9375rem; }
.verdict { color: var(--_muted); font-weight: 400; font-size: 0.8125rem; }
.cause h2 { font-size: 1.375rem; line-height: 1.3; font-weight: 650; letter-spacing: -0.012em; margin: 10px 0 6px; overflow-wrap: anywhere; text-wrap: pretty; }
.cause .fix { max-width: 74ch; overflow-wrap: anywhere; text-wrap: pretty; }
.facts { display: flex; flex-wrap: wrap; gap: 10px 32px; margin-top: 14px; padding-top: 12px;
  border-top: 1px solid color-mix(in srgb, var(--_tone) 25%, var(--_line)); }
.facts dt { color: var(--_muted); font-size: 0.8125rem; }
.facts dd { font-weight: 600; }
.facts dd code { margin-left: 8px; color: var(--_muted); font-weight: 400; }
.not-checked, .more { margin-top: 10px; font-size: 0.875rem; color: var(--_muted); }

.findings ul { display: grid; gap: 14px; }
.finding { display: flex; gap: 10px; }
.finding .icon { margin-top: 3px; }
.finding.error .icon, .finding.error .level { color: var(--_fail); }
.finding.warning .icon, .finding.warning .level { color: var(--_warn); }
.finding.note .icon, .finding.note .level { color: var(--_muted); }
.finding > div { min-width: 0; }
.finding p { overflow-wrap: anywhere; }
.finding-head { display: flex; flex-wrap: wrap; gap: 2px 10px; font-size: 0.8125rem; }
.level { font-weight: 600; }
.party { color: var(--_muted); }
.finding strong { font-weight: 600; }
.finding-fix { color: var(--_muted); }

.segments { display: grid; gap: 8px; }
.segment { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); border-left: 3px solid var(--_piece, var(--_line)); padding-left: 12px; }
.segment.header { --_piece: var(--_header); }
.segment.payload { --_piece: var(--_payload); }
.segment.signature { --_piece: var(--_signature); }
.segment.before, .segment.after, .segment.extra { --_piece: var(--_warn); border-left-style: dashed; }
.segment dt { font-size: 0.8125rem; font-weight: 600; color: var(--_piece, var(--_ink)); }
.segment dt small { display: block; font-size: 0.75rem; }
.segment code { color: var(--_piece, var(--_ink)); font-size: 0.8125rem; line-height: 1.55; white-space: pre-wrap; overflow-wrap: anywhere; word-break: break-all; }
.segment em { color: var(--_muted); font-size: 0.8125rem; }

.timeline svg { display: block; max-width: 100%; height: auto; font-family: inherit; }
.timeline .axis { stroke: var(--_muted); stroke-width: 1; opacity: 0.6; }
.timeline .tolerated { fill: color-mix(in srgb, var(--_pass) 10%, transparent); stroke: var(--_pass); stroke-dasharray: 3 3; stroke-width: 1; }
.timeline .good { fill: color-mix(in srgb, var(--_pass) 26%, var(--_surface)); }
.timeline text { text-anchor: middle; fill: var(--_ink); font-size: 12px; }
.timeline .gap { fill: var(--_muted); font-size: 11px; }
.timeline .gap-room { fill: var(--_surface); opacity: 0.86; }
.timeline .moment path { fill: none; stroke: var(--_muted); stroke-width: 1; }
.timeline .moment .tick { stroke: var(--_ink); stroke-width: 2; }
.timeline .moment circle { fill: var(--_accent); stroke: var(--_surface); stroke-width: 2; }
.timeline .moment.clock path { stroke: var(--_accent); }
.timeline .moment-name { font-family: var(--_mono); font-weight: 600; }
.timeline .clock .moment-name { fill: var(--_accent); }
.timeline .moment-when { fill: var(--_muted); font-size: 11.5px; }
.timeline figcaption { color: var(--_muted); font-size: 0.875rem; margin-top: 4px; }

.rung { display: grid; grid-template-columns: 16px minmax(0, 1fr) auto; gap: 0 10px; align-items: center; padding: 5px 0; }
.rung + .rung { border-top: 1px solid color-mix(in srgb, var(--_line) 60%, transparent); }
.rung .outcome { font-size: 0.8125rem; color: var(--_muted); }
.rung .detail { grid-column: 2 / -1; font-size: 0.8125rem; color: var(--_muted); overflow-wrap: anywhere; }
.rung .detail .code { display: inline-block; }
.rung .detail .code::before { content: "· "; padding-left: 0.4em; }
.rung.passed .icon { color: var(--_pass); }
.rung.failed .icon, .rung.failed .outcome, .rung.failed .check-name { color: var(--_fail); font-weight: 600; }
.rung.failed .detail { color: var(--_ink); }
.rung.not_reached .check-name, .rung.not_checked .check-name { color: var(--_muted); }
.rung.not_reached .icon, .rung.not_checked .icon { color: var(--_muted); }

.member { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: 0 12px; padding: 6px 0; }
.member + .member { border-top: 1px solid color-mix(in srgb, var(--_line) 60%, transparent); }
.member dt { font-weight: 600; overflow-wrap: anywhere; }
.member dt small { display: block; }
.member dd > small { display: block; }
.header dt code { color: var(--_header); }
.claims dt code { color: var(--_payload); }
.value { white-space: pre-wrap; overflow-wrap: anywhere; }
.reading { display: grid; font-size: 0.8125rem; color: var(--_muted); font-variant-numeric: tabular-nums; }
.reading .relative { color: var(--_ink); font-weight: 600; }
.reading em { color: var(--_warn); font-style: normal; font-weight: 600; }
.nothing { color: var(--_muted); }

@container (min-width: 680px) {
  .pair { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); align-items: start; }
}
@container (max-width: 460px) {
  .view > section, .pair > section, .column > section { padding: 14px; }
  .view > .cause { padding: 16px; }
  .cause h2 { font-size: 1.1875rem; }
  .segment { grid-template-columns: minmax(0, 1fr); }
  .segment dt small { display: inline; margin-left: 8px; }
}
@media (prefers-reduced-motion: no-preference) {
  .view > .cause { transition: border-color 160ms ease; }
}
@media (forced-colors: active) {
  :host { --_accent: LinkText; --_pass: CanvasText; --_fail: CanvasText; --_warn: CanvasText; --_muted: CanvasText; }
  .view > section, .pair > section, .column > section { border-color: CanvasText; }
  .segment { border-left-color: CanvasText; }
  .timeline .tolerated { fill: Canvas; stroke: CanvasText; }
  .timeline .good { fill: Highlight; }
  .timeline text { fill: CanvasText; }
  .timeline .gap-room { fill: Canvas; opacity: 1; }
  .timeline .axis, .timeline .moment path, .timeline .moment .tick { stroke: CanvasText; opacity: 1; }
  .timeline .moment circle { fill: CanvasText; stroke: Canvas; }
}
@media print { .view > section, .pair > section { break-inside: avoid; } }
`;

let sheet: CSSStyleSheet | undefined;

/** Made once, shared by every inspector of the page. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
