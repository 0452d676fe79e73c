import { checkJsonShape } from "../../json-shape.ts";
import { LIMITS } from "../../limits.ts";
import { flawed, flawOf, type RowResult } from "./row-flaw.ts";

/**
 * The value of a JSON text of a row, within the limits that requests have. Of repeated keys the last one counts.
 *
 * Flaws: `invalid_json`, `too_deep`, `over_limit`.
 *
 * @param column - That holds it; null if the row is it
 */
export function jsonValue(text: string, column: string | null): RowResult<unknown> {
  const place = column ?? "The row";
  const broken = checkJsonShape(text);
  if (broken?.kind === "too_deep") {
    const reason = `${place} has ${broken.actual} lists and objects inside one another; the limit maxJsonDepth is ${LIMITS.maxJsonDepth}.`;
    return flawed("too_deep", reason, column);
  }
  if (broken?.kind === "over_limit") return flawOf({ ...broken, param: place }, column);
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    // The parser's own message quotes the text.
    return flawed("invalid_json", `${place} is not valid JSON.`, column);
  }
}
