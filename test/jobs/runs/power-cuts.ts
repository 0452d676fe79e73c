/** A job whose service loses its power again and again, and goes on when it is back. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "./rows.ts";
import { completedJob, hasEnded, readJob, submitJob, type Job } from "./client.ts";
import type { JobService } from "./service.ts";

/** When the power is cut: some time after the first look at which the job has come so far. */
export interface Moment {
  /** "Submitting": from the submission's sending on, whether or not it has been answered. */
  status: (typeof STATUSES)[number];
  /** Share of its rows that have been scored, of a job that is Running. */
  share?: number;
  /** How long after that, as a share of the most that there may be. */
  delay: number;
}

/** Most milliseconds from the look to the cut: more than it takes a job to make its progress known; and of one that is Finalizing, less than it takes to end. */
const LONGEST_MS = 1_500;
const LONGEST_AT_END_MS = 100;

/** Share of the rows after which the last cut is drawn while a job is Running. */
const LAST_SHARE = 0.9;

const STATUSES = ["Submitting", "Queued", "Preparing", "Running", "Finalizing"] as const;

/** A cut as it was. */
export interface Cut {
  /** The job's status and rows at the last look before it. */
  status: string;
  rows: number;
}

/** How many cuts there are while the job has come to each status. */
export type Cuts = Readonly<Record<Moment["status"], number>>;

/** Draws the moments, in the order of the job's way through them. */
export function drawMoments(random: Random, cuts: Cuts): Moment[] {
  return STATUSES.flatMap((status) => {
    const shares = Array.from({ length: cuts[status] }, () => LAST_SHARE * random());
    return shares
      .toSorted((one, other) => one - other)
      .map((share): Moment => ({
        status,
        ...(status === "Running" && { share }),
        delay: random(),
      }));
  });
}

export interface CutJob {
  job: Job;
  cuts: Cut[];
  seconds: number;
}

/** Most seconds from one cut to the next, and from the last one to the end. */
const PATIENCE_SECONDS = 120;

/**
 * Submits a job and cuts the power at each of the moments that comes before the job's end.
 *
 * @param usualSeconds - What it takes undisturbed.
 * @throws Error if the job does not come on, or does not end as Completed
 */
export async function runWithCuts(
  service: JobService,
  body: object,
  moments: readonly Moment[],
  usualSeconds: number,
): Promise<CutJob> {
  const startMs = performance.now();
  const submitting = submitJob(service.url, body, "with cuts");
  // What it throws is thrown where it is waited for.
  submitting.catch(() => {});
  const cuts: Cut[] = [];
  const longestMs = Math.min(LONGEST_MS, (1 - LAST_SHARE) * usualSeconds * 1_000);
  for (const moment of moments) {
    const seen =
      moment.status === "Submitting" ? null : await reach(service, await submitting, moment);
    if (seen && hasEnded(seen)) break;
    const isEnding = seen?.properties.status === "Finalizing";
    await sleep(moment.delay * (isEnding ? LONGEST_AT_END_MS : longestMs));
    await service.kill();
    cuts.push({ status: seen?.properties.status ?? "Submitting", rows: seen ? rowsOf(seen) : 0 });
    await service.start();
  }
  const job = await completedJob(service.url, await submitting, PATIENCE_SECONDS);
  return { job, cuts, seconds: (performance.now() - startMs) / 1_000 };
}

/** @returns The job as it then is, which may have ended */
async function reach(service: JobService, name: string, moment: Moment): Promise<Job> {
  const endMs = performance.now() + PATIENCE_SECONDS * 1_000;
  for (;;) {
    const job = await readJob(service.url, name);
    if (hasEnded(job) || hasReached(job, moment)) return job;
    if (performance.now() > endMs) {
      const { status, progress } = job.properties;
      throw new Error(
        `for ${PATIENCE_SECONDS} s the job has not come to ${JSON.stringify(moment)}: it is ${status}, ${JSON.stringify(progress)}\n${service.logs().slice(-3_000)}`,
      );
    }
    await sleep(10);
  }
}

function hasReached(job: Job, { status, share = 0 }: Moment): boolean {
  const place = STATUSES.findIndex((each) => each === job.properties.status);
  const wanted = STATUSES.indexOf(status);
  if (place !== wanted) return place > wanted;
  return rowsOf(job) >= share * (job.properties.progress.rows ?? 0);
}

function rowsOf({ properties: { progress } }: Job): number {
  return progress.scored + progress.failed;
}
