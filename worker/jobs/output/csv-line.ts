/** What Python's `csv.writer` quotes, as pandas has it write: the delimiter, the quote and the ends of lines. */
const QUOTED = /[",\r\n]/;

/** One record of a CSV file, its end of line included. Null is an empty field. */
export function csvLine(fields: readonly (string | number | null)[]): string {
  return `${fields.map(csvField).join(",")}\n`;
}

function csvField(field: string | number | null): string {
  if (field === null) return "";
  const text = String(field);
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
