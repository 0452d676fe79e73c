import { seededRandom } from "./random.ts";

export interface RandomizationOptions {
  /** Default 10,000. */
  permutations?: number;
  /** Default 1. */
  seed?: number;
}

/**
 * Two-sided p of a paired randomization test on the mean: how often a difference at least as large comes about when each pair's two
 * values are swapped by the toss of a coin. The observed arrangement counts as one of them, so p is at least 1 / (permutations + 1).
 *
 * @param differences - One a query. Of none, or of zeros alone, p is 1.
 * @see Smucker, Allan and Carterette 2007, https://doi.org/10.1145/1321440.1321528
 * @see Phipson and Smyth 2010, https://doi.org/10.2202/1544-6115.1585, on counting the observed one
 */
export function randomizationTest(
  differences: readonly number[],
  { permutations = 10_000, seed = 1 }: RandomizationOptions = {},
): number {
  // A zero stays what it is on either side of the coin.
  const unequal = differences.filter((difference) => difference !== 0);
  const random = seededRandom(seed);
  const observed = Math.abs(unequal.reduce((sum, difference) => sum + difference, 0));
  // Sums in another order differ in the last bits; what is equal on paper must count.
  const threshold = observed - 1e-12 * unequal.reduce((sum, value) => sum + Math.abs(value), 0);
  let asLarge = 0;
  for (let permutation = 0; permutation < permutations; permutation++) {
    let sum = 0;
    for (const difference of unequal) sum += random() < 0.5 ? difference : -difference;
    if (Math.abs(sum) >= threshold) asLarge++;
  }
  return (asLarge + 1) / (permutations + 1);
}
