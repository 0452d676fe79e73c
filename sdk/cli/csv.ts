/** Comma-separated values as RFC 4180 has them. Pure. */

/** Where a text is no CSV. */
export interface CsvFault {
  /** From 1. */
  line: number;
  problem: string;
}

/**
 * Records of fields, without the empty lines. Fields between quotes may hold delimiters, line breaks and doubled quotes; records end with
 * CRLF, LF or CR; records need not be of equal length.
 *
 * @param delimiter - One character.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function parseCsv(text: string, delimiter = ","): string[][] | CsvFault {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      const quoted = quotedField(text, at);
      if (quoted === undefined) return { line, problem: "a quote is opened and never closed" };
      field = text.slice(at + 1, quoted - 1).replaceAll('""', '"');
      const next = text[quoted];
      if (next !== undefined && next !== delimiter && next !== "\n" && next !== "\r")
        return { line, problem: "something stands between a closing quote and the next delimiter" };
      line += text.slice(at, quoted).match(LINE_BREAKS)?.length ?? 0;
      at = quoted;
    } else {
      const start = at;
      while (at < text.length && !isEnd(text[at]!, delimiter)) at++;
      field = text.slice(start, at);
    }
    record.push(field);
    if (text[at] === delimiter) {
      at++;
      // A delimiter at the very end begins a last, empty field.
      if (at < text.length) continue;
      record.push("");
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at++;
    at++;
    line++;
    if (record.length > 1 || record[0] !== "") records.push(record);
    record = [];
  }
  return records;
}

const LINE_BREAKS = /\r\n|\n|\r/g;

function isEnd(character: string, delimiter: string): boolean {
  return character === delimiter || character === "\n" || character === "\r";
}

/** Where a field that opens with a quote at `start` ends, after its closing quote; undefined if it never does. */
function quotedField(text: string, start: number): number | undefined {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at + 1;
  }
  return undefined;
}
