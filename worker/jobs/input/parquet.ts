import { JOB_LIMITS } from "../../limits.ts";
import type { InputFile, InputOptions, Source } from "../source.ts";
import { columnValues, type Value } from "./parquet-column.ts";
import { corrupt, ParquetFault } from "./parquet-fault.ts";
import { readLayout, type Layout, type RowGroup } from "./parquet-footer.ts";
import { readPages } from "./parquet-pages.ts";
import { byteWindow } from "./parquet-window.ts";
import { unreadable, type Unreadable } from "./file-problem.ts";
import { uploadLines, type LineUpload } from "./upload-lines.ts";

const encoder = new TextEncoder();
const NULL = encoder.encode("null");
const COMMA = encoder.encode(",");
const LIST_START = encoder.encode("[");
const LIST_END = encoder.encode("]");
const OBJECT_END = encoder.encode("}");

/**
 * Converts the columns of a Parquet file that make its rows into JSON lines, one a row, with the columns' names and numbers as
 * strings. Null stays null, and a text that is not UTF-8 stays so: the row's reader finds it.
 *
 * Of each column it holds a page and the block of the file that has it. The same file gives the same bytes.
 *
 * Problems, all of the whole file but `row_too_long`: `not_parquet`, `corrupt_parquet`, `encrypted_parquet`, `missing_column`,
 * `wrong_type`, `unsupported_codec`, `unsupported_encoding`, `no_rows`, `over_limit`, `input_changed`, `input_gone`. A failing bucket
 * throws; the next try begins anew.
 */
export async function unpackParquet(
  bucket: R2Bucket,
  file: InputFile,
  options: InputOptions,
  unpackedKey: string,
): Promise<{ ok: true; value: Source } | Unreadable> {
  const lines = uploadLines(bucket, unpackedKey);
  try {
    const layout = await readLayout(bucket, file, options.columns);
    let firstRow = 0;
    for (const group of layout.rowGroups) {
      await convertGroup(bucket, file, layout, group, firstRow, lines);
      firstRow += group.rows;
    }
    const { etag, bytes } = await lines.close();
    return {
      ok: true,
      value: {
        name: file.name,
        key: unpackedKey,
        etag,
        bytes,
        format: "jsonl",
        delimiter: ",",
        header: null,
        columns: options.columns,
        dataStart: 0,
        groupsByQuery: false,
      },
    };
  } catch (error) {
    await lines.abort().catch(() => undefined);
    if (!(error instanceof ParquetFault)) throw error;
    const { code, message, row, column } = error;
    return unreadable(file.name, code, message, { row, column });
  }
}

async function convertGroup(
  bucket: R2Bucket,
  file: InputFile,
  { columns }: Layout,
  { rows, chunks }: RowGroup,
  firstRow: number,
  lines: LineUpload,
): Promise<void> {
  const cursors = columns.map((column, index) => {
    const { start, end, codec } = chunks[index]!;
    const pages = readPages(byteWindow(bucket, file, start, end), codec, column.levels);
    const key = encoder.encode(`${index === 0 ? "{" : ","}${JSON.stringify(column.name)}:`);
    return {
      key,
      name: column.name,
      batches: columnValues(pages, column),
      batch: [] as Value[],
      at: 0,
    };
  });
  for (let row = 0; row < rows;) {
    for (const cursor of cursors) {
      while (cursor.at === cursor.batch.length) {
        const next = await cursor.batches.next();
        if (next.done)
          throw corrupt(`its column ${cursor.name} has less values than there are rows`);
        cursor.batch = next.value;
        cursor.at = 0;
      }
    }
    const ready = Math.min(rows - row, ...cursors.map(({ batch, at }) => batch.length - at));
    for (const end = row + ready; row < end; row++) {
      for (const cursor of cursors) {
        lines.raw(cursor.key);
        writeValue(lines, cursor.batch[cursor.at++]!);
      }
      lines.raw(OBJECT_END);
      if (lines.isTooLong()) throw rowTooLong(firstRow + row);
      if (lines.endLine()) checkUnpacked(await lines.flush());
    }
  }
}

function writeValue(lines: LineUpload, value: Value): void {
  if (value === null) lines.raw(NULL);
  else if (value instanceof Uint8Array) lines.string(value);
  else {
    lines.raw(LIST_START);
    for (const [index, element] of value.entries()) {
      if (index > 0) lines.raw(COMMA);
      writeValue(lines, element);
    }
    lines.raw(LIST_END);
  }
}

function rowTooLong(row: number): ParquetFault {
  return new ParquetFault(
    "row_too_long",
    `The row is over the limit maxRowBytes of ${JOB_LIMITS.maxRowBytes} as a JSON line.`,
    { row },
  );
}

function checkUnpacked(bytes: number): void {
  if (bytes <= JOB_LIMITS.maxUnpackedBytes) return;
  throw new ParquetFault(
    "over_limit",
    `The file is over the limit maxUnpackedBytes of ${JOB_LIMITS.maxUnpackedBytes} as JSON lines: it has at least ${bytes}.`,
  );
}
