/** One shard's rows are read, scored and written: run twice, it writes the same. */
import { admitWork } from "../admission.ts";
import type { Failure } from "../errors.ts";
import { publicError } from "../public-error.ts";
import { headOf } from "../label-pairs.ts";
import type { ServedModel } from "../models.ts";
import { writeLog } from "../observe/log.ts";
import type { TraceContext } from "../observe/trace-context.ts";
import type { ShardBudget } from "../quotas/shard-budget.ts";
import { readShard } from "./input/read-shard.ts";
import { FORMATS, partKey, type JobAddress, type ResultFormat } from "./job-keys.ts";
import type { JobRequest } from "./job-request.ts";
import { partsOf } from "./output/parts.ts";
import type { PlannedShard } from "./plan-job.ts";
import type { InputRow, RowProblem, ScoredRow } from "./rows.ts";
import { ShardError } from "./shard-error.ts";
import { misfitOf, scoreRows, tokensOfRows } from "./score-rows.ts";
import { NOTHING, type Totals } from "./totals.ts";

export interface ShardCall {
  job: JobAddress;
  request: Pick<JobRequest, "timeoutSeconds">;
  trace: TraceContext;
  model: ServedModel;
  route: "edge" | "backend";
  /** Of all shards of the job. */
  number: number;
  /** Null: any number of tokens may be used. */
  budget: ShardBudget | null;
}

/** What stands against the job as a whole, such as a file that has changed. */
export interface Broken {
  problem: RowProblem;
}

/** The budget of the job's key is spent. */
export interface Spent {
  failure: Extract<Failure, { kind: "budget_spent" }>;
}

/** @throws ShardError for what may pass: a backend that does not answer, a model that cannot be loaded now */
export async function scoreShard(
  bucket: R2Bucket,
  { shard, source }: PlannedShard,
  call: ShardCall,
): Promise<Totals | Broken | Spent> {
  if (source === null) return NOTHING;
  const startedAtMs = Date.now();
  const read = await readShard(bucket, source, shard);
  if (!read.ok) return read;
  const { good, misfits } = fitting(read.rows, source.name, call.model);
  const problems = inOrder([...read.problems, ...misfits]);
  const reserved = await call.budget?.reserve(tokensOfRows(good, call.model));
  if (reserved && !reserved.ok) {
    const { failure } = reserved;
    if (failure.kind === "budget_spent") return { failure };
    throw new ShardError(publicError(failure).message);
  }
  const scored = await admitWork(call.request.timeoutSeconds * 1_000, (turns, deadline) =>
    scoreRows(good, call.model, call.route, {
      id: `${call.job.name}-${call.number}`,
      trace: call.trace,
      turns,
      deadline,
    }),
  );
  await call.budget?.settle(scored.ok ? scored.value.tokens : 0);
  if (!scored.ok) throw new ShardError(publicError(scored.failure).message);
  const { answers, tokens } = scored.value;
  const rows = good.map(({ row, queryId, documentIds }, index): ScoredRow => ({
    file: source.name,
    row,
    ...(queryId !== undefined && { queryId }),
    ...(documentIds !== undefined && { documentIds }),
    answer: answers[index]!,
  }));
  await writeParts(bucket, call, rows, problems);
  writeLog({
    level: "info",
    event: "shard",
    job: call.job.name,
    traceId: call.trace.traceId,
    shard: call.number,
    model: call.model.name,
    servedBy: call.route,
    rows: rows.length,
    failed: problems.length,
    tokens,
    totalMs: Date.now() - startedAtMs,
  });
  return { scored: rows.length, failed: problems.length, tokens };
}

/** Says of each of a shard's rows why it was not scored, after its last try. */
export async function giveShardUp(
  bucket: R2Bucket,
  { shard, source }: PlannedShard,
  call: Pick<ShardCall, "job" | "number">,
  reason: string,
): Promise<Totals> {
  if (source === null) return NOTHING;
  const problems = Array.from({ length: shard.rows }, (_, index): RowProblem => ({
    file: source.name,
    row: shard.firstRow + index,
    column: null,
    code: "not_scored",
    reason,
  }));
  await writeParts(bucket, call, [], problems);
  writeLog({
    level: "error",
    event: "shard",
    job: call.job.name,
    shard: call.number,
    rows: 0,
    failed: shard.rows,
    tokens: 0,
  });
  return { scored: 0, failed: shard.rows, tokens: 0 };
}

async function writeParts(
  bucket: R2Bucket,
  { job, number }: Pick<ShardCall, "job" | "number">,
  rows: readonly ScoredRow[],
  problems: readonly RowProblem[],
): Promise<void> {
  const parts = partsOf(rows, problems, { tag: job.name });
  const isPart = (format: ResultFormat): boolean => parts[format] !== undefined;
  await Promise.all([
    ...FORMATS.filter(isPart).map((format) =>
      bucket.put(partKey(job, format, number), parts[format]!),
    ),
    // An earlier try may have got further than its last.
    bucket.delete(
      FORMATS.filter((format) => !isPart(format)).map((format) => partKey(job, format, number)),
    ),
  ]);
}

function fitting(
  rows: readonly InputRow[],
  file: string,
  model: ServedModel,
): { good: InputRow[]; misfits: RowProblem[] } {
  const head = headOf(model);
  const good: InputRow[] = [];
  const misfits: RowProblem[] = [];
  for (const row of rows) {
    const reason = misfitOf(row.work, head);
    if (reason === null) good.push(row);
    else misfits.push({ file, row: row.row, column: null, code: "wrong_row", reason });
  }
  return { good, misfits };
}

function inOrder(problems: RowProblem[]): RowProblem[] {
  return problems.sort((one, other) => (one.row ?? -1) - (other.row ?? -1));
}
