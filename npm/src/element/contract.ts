/** What the element is given, and what it hands out. */
import type { ExplainContext, Report } from "../index.js";

export type { ExplainContext, Report };

/** The detail of the element's `report` event. */
export type ReportEvent = CustomEvent<Report>;
