import { JOB_LIMITS } from "../../limits.ts";
import { corrupt } from "./parquet-fault.ts";
import type { Page } from "./parquet-pages.ts";
import type { ParquetColumn } from "./parquet-schema.ts";
import {
  readDictionary,
  valueReader,
  type Dictionary,
  type ValueReader,
} from "./parquet-values.ts";

/** A text in UTF-8 or a number's digits; null; or a list of such. */
export type Value = Uint8Array | null | readonly (Uint8Array | null)[];

/** Values that are handed on together. */
const BATCH_VALUES = 1_024;

/** Bytes of an element in a line, beside the text's own. */
const ELEMENT_BYTES = 3;

/**
 * The values of a column in a row group, one a row, in batches; holds a page, its dictionary and a batch. A list that is longer than
 * maxRowBytes lacks the rest. @throws ParquetFault
 */
export async function* columnValues(
  pages: AsyncIterable<Page>,
  { type, isUnsigned, levels, emptyListLevel }: ParquetColumn,
): AsyncGenerator<Value[]> {
  let dictionary: Dictionary | undefined;
  let batch: Value[] = [];
  let batchValues = 0;
  let list: (Uint8Array | null)[] | null = null;
  let listBytes = 0;
  for await (const page of pages) {
    if (page.kind === "dictionary") {
      const { bytes, count } = page;
      dictionary = readDictionary({ bytes, start: 0, encoding: "PLAIN", type, isUnsigned }, count);
      continue;
    }
    let read: ValueReader | undefined;
    for (let index = 0; index < page.count; index++) {
      const repetition = page.repetition();
      const definition = page.definition();
      // Not before there is a value: a page of nulls need not have a single byte of them.
      if (definition === levels.maxDefinition) {
        read ??= valueReader({ ...page, type, isUnsigned }, dictionary);
      }
      const value = definition === levels.maxDefinition && read ? read() : null;
      if (repetition === 0) {
        if (batchValues >= BATCH_VALUES) {
          yield batch;
          batch = [];
          batchValues = 0;
        }
        list = emptyListLevel === null || definition < emptyListLevel ? null : [];
        listBytes = 0;
        batch.push(emptyListLevel === null ? value : list);
      } else if (list === null) throw corrupt("a list goes on that has not begun");
      if (
        list !== null &&
        definition > (emptyListLevel ?? 0) &&
        listBytes <= JOB_LIMITS.maxRowBytes
      ) {
        list.push(value);
        listBytes += (value?.length ?? 0) + ELEMENT_BYTES;
      }
      batchValues++;
    }
  }
  yield batch;
}
