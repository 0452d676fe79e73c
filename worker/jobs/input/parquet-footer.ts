import type { CompressionCodec, DataReader, SchemaTree } from "hyparquet";
import { CompressionCodecs } from "hyparquet/src/constants.js";
import { parquetMetadata, parquetSchema } from "hyparquet/src/metadata.js";
import { JOB_LIMITS } from "../../limits.ts";
import type { ColumnNames, InputFile } from "../source.ts";
import { CODECS } from "./parquet-codecs.ts";
import { corrupt, decoding, ParquetFault, wholeNumber } from "./parquet-fault.ts";
import { findColumns, type ParquetColumn } from "./parquet-schema.ts";
import { listOf, readNumber, readStruct, readText, skip } from "./parquet-thrift.ts";
import { readBytes } from "./parquet-window.ts";

/** A column's part of a row group. */
export interface Chunk {
  /** Bytes of the file, [start, end). */
  start: number;
  end: number;
  codec: CompressionCodec;
}

export interface RowGroup {
  rows: number;
  /** One a column, in their order. */
  chunks: readonly Chunk[];
}

/** What a file's footer says that is needed to read its rows. */
export interface Layout {
  columns: readonly ParquetColumn[];
  rowGroups: readonly RowGroup[];
}

/** Length of the footer in 4 bytes, and the 4 of "PAR1". */
const TAIL_BYTES = 8;

/** Fields of the format's `FileMetaData`. */
const SCHEMA_FIELD = 2;
const ROW_GROUPS_FIELD = 4;

/**
 * @throws ParquetFault `not_parquet`, `corrupt_parquet`, `encrypted_parquet`, `over_limit`, `missing_column`, `wrong_type`,
 * `unsupported_codec`, `no_rows`
 */
export async function readLayout(
  bucket: R2Bucket,
  file: InputFile,
  names: ColumnNames,
): Promise<Layout> {
  const footer = await readFooter(bucket, file);
  return decoding("its footer", () => {
    const columns = findColumns(schemaOf(footer), names);
    const rowGroups: RowGroup[] = [];
    readStruct(readerOf(footer), {
      [ROW_GROUPS_FIELD]: listOf((_, reader) => {
        rowGroups.push(readRowGroup(reader, columns, file));
      }),
    });
    if (rowGroups.every(({ rows }) => rows === 0)) {
      throw new ParquetFault("no_rows", "The file has no rows.");
    }
    return { columns, rowGroups };
  });
}

async function readFooter(bucket: R2Bucket, file: InputFile): Promise<Uint8Array> {
  const notParquet = new ParquetFault(
    "not_parquet",
    "The file is not Parquet, or its end is missing: it does not end with PAR1.",
  );
  if (file.bytes < TAIL_BYTES) throw notParquet;
  const tail = await readBytes(bucket, file, file.bytes - TAIL_BYTES, TAIL_BYTES);
  const magic = new TextDecoder("latin1").decode(tail.subarray(4));
  if (magic === "PARE") throw encrypted("its footer is");
  if (magic !== "PAR1") throw notParquet;
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  if (length > JOB_LIMITS.maxParquetPageBytes) {
    throw new ParquetFault(
      "over_limit",
      `The file's footer is over the limit maxParquetPageBytes of ${JOB_LIMITS.maxParquetPageBytes}: it has ${length}.`,
    );
  }
  if (length + TAIL_BYTES > file.bytes) throw corrupt("its footer is longer than the file");
  return readBytes(bucket, file, file.bytes - TAIL_BYTES - length, length);
}

function readerOf(bytes: Uint8Array): DataReader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
}

