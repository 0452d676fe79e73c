/** Which demands on texts that do not fit a protocol can pass on when this service is the client. Pure. */
import { DEFAULT_FIT, type FitOptions } from "../../engine/fit-pair.ts";

/** Demands that some protocol has a field for. */
const FIELDS = ["side", "maxQueryTokens", "maxDocumentTokens", "maxPairTokens"] as const;

/**
 * A protocol's `expresses`: true of the default, of what differs from it in the named fields only, and of "refuse", since the
 * edge has made sure that every pair fits before it calls. No protocol says "max_window", without which `maxWindows` means
 * nothing.
 */
export function expressing(...said: (typeof FIELDS)[number][]): (fit: FitOptions) => boolean {
  return (fit) =>
    fit.longDocuments !== "max_window" &&
    FIELDS.every((field) => said.includes(field) || fit[field] === DEFAULT_FIT[field]);
}
