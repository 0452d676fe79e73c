/**
 * Rows as lines with aligned columns, the first flush left and all others, numbers, flush right. The first row is the header.
 * @param rows - All of one length.
 */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]!.length)),
  );
  const format = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
      )
      .join("  ");
  const [header, ...body] = rows.map(format);
  return [header!, "-".repeat(header!.length), ...body];
}
