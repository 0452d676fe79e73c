/** Which names a file may have. Pure. */
import { fail, ok, type Result } from "../errors.ts";
import { JOB_LIMITS } from "../limits.ts";

/**
 * A name that may stand behind a caller's prefix: segments between slashes, taken as they are, without normalisation.
 *
 * @param name - Not percent-encoded. One that still has an escape is refused: it was encoded twice, or hides a character
 * @returns `invalid_value` or `over_limit` of the parameter `name`
 */
export function checkFileName(name: string): Result<string> {
  const problem = problemOf(name);
  if (problem !== undefined) return fail({ kind: "invalid_value", param: "name", problem });
  const bytes = new TextEncoder().encode(name).length;
  return bytes > JOB_LIMITS.maxFileNameBytes
    ? fail({ kind: "over_limit", limit: "maxFileNameBytes", actual: bytes, param: "name" })
    : ok(name);
}

function problemOf(name: string): string | undefined {
  const segments = name.split("/");
  if (name === "") return "must not be empty";
  if (segments.includes("")) return "must not begin or end with a slash, or have two in a row";
  if (segments.includes(".") || segments.includes("..")) return "must not have a segment . or ..";
  // Results name the file of each row, in CSV as Azure writes it, and a spreadsheet takes a cell that begins so for a formula.
  if (segments.some((segment) => /^[=+@＝＋－＠-]/.test(segment)))
    return "must not have a segment that begins with =, +, - or @, as a spreadsheet's formulas do";
  if (name.includes("\\")) return "must not have a backslash";
  if (/\p{Cc}/u.test(name)) return "must not have control characters";
  if (!name.isWellFormed()) return "must be valid Unicode";
  if (/%[0-9a-f]{2}/i.test(name))
    return "must not have percent-encoded characters once it is decoded";
  return undefined;
}

/**
 * The name in an address of `/files/NAME`, decoded once. It is read from the address itself: what a router makes of escapes that are
 * not valid is its own guess.
 */
export function fileNameOf(url: string): Result<string> {
  const path = new URL(url).pathname;
  const encoded = path.slice(path.indexOf("/", 1) + 1);
  let name: string;
  try {
    name = decodeURIComponent(encoded);
  } catch {
    const problem = "must be percent-encoded UTF-8";
    return fail({ kind: "invalid_value", param: "name", problem });
  }
  return checkFileName(name);
}
