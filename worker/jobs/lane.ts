/** A lane scores its shards, one step for as many as it may score at a time, and keeps how far it has come. */
import type { ServedModel } from "../models.ts";
import { ShardBudget } from "../quotas/shard-budget.ts";
import type { JobBindings, JobRun } from "./job-bindings.ts";
import { jobErrorOf, type JobPlan, type JobRecord } from "./job-record.ts";
import { readStop, requestStop, type Stop } from "./job-store.ts";
import { readLanes, sumOfLanes, writeLane, type LaneState } from "./lane-state.ts";
import { Plan, type PlannedShard } from "./plan-job.ts";
import { giveShardUp, scoreShard, type Broken, type Spent } from "./score-shard.ts";
import type { Steps } from "./steps.ts";
import { NOTHING, sumOf, type Totals } from "./totals.ts";

/** Milliseconds between two times that a lane's state is kept: R2 takes one write a second of an object. */
const CHECKPOINT_MS = 1_500;

/** What a shard has come to. */
type Outcome = Totals | Broken | Spent;

export interface LaneCall {
  env: JobBindings;
  run: JobRun;
  record: JobRecord;
  plan: JobPlan;
  model: ServedModel;
}

/**
 * Scores a lane's shards from where it has come to.
 * @returns "complete", "stopped" if the job shall stop, or "spent" if the next instance has to go on
 */
export async function followLane(
  call: LaneCall,
  start: LaneState,
  steps: Steps,
): Promise<"complete" | "stopped" | "spent"> {
  const { env, run, record, plan, model } = call;
  const { request, trace } = record;
  const bucket = env.JOB_BUCKET;
  const shards = new Plan(bucket, run);
  const numbers = numbersOf(run.lane, plan);
  let state = start;
  let keptAtMs = Date.now();
  while (state.done < numbers.length) {
    if (steps.areSpent) {
      await steps.do(`keep ${state.done}`, request, () => writeLane(bucket, run, run.lane, state));
      return "spent";
    }
    const own = numbers.slice(state.done, state.done + plan.concurrency);
    const before = state;
    const onAll = async (
      work: (shard: PlannedShard, number: number) => Promise<Outcome>,
    ): Promise<Settled> => {
      if (await readStop(bucket, run)) return STOPPED;
      const planned = await Promise.all(own.map((number) => shards.shard(number)));
      if (planned.includes(null)) return STOPPED;
      const done = await Promise.allSettled(
        planned.map((shard, index) => work(shard!, own[index]!)),
      );
      const failed = done.find((each) => each.status === "rejected");
      if (failed) throw failed.reason;
      return settle(
        call,
        before,
        done.map((each) => (each as PromiseFulfilledResult<Outcome>).value),
      );
    };
    const scoreAll = (): Promise<Settled> =>
      onAll((shard, number) =>
        scoreShard(bucket, shard, {
          job: run,
          request,
          trace,
          model,
          route: plan.route,
          number,
          budget:
            record.budget && new ShardBudget(record.budget, env.QUOTAS, `${run.name}-${number}`),
        }),
      );
    const giveUp = (reason: string): Promise<Settled> =>
      onAll((shard, number) => giveShardUp(bucket, shard, { job: run, number }, reason));
    const name = `score ${own[0]}`;
    const settled = await steps.do(name, request, scoreAll).catch((error: unknown) => {
      if (steps.isSuperseded) throw error;
      const reason = error instanceof Error ? error.message : "it failed again and again";
      return steps.do(`give up ${own[0]}`, request, () => giveUp(reason));
    });
    state = {
      ...sumOf([state, settled.totals]),
      done: state.done + settled.shards,
      isComplete: false,
    };
    if (settled.mustStop) {
      await steps.do("keep at stop", request, () => writeLane(bucket, run, run.lane, state));
      return "stopped";
    }
    if (Date.now() - keptAtMs >= CHECKPOINT_MS) {
      // One that is missed is made up for by the next.
      await writeLane(bucket, run, run.lane, state).catch(() => undefined);
      keptAtMs = Date.now();
    }
  }
  await steps.do("lane complete", request, () =>
    writeLane(bucket, run, run.lane, { ...state, isComplete: true }),
  );
  return "complete";
}

/** The numbers of a lane's shards. */
function numbersOf(lane: number, { shards, lanes }: JobPlan): number[] {
  const numbers = [];
  for (let number = lane; number < shards; number += lanes) numbers.push(number);
  return numbers;
}

/** What a step has come to. */
interface Settled {
  totals: Totals;
  /** That these are of. */
  shards: number;
  mustStop: boolean;
}

const STOPPED: Settled = { totals: NOTHING, shards: 0, mustStop: true };

/** Sums up what a step has scored, and stops the job if that is one problem too many. */
async function settle(
  { env, run, record, plan }: LaneCall,
  before: LaneState,
  scored: readonly Outcome[],
): Promise<Settled> {
  const bucket = env.JOB_BUCKET;
  const broken = scored.find((each) => "problem" in each);
  if (broken) {
    const { code, reason, file } = broken.problem;
    await requestStop(bucket, run, {
      as: "Failed",
      error: { code, message: `${file}: ${reason}` },
    });
    return STOPPED;
  }
  const spent = scored.find((each) => "failure" in each);
  if (spent) {
    await requestStop(bucket, run, { as: "Failed", error: jobErrorOf(spent.failure) });
    return STOPPED;
  }
  const totals = sumOf(scored as Totals[]);
  const { errorThreshold } = record.request;
  if (totals.failed > 0 && errorThreshold >= 0) {
    const lanes = await readLanes(bucket, run, plan.lanes);
    lanes[run.lane] = before;
    const failed = plan.failedFiles + sumOfLanes(lanes).failed + totals.failed;
    if (failed > errorThreshold) {
      await requestStop(bucket, run, overThreshold(failed, errorThreshold));
      return { totals, shards: scored.length, mustStop: true };
    }
  }
  return { totals, shards: scored.length, mustStop: false };
}

export function overThreshold(failed: number, threshold: number): Stop {
  const message = `${failed} rows and files could not be read or scored, and errorThreshold is ${threshold}; errors.jsonl says which and why.`;
  return { as: "Failed", error: { code: "error_threshold", message } };
}
