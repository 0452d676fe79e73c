/** What a job reads, once it is known to be readable: text files of rows, and the shards they are cut into. */

/** An object of the bucket that a job was told to read. */
export interface InputFile {
  key: string;
  /** Last segment of the key: what the results call it. */
  name: string;
  bytes: number;
  /** Of the version that was there when the job began: a file that changes meanwhile is an error and never mixed. */
  etag: string;
}

/** How a file's columns are called, by what they are to the model. */
export interface ColumnNames {
  text: string;
  query: string;
  document: string;
  documents: string;
  queryId: string;
  documentId: string;
}

/** What a job's body says about its input. */
export interface InputOptions {
  /** "auto": by the file's name, and where that says nothing by its first bytes. */
  format: "auto" | "csv" | "jsonl" | "parquet";
  /** One character; null is a comma, of a `.tsv` a tab. */
  delimiter: string | null;
  columns: ColumnNames;
}

/** A file of rows that can be read from any row on: not compressed, CSV or JSON lines. */
export interface Source {
  /** Of the {@link InputFile} that it is or was made of. */
  name: string;
  key: string;
  etag: string;
  bytes: number;
  format: "csv" | "jsonl";
  delimiter: string;
  /** Of a CSV; null of JSON lines. */
  header: readonly string[] | null;
  columns: ColumnNames;
  /** Offset of the first row. */
  dataStart: number;
  /**
   * Whether its rows are a TREC run's, which no shard may separate from others of their query.
   */
  groupsByQuery: boolean;
}

/** Rows of one source that are scored in one step. */
export interface Shard {
  /** Index of its source among the job's. */
  source: number;
  /** Number of its first row. */
  firstRow: number;
  rows: number;
  /** Bytes of the source, [start, end). */
  start: number;
  end: number;
}
