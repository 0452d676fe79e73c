import { JOB_LIMITS } from "../../limits.ts";
import { COLUMN_DEFAULTS } from "../column-options.ts";
import type { RowProblem } from "../rows.ts";
import type { InputFile, Source } from "../source.ts";
import { unreadable, type Unreadable } from "./file-problem.ts";
import { openText, type TextFile } from "./trec-lines.ts";
import { numberQueries, parseRunLine, scanRun, type QueryNumbers } from "./trec-run.ts";
import { checkTexts, DOCUMENT_NAMES, findTexts, QUERY_NAMES } from "./trec-texts.ts";
import {
  runWindow,
  type RunPosition,
  type RunWindow,
  type WantedText,
  type WindowLimits,
} from "./trec-window.ts";
import { uploadLines, type LineUpload } from "./upload-lines.ts";

export interface RunFiles {
  run: InputFile;
  queries: InputFile;
  collection: InputFile;
}

/** About 40 MB with all that is held of a text beside it. The queries and the collection are read once for every so much of the run. */
const WINDOW_LIMITS: WindowLimits = {
  documents: 40_000,
  lines: 400_000,
  textBytes: 16 * 1024 * 1024,
};

const encoder = new TextEncoder();
const QUERY_ID = encoder.encode('{"query_id":');
const DOCUMENT_ID = encoder.encode(',"document_id":');
const QUERY = encoder.encode(',"query":');
const DOCUMENT = encoder.encode(',"document":');
const NULL = encoder.encode("null");
const OBJECT_END = encoder.encode("}");

/** What became of the run's lines. */
interface Found {
  /** Lines whose query or document was found. */
  queries: number;
  documents: number;
  tooLongRows: number;
  /** Of the collection. */
  tooLongDocuments: number;
}

/**
 * Joins a TREC run with the texts of its queries and documents into JSON lines of `query_id`, `document_id`, `query`, `document`, one a
 * line of the run: by query, in the order of their first lines, and each query's in the order of the run. A text that is not there is
 * null; a line that is not a run's has empty ids and nulls, too. The three may be gzip; the queries and the collection are TSV or JSON
 * lines. Called twice, it writes the same bytes.
 *
 * The run and the collection may be larger than memory: they are read again for each window of the run (`WINDOW_LIMITS`).
 *
 * Problems, all of a whole file: `not_a_run`, `wrong_file`, `over_limit`, `no_queries` and `no_documents` (none was found), and those of
 * {@link openText}. Among `problems` is what a job goes on with: `over_limit` of texts that are too long and were left out, whose rows then lack them.
 */
export async function joinRun(
  bucket: R2Bucket,
  files: RunFiles,
  unpackedKey: string,
  limits: WindowLimits = WINDOW_LIMITS,
): Promise<{ ok: true; value: Source; problems: RowProblem[] } | Unreadable> {
  const run = await openText(bucket, files.run, `${unpackedKey}-run`);
  if (!run.ok) return run;
  const queries = await openText(bucket, files.queries, `${unpackedKey}-queries`);
  if (!queries.ok) return queries;
  const collection = await openText(bucket, files.collection, `${unpackedKey}-collection`);
  if (!collection.ok) return collection;
  const wrong =
    checkRun(run) ?? checkQueriesSize(queries) ?? checkTexts(queries) ?? checkTexts(collection);
  if (wrong) return wrong;

  const numbered = await numberQueries(bucket, run.file);
  if (!numbered.ok) return numbered;
  const lines = uploadLines(bucket, unpackedKey);
  try {
    const join = { bucket, run, queries, collection, numbers: numbered.numbers, limits, lines };
    const joined = await joinWindows(join);
    if (!joined.ok) {
      await lines.abort();
      return joined;
    }
    const { etag, bytes } = await lines.close();
    const value: Source = {
      name: files.run.name,
      key: unpackedKey,
      etag,
      bytes,
      format: "jsonl",
      delimiter: ",",
      header: null,
      columns: COLUMN_DEFAULTS,
      dataStart: 0,
      groupsByQuery: true,
    };
    return { ok: true, value, problems: problemsOf(files, joined.found) };
  } catch (error) {
    await lines.abort().catch(() => undefined);
    throw error;
  }
}

interface Join {
  bucket: R2Bucket;
  run: TextFile;
  queries: TextFile;
  collection: TextFile;
  numbers: QueryNumbers;
  limits: WindowLimits;
  lines: LineUpload;
}

