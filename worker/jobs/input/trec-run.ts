/** The lines of a TREC run, and how many each query has. */
import { JOB_LIMITS } from "../../limits.ts";
import type { InputFile } from "../source.ts";
import { unreadable, type Unreadable } from "./file-problem.ts";
import { scanLines } from "./trec-lines.ts";

/** Both are empty of a line that is not a run's. */
export interface RunLine {
  queryId: string;
  documentId: string;
}

const MALFORMED: RunLine = { queryId: "", documentId: "" };

/** Query, "Q0", document, rank, score, tag. */
const RUN_LINE =
  /^[ \t]*([^ \t]+)[ \t]+[^ \t]+[ \t]+([^ \t]+)[ \t]+([^ \t]+)[ \t]+([^ \t]+)[ \t]+[^ \t]+[ \t]*$/;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function parseRunLine(line: string): RunLine {
  const [, queryId, documentId, rank, score] = RUN_LINE.exec(line) ?? [];
  const isRunLine = isNumber(rank) && isNumber(score);
  return isRunLine && queryId && documentId ? { queryId, documentId } : MALFORMED;
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && !Number.isNaN(Number(text));
}

/** Calls back for each line that is not blank, malformed ones too. */
export function scanRun(
  bucket: R2Bucket,
  file: InputFile,
  onLine: (line: RunLine) => void,
): Promise<{ ok: true; tooLongLines: number } | Unreadable> {
  return scanLines(bucket, file, (bytes, start, end) => {
    const line = decoded(bytes.subarray(start, end));
    if (line === undefined) onLine(MALFORMED);
    else if (line.trim() !== "") onLine(parseRunLine(line));
  });
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The number of each query, in order of their first lines. Malformed lines are those of the query "". */
export type QueryNumbers = ReadonlyMap<string, number>;

/** Problems: `over_limit`, `not_a_run` of one with too many malformed lines, `input_changed`, `input_gone`. */
export async function numberQueries(
  bucket: R2Bucket,
  file: InputFile,
): Promise<{ ok: true; numbers: QueryNumbers } | Unreadable> {
  const { maxRunFileBytes, maxRunQueries } = JOB_LIMITS;
  if (file.bytes > maxRunFileBytes) {
    const reason = `The run is over the limit maxRunFileBytes of ${maxRunFileBytes}: it has ${file.bytes}.`;
    return unreadable(file.name, "over_limit", reason);
  }
  const numbers = new Map<string, number>();
  const depths = new Uint32Array(maxRunQueries);
  let maxDepth = 0;
  const scanned = await scanRun(bucket, file, ({ queryId }) => {
    let number = numbers.get(queryId);
    if (number === undefined) {
      number = numbers.size;
      // One more tells that there are too many.
      if (number <= maxRunQueries) numbers.set(queryId, number);
    }
    const depth = (depths[number] ?? 0) + 1;
    depths[number] = depth;
    maxDepth = Math.max(maxDepth, depth);
  });
  if (!scanned.ok) return scanned;
  const { maxRunDepth, maxRowBytes } = JOB_LIMITS;
  if (scanned.tooLongLines > 0) {
    const reason = `${scanned.tooLongLines} lines of the run are over the limit maxRowBytes of ${maxRowBytes}.`;
    return unreadable(file.name, "over_limit", reason);
  }
  const malformed = depths[numbers.get("") ?? maxRunQueries] ?? 0;
  if (malformed > maxRunDepth) {
    const reason = `${malformed} lines are none of a TREC run, which have six fields: query, Q0, document, rank, score, tag.`;
    return unreadable(file.name, "not_a_run", reason);
  }
  if (maxDepth > maxRunDepth) {
    const reason = `A query of the run is over the limit maxRunDepth of ${maxRunDepth}: it has ${maxDepth} lines.`;
    return unreadable(file.name, "over_limit", reason);
  }
  if (numbers.size > maxRunQueries) {
    const reason = `The run is over the limit maxRunQueries of ${maxRunQueries}.`;
    return unreadable(file.name, "over_limit", reason);
  }
  return { ok: true, numbers };
}
