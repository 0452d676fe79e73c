/** A Parquet file of score lines, from its columns' bytes on. */
import { parquetMetadata } from "hyparquet";
import { ByteWriter, type SchemaElement } from "hyparquet-writer";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";

/** As the writer knows it: the reader knows more encodings, which are in no file here. */
export type RowGroup = Parameters<typeof writeMetadata>[1]["row_groups"][number];

export type ColumnChunk = RowGroup["columns"][number];

/** As `scores.csv` has them. */
export const SCORES_SCHEMA: SchemaElement[] = [
  { name: "root", num_children: 5 },
  {
    name: "file",
    type: "BYTE_ARRAY",
    repetition_type: "REQUIRED",
    converted_type: "UTF8",
    logical_type: { type: "STRING" },
  },
  { name: "row", type: "INT64", repetition_type: "REQUIRED" },
  { name: "index", type: "INT32", repetition_type: "OPTIONAL" },
  {
    name: "label",
    type: "BYTE_ARRAY",
    repetition_type: "OPTIONAL",
    converted_type: "UTF8",
    logical_type: { type: "STRING" },
  },
  { name: "score", type: "DOUBLE", repetition_type: "REQUIRED" },
];

export const CREATED_BY = "rerank";

/** What a Parquet file begins and ends with. */
export const MAGIC = new TextEncoder().encode("PAR1");

/** The end of a file: where its row groups are. */
export function parquetFooter(rowGroups: readonly RowGroup[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writeMetadata(writer, {
    version: 2,
    created_by: CREATED_BY,
    schema: SCORES_SCHEMA,
    num_rows: sumOf(rowGroups.map(({ num_rows }) => num_rows)),
    row_groups: [...rowGroups],
    // Not written: the writer counts it.
    metadata_length: 0,
  });
  writer.appendBytes(MAGIC);
  return writer.getBytes();
}

/**
 * The row groups of a file.
 * @param end - Its last bytes, at least the footer.
 * @param offset - Added to each place in the file.
 */
export function rowGroupsOf(end: Uint8Array, offset: number): RowGroup[] {
  return (parquetMetadata(end).row_groups as RowGroup[]).map((group) => ({
    ...group,
    columns: group.columns.map((chunk) => {
      const metadata = metadataOf(chunk);
      const data_page_offset = metadata.data_page_offset + BigInt(offset);
      return { file_offset: data_page_offset, meta_data: { ...metadata, data_page_offset } };
    }),
  }));
}

export function metadataOf({ meta_data }: ColumnChunk): NonNullable<ColumnChunk["meta_data"]> {
  if (meta_data === undefined) throw new Error("a Parquet column has no metadata");
  return meta_data;
}

export function sumOf(numbers: readonly bigint[]): bigint {
  return numbers.reduce((sum, number) => sum + number, 0n);
}
