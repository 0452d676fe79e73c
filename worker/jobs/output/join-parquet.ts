import { ByteWriter } from "hyparquet-writer";
import {
  MAGIC,
  metadataOf,
  parquetFooter,
  rowGroupsOf,
  sumOf,
  type ColumnChunk,
  type RowGroup,
} from "./parquet-file.ts";

/**
 * One file of one row group with the rows of several, whose pages are copied as they are.
 *
 * Readers like row groups of a hundred thousand rows; a shard has a thousand.
 * @param files - At least one, each of {@link scoresParquet}.
 */
export function joinParquet(files: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const groups = files.map((bytes) => ({ bytes, group: onlyGroupOf(bytes) }));
  const writer = new ByteWriter(files.reduce((sum, { length }) => sum + length, 0));
  writer.appendBytes(MAGIC);
  const columns = groups[0]!.group.columns.map((first, column): ColumnChunk => {
    const chunks = groups.map(({ bytes, group }) => ({
      bytes,
      metadata: metadataOf(group.columns[column]!),
    }));
    const data_page_offset = BigInt(writer.offset);
    for (const { bytes, metadata } of chunks) {
      const start = Number(metadata.data_page_offset);
      writer.appendBytes(bytes.subarray(start, start + Number(metadata.total_compressed_size)));
    }
    const all = chunks.map(({ metadata }) => metadata);
    return {
      file_offset: data_page_offset,
      meta_data: {
        ...metadataOf(first),
        data_page_offset,
        num_values: sumOf(all.map(({ num_values }) => num_values)),
        total_compressed_size: sumOf(all.map(({ total_compressed_size }) => total_compressed_size)),
        total_uncompressed_size: sumOf(
          all.map(({ total_uncompressed_size }) => total_uncompressed_size),
        ),
      },
    };
  });
  const all = groups.map(({ group }) => group);
  const footer = parquetFooter([
    {
      columns,
      num_rows: sumOf(all.map(({ num_rows }) => num_rows)),
      total_byte_size: sumOf(all.map(({ total_byte_size }) => total_byte_size)),
      total_compressed_size: BigInt(writer.offset - MAGIC.length),
    },
  ]);
  writer.appendBytes(footer);
  return writer.getBytes();
}

function onlyGroupOf(file: Uint8Array): RowGroup {
  const [group, another] = rowGroupsOf(file, 0);
  if (group === undefined || another !== undefined)
    throw new Error("a part of a Parquet result does not have one row group");
  return group;
}
