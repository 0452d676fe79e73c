import { isObject } from "../../protocols/azure-ml-input.ts";
import type { InputRow, RowProblem } from "../rows.ts";
import type { Shard, Source } from "../source.ts";
import { csvFields } from "./csv-fields.ts";
import type { Unreadable } from "./file-problem.ts";
import { jsonValue } from "./json-value.ts";
import { readRange } from "./read-range.ts";
import { readRow, type RowContent } from "./read-row.ts";
import { eachRow } from "./row-ends.ts";
import { flawed, type RowResult } from "./row-flaw.ts";

/**
 * The rows of a shard, in order; each is either among `rows` or, if it cannot be read, among `problems`. Holds the shard.
 *
 * A row's problems: `invalid_utf8`, `wrong_fields`, `stray_quote`, `not_an_object` and those of {@link readRow}.
 * The file's: `input_changed`, `input_gone`.
 */
export async function readShard(
  bucket: R2Bucket,
  source: Source,
  { firstRow, start, end }: Shard,
): Promise<{ ok: true; rows: InputRow[]; problems: RowProblem[] } | Unreadable> {
  const read = await readRange(bucket, source, start, end - start);
  if (!read.ok) return read;
  const rows: InputRow[] = [];
  const problems: RowProblem[] = [];
  const contentOf =
    source.header === null ? jsonContent(source) : csvContent(source, source.header);
  let row = firstRow;
  eachRow(read.bytes, source, true, (from, to) => {
    const text = textOf(read.bytes.subarray(from, to));
    const content = text.ok ? contentOf(text.value) : text;
    if (content.ok) rows.push({ row, ...content.value });
    else problems.push({ file: source.name, row, ...content.flaw });
    row++;
    return true;
  });
  return { ok: true, rows, problems };
}

function textOf(bytes: Uint8Array): RowResult<string> {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { ok: true, value: decoder.decode(bytes) };
  } catch {
    return flawed("invalid_utf8", "The row is not valid UTF-8.");
  }
}

function csvContent(
  { delimiter, columns }: Source,
  header: readonly string[],
): (text: string) => RowResult<RowContent> {
  const indexes = new Map(header.map((name, index) => [name, index]));
  return (text) => {
    const row = text.replace(/[\r\n]$/, "");
    const { fields, count, strayAt } = csvFields(row, delimiter, header.length);
    if (strayAt !== undefined) {
      const reason = `Field ${strayAt + 1} has text after its closing quote; a quote within a field is written twice.`;
      return flawed("stray_quote", reason, header[strayAt] ?? null);
    }
    if (count !== header.length) {
      const reason = `The row has ${fieldsOf(count)} and the header ${fieldsOf(header.length)}.`;
      return flawed("wrong_fields", reason);
    }
    return readRow((column) => {
      const index = indexes.get(column);
      return index === undefined ? undefined : fields[index];
    }, columns);
  };
}

const fieldsOf = (count: number): string => `${count} ${count === 1 ? "field" : "fields"}`;

function jsonContent({ columns }: Source): (text: string) => RowResult<RowContent> {
  return (text) => {
    const json = jsonValue(text, null);
    if (!json.ok) return json;
    const { value } = json;
    if (!isObject(value)) return flawed("not_an_object", "The row is not a JSON object.");
    return readRow((column) => (Object.hasOwn(value, column) ? value[column] : undefined), columns);
  };
}
