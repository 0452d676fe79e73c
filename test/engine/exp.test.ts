import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exp } from "../../engine/exp.ts";

/** Of two positive numbers, how many numbers lie between them and one. */
function ulps(a: number, b: number): number {
  const bits = (value: number) => new BigInt64Array(new Float64Array([value]).buffer)[0]!;
  return Math.abs(Number(bits(a) - bits(b)));
}

describe("e to a power", () => {
  test.each([
    [0, 1],
    [-0, 1],
    [Infinity, Infinity],
    [-Infinity, 0],
    [NaN, NaN],
    [709.79, Infinity],
    [-745.2, 0],
    [-745.1, Number.MIN_VALUE],
  ])("of %d is %d", (x, expected) => {
    expect(exp(x)).toBe(expected);
  });

  // The host's own may be the next number, and not the same on every host.
  test("is the host's to one unit in the last place", () => {
    const power = fc.double({ min: -745, max: 709, noNaN: true });
    fc.assert(
      fc.property(power, (x) => ulps(exp(x), Math.exp(x)) <= 1),
      { seed: 1, numRuns: 20_000 },
    );
  });

  test("rises with its power", () => {
    const power = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(power, (x) => exp(x + 1e-9) > exp(x)),
      { seed: 1, numRuns: 5_000 },
    );
  });

  // Made with Python's decimal: float(Decimal(x).exp()).
  test("is rounded rightly", () => {
    const powers = [-40, -20.5, -6.3027, -1, -0.1, 1e-9, 0.3466, 1, 3.25, 17, 36.9];
    expect(powers.map(exp)).toMatchInlineSnapshot(`
      [
        4.248354255291589e-18,
        1.2501528663867426e-9,
        0.0018313534414419077,
        0.36787944117144233,
        0.9048374180359595,
        1.000000001,
        1.4142509118505286,
        2.718281828459045,
        25.790339917193062,
        24154952.7535753,
        10603918526202508,
      ]
    `);
  });
});
