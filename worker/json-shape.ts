import type { Failure } from "./errors.ts";
import { LIMITS } from "./limits.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/**
 * The limit that a JSON text breaks once it is parsed: too deep, or of too many values. Whether it is JSON at all is for the
 * parser to say; a text that is not may pass or fail here. One pass over the text, without parsing it.
 */
export function checkJsonShape(text: string): Failure | undefined {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === QUOTE) {
      index = endOfString(text, index);
    } else if (unit === COMMA) {
      values++;
    } else if ((unit | 0x20) === 0x7b) {
      // `[` and `{` differ from each other in one bit, as do `]` and `}`.
      values++;
      deepest = Math.max(deepest, ++depth);
    } else if ((unit | 0x20) === 0x7d) {
      depth--;
    }
  }
  if (deepest > LIMITS.maxJsonDepth) return { kind: "too_deep", actual: deepest };
  return values > LIMITS.maxJsonValues
    ? { kind: "over_limit", limit: "maxJsonValues", actual: values, param: "body" }
    : undefined;
}

/** Index of the quote that closes the string opened at `start`, or the text's length. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === QUOTE) return index;
    if (unit === BACKSLASH) index++;
  }
  return text.length;
}
