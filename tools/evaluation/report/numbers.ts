/** Numbers as tables and pages write them. */

/** Four places: "0.6912". */
export function formatMeasure(value: number): string {
  return value.toFixed(4);
}

/** Four places and a sign: "+0.0213"; "0.0000" where nothing is left after rounding. */
export function formatDifference(value: number): string {
  const text = value.toFixed(4);
  if (Number(text) === 0) return "0.0000";
  return value > 0 ? `+${text}` : text;
}

/** Three places, and "<0.001" below that. */
export function formatP(p: number): string {
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** A whole number with commas: "30,000". */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Three digits: "812", "8.12", "0.81". */
export function formatThreeDigits(ms: number): string {
  return ms >= 99.5 ? formatCount(ms) : ms.toFixed(ms >= 9.95 ? 1 : 2);
}
