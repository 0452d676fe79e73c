/** How many cases a property of this folder gets. */
import fc from "fast-check";
import { expect } from "vitest";

/** Cases of each parser; `.ci/fuzz` asks for more. */
export const CASES = Number(process.env["FUZZ_CASES"] || 2_000);

/** Time for them: a generous millisecond each. */
export const TIMEOUT_MS = 60_000 + CASES;

/** Checks a property on {@link CASES} values, the same ones each time, and that none of them has changed what all objects inherit. */
export function holdsForAll<T>(
  values: fc.Arbitrary<T>,
  holds: (value: T) => void,
  seed: number,
): void {
  const inherited = Reflect.ownKeys(Object.prototype);
  fc.assert(fc.property(values, holds), { seed, numRuns: CASES, verbose: fc.VerbosityLevel.None });
  expect(Reflect.ownKeys(Object.prototype)).toEqual(inherited);
}
