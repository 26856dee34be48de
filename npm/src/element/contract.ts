/** What the element is given, and what it hands out. */
import type { Context, Report } from "../index.js";

export type { Context, Report };

/** The detail of the element's `report` event. */
export type ReportEvent = CustomEvent<Report>;
