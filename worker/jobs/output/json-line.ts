/**
 * One line of a JSON lines file, its end included. Half of a surrogate pair becomes U+FFFD: JSON could escape it, but many
 * readers refuse a line that does.
 */
export function jsonLine(value: object): string {
  return `${JSON.stringify(value, wellFormed)}\n`;
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}
