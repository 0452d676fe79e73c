/** Fields of one row of a CSV, as RFC 4180 and pandas read them. Pure. */

const QUOTE = '"';

export interface CsvFields {
  /** The first ones, unquoted, at most as many as were asked for. */
  fields: string[];
  /** How many there are in all. */
  count: number;
  /** Index of the first field that has text after its closing quote. */
  strayAt: number | undefined;
}

/**
 * The fields of a row: one more than it has delimiters outside quotes. A quote within a field that does not begin with one is a
 * character like any other.
 *
 * @param row - Without the end of its line
 * @param maxFields - How many are kept: a row may have millions
 */
export function csvFields(row: string, delimiter: string, maxFields: number): CsvFields {
  const fields: string[] = [];
  let count = 0;
  let strayAt: number | undefined;
  for (let start = 0; start <= row.length; count++) {
    const isQuoted = row[start] === QUOTE;
    const closing = isQuoted ? closingQuote(row, start) : start;
    const found = row.indexOf(delimiter, closing);
    const end = found < 0 ? row.length : found;
    if (isQuoted && end > closing + 1) strayAt ??= count;
    if (count < maxFields) {
      fields.push(
        isQuoted ? row.slice(start + 1, closing).replaceAll('""', QUOTE) : row.slice(start, end),
      );
    }
    start = end + 1;
  }
  return { fields, count, strayAt };
}

/** Index of the quote that closes the one at `start`; the row's length if none does. */
function closingQuote(row: string, start: number): number {
  let index = row.indexOf(QUOTE, start + 1);
  while (index >= 0 && row[index + 1] === QUOTE) index = row.indexOf(QUOTE, index + 2);
  return index < 0 ? row.length : index;
}
