/** Every code of `errors.jsonl`. Stable, for programs; docs/batch.md says of each what to do. */

/** Of a row, the others of whose file are scored. */
export const ROW_CODES = [
  "empty_list",
  "invalid_json",
  "invalid_utf8",
  "invalid_value",
  "missing_value",
  "not_an_object",
  "not_scored",
  "over_limit",
  "stray_quote",
  "too_deep",
  "wrong_fields",
  "wrong_row",
] as const;

/** Of a file, none of whose rows is scored. */
export const FILE_CODES = [
  "corrupt_gzip",
  "corrupt_parquet",
  "duplicate_column",
  "empty_file",
  "encrypted_parquet",
  "header_too_long",
  "input_changed",
  "input_gone",
  "invalid_delimiter",
  "invalid_encoding",
  "missing_column",
  "no_documents",
  "no_queries",
  "no_rows",
  "not_a_run",
  "not_json_lines",
  "not_parquet",
  "not_text",
  "over_limit",
  "row_too_long",
  "stray_quote",
  "unclosed_quote",
  "unsupported_codec",
  "unsupported_encoding",
  "wrong_file",
  "wrong_type",
  "zip_bomb",
] as const;

export type RowCode = (typeof ROW_CODES)[number];

export type FileCode = (typeof FILE_CODES)[number];