async function joinWindows(join: Join): Promise<{ ok: true; found: Found } | Unreadable> {
  const found: Found = { queries: 0, documents: 0, tooLongRows: 0, tooLongDocuments: 0 };
  let start: RunPosition | null = { query: 0, line: 0 };
  while (start !== null) {
    const filled = await fillWindow(join, start);
    if (!filled.ok) return filled;
    found.tooLongDocuments = filled.tooLongDocuments;
    const written = await writeWindow(join, filled.window, found);
    if (!written.ok) return written;
    start = filled.window.end();
  }
  const { queries, collection } = join;
  if (found.queries === 0) {
    const reason = "None of the run's queries is in the file of queries.";
    return unreadable(queries.file.name, "no_queries", reason);
  }
  if (found.documents === 0) {
    const reason = "None of the run's documents is in the collection.";
    return unreadable(collection.file.name, "no_documents", reason);
  }
  return { ok: true, found };
}

async function fillWindow(
  { bucket, run, queries, collection, numbers, limits }: Join,
  start: RunPosition,
): Promise<{ ok: true; window: RunWindow; tooLongDocuments: number } | Unreadable> {
  const window = runWindow(start, limits);
  const ofRun = await scanRun(bucket, run.file, (line) => {
    window.addLine(line, numbers.get(line.queryId)!);
  });
  if (!ofRun.ok) return ofRun;
  const ofQueries = await findTexts(bucket, queries, QUERY_NAMES, window.queries, window.setText);
  if (!ofQueries.ok) return ofQueries;
  const ofDocuments = await findTexts(
    bucket,
    collection,
    DOCUMENT_NAMES,
    window.documents,
    window.setText,
  );
  if (!ofDocuments.ok) return ofDocuments;
  return { ok: true, window, tooLongDocuments: ofDocuments.tooLongLines };
}

async function writeWindow(
  { run, lines }: Join,
  window: RunWindow,
  found: Found,
): Promise<{ ok: true } | Unreadable> {
  for (const { query, document } of window.lines()) {
    if (query.text !== null) found.queries++;
    if (document.text !== null) found.documents++;
    writeLine(lines, query, document);
    if (lines.isTooLong()) {
      lines.dropLine();
      writeLine(lines, { ...query, text: null }, { ...document, text: null });
      found.tooLongRows++;
    }
    if (!lines.endLine()) continue;
    const bytes = await lines.flush();
    if (bytes > JOB_LIMITS.maxUnpackedBytes) {
      const reason = `The joined run is over the limit maxUnpackedBytes of ${JOB_LIMITS.maxUnpackedBytes}: it has at least ${bytes}.`;
      return unreadable(run.file.name, "over_limit", reason);
    }
  }
  return { ok: true };
}

function writeLine(lines: LineUpload, query: WantedText, document: WantedText): void {
  lines.raw(QUERY_ID);
  lines.string(encoder.encode(query.id));
  lines.raw(DOCUMENT_ID);
  lines.string(encoder.encode(document.id));
  lines.raw(QUERY);
  writeText(query.text);
  lines.raw(DOCUMENT);
  writeText(document.text);
  lines.raw(OBJECT_END);

  function writeText(text: Uint8Array | null): void {
    if (text === null) lines.raw(NULL);
    else lines.string(text);
  }
}

function checkRun({ file, head }: TextFile): Unreadable | undefined {
  const [line = ""] = head.split(/\r?\n/, 1);
  if (parseRunLine(line).queryId !== "") return undefined;
  const reason =
    "The file's first line is none of a TREC run, which has six fields: query, Q0, document, rank, score, tag.";
  return unreadable(file.name, "not_a_run", reason);
}

function checkQueriesSize({ file: { name, bytes } }: TextFile): Unreadable | undefined {
  if (bytes <= JOB_LIMITS.maxQueriesBytes) return undefined;
  const reason = `The file is over the limit maxQueriesBytes of ${JOB_LIMITS.maxQueriesBytes}: it has ${bytes}.`;
  return unreadable(name, "over_limit", reason);
}

function problemsOf(
  { run, collection }: RunFiles,
  { tooLongRows, tooLongDocuments }: Found,
): RowProblem[] {
  const problem = (file: InputFile, count: number, what: string): RowProblem[] => {
    const reason = `${count} ${what} over the limit maxRowBytes of ${JOB_LIMITS.maxRowBytes} and left out.`;
    return count === 0 ? [] : [unreadable(file.name, "over_limit", reason).problem];
  };
  return [
    ...problem(run, tooLongRows, "rows' texts together are"),
    ...problem(collection, tooLongDocuments, "lines of the collection are"),
  ];
}
