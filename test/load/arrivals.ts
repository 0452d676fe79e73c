/** When requests arrive, and which. Pure. */

/** Uniform in [0, 1). */
export type Random = () => number;

/**
 * Moments of arrivals that know nothing of one another (a Poisson process), milliseconds from the start, ascending.
 *
 * @param ratePerSecond - On average.
 */
export function arrivalsOf(ratePerSecond: number, seconds: number, random: Random): number[] {
  const gapMs = (): number => (-Math.log(1 - random()) / ratePerSecond) * 1_000;
  const moments: number[] = [];
  for (let ms = gapMs(); ms < seconds * 1_000; ms += gapMs()) moments.push(ms);
  return moments;
}

/** One of them, as often as its weight says. @param choices - At least one. */
export function draw<T extends { weight: number }>(choices: readonly T[], random: Random): T {
  let place = random() * choices.reduce((sum, { weight }) => sum + weight, 0);
  return choices.find(({ weight }) => (place -= weight) < 0) ?? choices.at(-1)!;
}
