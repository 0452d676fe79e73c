import { ByteWriter, parquetWrite, type ColumnSource } from "hyparquet-writer";
import { CREATED_BY, SCORES_SCHEMA } from "./parquet-file.ts";
import type { ScoreLine } from "./score-lines.ts";

/**
 * A Parquet file of one row group.
 *
 * It has no dictionaries, statistics or indexes: so {@link joinParquet} can put the pages of several files behind one another.
 * @param lines - At least one.
 */
export function scoresParquet(lines: readonly ScoreLine[]): Uint8Array<ArrayBuffer> {
  const columns = [
    { name: "file", data: lines.map(({ file }) => file) },
    { name: "row", data: lines.map(({ row }) => BigInt(row)), encoding: "DELTA_BINARY_PACKED" },
    { name: "index", data: lines.map(({ index }) => index) },
    { name: "label", data: lines.map(({ label }) => label) },
    { name: "score", data: lines.map(({ score }) => score) },
  ] satisfies ColumnSource[];
  const writer = new ByteWriter();
  parquetWrite({
    writer,
    schema: SCORES_SCHEMA,
    columnData: columns.map((column) => ({ encoding: "PLAIN", offsetIndex: false, ...column })),
    rowGroupSize: lines.length,
    statistics: false,
    createdBy: CREATED_BY,
  });
  return writer.getBytes();
}
