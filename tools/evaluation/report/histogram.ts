import { round, type Scale } from "./plot.ts";

/** Counts of values in bins of equal width from `from` to `to`; values at `to` are in the last. */
export function histogram(
  values: readonly number[],
  from: number,
  to: number,
  numBins: number,
): number[] {
  const counts = Array.from({ length: numBins }, () => 0);
  for (const value of values) {
    const bin = Math.floor(((value - from) / (to - from)) * numBins);
    counts[Math.max(0, Math.min(numBins - 1, bin))]!++;
  }
  return counts;
}

/** The path of a histogram's outline, closed along zero. @param heights - One a bin, from `from` to `to`. */
export function outline(
  heights: readonly number[],
  from: number,
  to: number,
  x: Scale,
  y: Scale,
): string {
  const at = (bin: number): number => round(x(from + ((to - from) * bin) / heights.length));
  const steps = heights.map((height, bin) => `V${y(height)}H${at(bin + 1)}`);
  return `M${at(0)} ${y(0)}${steps.join("")}V${y(0)}Z`;
}