/** As the library reads it, from a footer of nothing else. */
function schemaOf(footer: Uint8Array): SchemaTree {
  let schema: Uint8Array | undefined;
  readStruct(readerOf(footer), {
    [SCHEMA_FIELD]: (type, reader) => {
      const { offset } = reader;
      skip(type, reader);
      schema = footer.subarray(offset, reader.offset);
    },
  });
  if (schema === undefined) throw corrupt("it has no schema");
  if (schema.length > JOB_LIMITS.maxParquetSchemaBytes) {
    throw new ParquetFault(
      "over_limit",
      `The schema is over the limit maxParquetSchemaBytes of ${JOB_LIMITS.maxParquetSchemaBytes}: it has ${schema.length}.`,
    );
  }
  // Field 2, a list; field 4, an empty list of structures; the end.
  const metadataBytes = schema.length + 4;
  const bytes = new Uint8Array(metadataBytes + TAIL_BYTES);
  bytes[0] = 0x29;
  bytes.set(schema, 1);
  bytes.set([0x29, 0x0c, 0x00], schema.length + 1);
  new DataView(bytes.buffer).setUint32(metadataBytes, metadataBytes, true);
  bytes.set(new TextEncoder().encode("PAR1"), metadataBytes + 4);
  return parquetSchema(parquetMetadata(bytes, { geoparquet: false }));
}

/** A `RowGroup` of the format. */
function readRowGroup(
  reader: DataReader,
  columns: readonly ParquetColumn[],
  file: InputFile,
): RowGroup {
  const chunks: (Chunk | undefined)[] = columns.map(() => undefined);
  let rows: unknown;
  readStruct(reader, {
    1: listOf(() => {
      const chunk = readChunk(reader);
      const index = columns.findIndex(({ path }) => path.join("\0") === chunk.path.join("\0"));
      const column = columns[index];
      if (column) chunks[index] = checkedChunk(chunk, column.name, file);
      else if (chunk.isEncrypted && chunk.path.length === 0) throw encrypted("a column is");
    }),
    3: (type) => (rows = readNumber(type, reader)),
  });
  return {
    rows: wholeNumber(rows, "the rows of a row group"),
    chunks: chunks.map(
      (chunk, index) => chunk ?? missingChunk(columns[index]?.name ?? "that it needs"),
    ),
  };
}

function missingChunk(column: string): never {
  throw corrupt(`a row group has no column ${column}`);
}

/** A `ColumnChunk` of the format, with its `ColumnMetaData`. */
interface RawChunk {
  path: string[];
  isEncrypted: boolean;
  isElsewhere: boolean;
  codec?: bigint;
  bytes?: bigint;
  dataOffset?: bigint;
  dictionaryOffset?: bigint;
}

function readChunk(reader: DataReader): RawChunk {
  const chunk: RawChunk = { path: [], isEncrypted: false, isElsewhere: false };
  readStruct(reader, {
    1: (type) => {
      chunk.isElsewhere = readText(type, reader) !== "";
    },
    3: () =>
      readStruct(reader, {
        3: listOf((type) => chunk.path.push(readText(type, reader))),
        4: (type) => (chunk.codec = readNumber(type, reader)),
        7: (type) => (chunk.bytes = readNumber(type, reader)),
        9: (type) => (chunk.dataOffset = readNumber(type, reader)),
        11: (type) => (chunk.dictionaryOffset = readNumber(type, reader)),
      }),
    8: (type) => {
      chunk.isEncrypted = true;
      skip(type, reader);
    },
  });
  return chunk;
}

function checkedChunk(chunk: RawChunk, column: string, file: InputFile): Chunk {
  if (chunk.isEncrypted) throw encrypted(`its column ${column} is`);
  if (chunk.isElsewhere) throw corrupt(`its column ${column} is in another file`);
  const codec = CompressionCodecs[Number(chunk.codec)];
  if (codec === undefined || !CODECS.includes(codec)) {
    throw new ParquetFault(
      "unsupported_codec",
      `The column ${column} is compressed with ${codec ?? "an unknown codec"}; there are ${CODECS.join(", ")}.`,
      { column },
    );
  }
  const data = wholeNumber(chunk.dataOffset, "the offset of a column");
  const dictionary = wholeNumber(chunk.dictionaryOffset ?? 0n, "the offset of a column");
  // Some writers have a dictionary at 0 where they mean that there is none.
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  const end = start + wholeNumber(chunk.bytes, "the bytes of a column");
  if (end > file.bytes) throw corrupt(`its column ${column} is outside of the file`);
  return { start, end, codec };
}

function encrypted(what: string): ParquetFault {
  return new ParquetFault("encrypted_parquet", `The file is encrypted: ${what}.`);
}
