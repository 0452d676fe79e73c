import { malformed, readLines } from "./lines.ts";

/** A record of a CSV file: fields by the names in its header. */
export interface CsvRecord {
  fields: ReadonlyMap<string, string>;
  where: string;
}

/**
 * The records of a comma-separated file with a header, as RFC 4180 has them: a field in double quotes may hold commas, line ends and,
 * doubled, quotes.
 *
 * @throws UserError if a record has more or fewer fields than the header, or a quote stands where none may
 */
export async function* readCsv(path: string): AsyncGenerator<CsvRecord> {
  let header: string[] | undefined;
  let pending: { text: string; where: string } | undefined;
  for await (const { text, where } of readLines(path)) {
    if (!pending && text === "") continue;
    const record = pending
      ? { text: `${pending.text}\n${text}`, where: pending.where }
      : { text, where };
    const open = record.text.split('"').length % 2 === 0;
    pending = open ? record : undefined;
    if (open) continue;
    const fields = splitRecord(record.text, record.where);
    if (!header) {
      header = fields;
      continue;
    }
    if (fields.length !== header.length) {
      throw malformed(
        record.where,
        `there are ${fields.length} fields and ${header.length} in the header`,
      );
    }
    yield {
      fields: new Map(header.map((name, index) => [name, fields[index]!])),
      where: record.where,
    };
  }
  if (pending) throw malformed(pending.where, "a quote is opened here and never closed");
}

const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;

/** @param text - One record, its quotes balanced. */
function splitRecord(text: string, where: string): string[] {
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  for (;;) {
    const match = FIELD.exec(text);
    if (!match) throw malformed(where, "there is a quote inside a field without quotes around it");
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === "") return fields;
  }
}
