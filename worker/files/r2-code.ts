/**
 * What R2 means by an error: its bindings tell the code in the text alone, as in "uploadPart: ... does not exist. (10024)".
 * @see https://developers.cloudflare.com/r2/api/error-codes/
 */
const CODES: Readonly<Record<string, R2Code>> = {
  10001: "internal",
  10011: "wrong_size",
  10024: "no_such_upload",
  10025: "invalid_part",
  10048: "wrong_size",
};

export type R2Code = "internal" | "wrong_size" | "no_such_upload" | "invalid_part";

/** @returns Undefined of any other error */
export function r2Code(error: unknown): R2Code | undefined {
  const number = numberOf(error);
  return number === undefined ? undefined : CODES[number];
}

export function isR2Error(error: unknown): boolean {
  return numberOf(error) !== undefined;
}

function numberOf(error: unknown): string | undefined {
  return /\((\d+)\)\s*$/.exec(error instanceof Error ? error.message : "")?.[1];
}
