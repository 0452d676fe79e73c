/** A long job, watched: how fast it goes, what memory it takes, and what small requests notice of it. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { timedPost } from "../../bench/timed-post.ts";
import type { ServiceBundle } from "./bundle.ts";
import { completedJob, hasEnded, jobBody, putFile, readJob, submitJob } from "./client.ts";
import { writePairs, type Vocabulary } from "./rows.ts";
import { openInspector } from "./isolate-memory.ts";
import { jobService, type JobService } from "./service.ts";

export interface LongJob {
  rows: number;
  words: Vocabulary;
}

export interface WatchedJob {
  /** From the submission to the first look that saw its end. */
  seconds: number;
  /** One a second of the time in which rows are scored: what the Worker's isolate holds, and resident memory of all of workerd; MB. */
  isolateMb: number[];
  residentMb: number[];
  /** The most that the isolate holds while the results are put together. */
  finalizingMb: number;
  /** Milliseconds of a small request: before the job, and one a second meanwhile. */
  idleMs: number[];
  busyMs: number[];
}

const WARM_UP_ROWS = 5_000;
const WARM_UPS = 20;
const IDLE_REQUESTS = 100;
const IDLE_EVERY_MS = 100;
const WATCH_EVERY_MS = 1_000;
const PRINT_EVERY_SECONDS = 30;

/** Of a job of any length. */
const PATIENCE_SECONDS = 3_600;

/** Starts the service for it, which has by then done a short job and some requests, and stops it. */
export async function watchLongJob(
  bundle: ServiceBundle,
  { rows, words }: LongJob,
  print: (line: string) => void,
): Promise<WatchedJob> {
  const service = await jobService(bundle);
  const path = join(bundle.folder, "long.csv");
  try {
    await service.start();
    await writePairs(path, { rows: WARM_UP_ROWS, seed: 1, words });
    await putFile(service.url, "short.csv", path);
    const first = await submitJob(service.url, jobBody("files/short.csv"), "warm up");
    await completedJob(service.url, first, PATIENCE_SECONDS);
    await writePairs(path, { rows, seed: 2, words });
    await putFile(service.url, "long.csv", path);
    const request = smallRequest(words);
    for (let i = 0; i < WARM_UPS; i++) await requestMs(service, request);
    const idleMs: number[] = [];
    for (let i = 0; i < IDLE_REQUESTS; i++) {
      idleMs.push(await requestMs(service, request));
      await sleep(IDLE_EVERY_MS);
    }
    return { ...(await watch(service, rows, request, print)), idleMs };
  } finally {
    await service.stop();
  }
}

async function watch(
  service: JobService,
  rows: number,
  request: string,
  print: (line: string) => void,
): Promise<Omit<WatchedJob, "idleMs">> {
  const isolateMb: number[] = [];
  const residentMb: number[] = [];
  let finalizingMb = 0;
  const busyMs: number[] = [];
  const startMs = performance.now();
  const seconds = (): number => (performance.now() - startMs) / 1_000;
  const inspector = await openInspector(service.inspectorPort);
  const name = await submitJob(service.url, jobBody("files/long.csv"), "long");
  for (;;) {
    const nextMs = performance.now() + WATCH_EVERY_MS;
    busyMs.push(await requestMs(service, request));
    const { heldMb } = await inspector.memory();
    const job = await readJob(service.url, name);
    const { status, progress } = job.properties;
    if (hasEnded(job)) {
      inspector.close();
      await completedJob(service.url, name, PATIENCE_SECONDS);
      if (progress.scored + progress.failed !== rows)
        throw new Error(
          `of ${rows} rows ${progress.scored} were scored, ${progress.failed} failed`,
        );
      return { seconds: seconds(), isolateMb, residentMb, finalizingMb, busyMs };
    }
    if (status === "Finalizing") finalizingMb = Math.max(finalizingMb, heldMb);
    if (status === "Running") {
      isolateMb.push(heldMb);
      residentMb.push(service.memory().nowMb);
    }
    if (Math.round(seconds()) % PRINT_EVERY_SECONDS === 0)
      print(
        `after ${seconds().toFixed(0)} s: ${status}, ${progress.scored} rows, ${heldMb.toFixed(0)} MB`,
      );
    await sleep(Math.max(0, nextMs - performance.now()));
  }
}

/** Five short documents. */
function smallRequest(words: Vocabulary): string {
  const texts = Array.from({ length: 6 }, (_, index) => words.slice(index, index + 8).join(" "));
  return JSON.stringify({ query: texts[0], documents: texts.slice(1) });
}

async function requestMs({ url }: JobService, request: string): Promise<number> {
  const { status, ms, body } = await timedPost(`${url}/v1/rerank`, request);
  if (status !== 200) throw new Error(`a small request was answered with ${status}: ${body}`);
  return ms;
}

/** Seconds after which a job's code and buffers are in place. */
const SETTLE_SECONDS = 5;

/**
 * The most in the first and in the last quarter of a run.
 * @param memoryMb - One a second; the first ones are left out, unless they are most of it.
 */
export function trendOf(memoryMb: readonly number[]): { firstMb: number; lastMb: number } {
  const settled = memoryMb.length > 4 * SETTLE_SECONDS ? memoryMb.slice(SETTLE_SECONDS) : memoryMb;
  const quarter = Math.ceil(settled.length / 4);
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);
  return { firstMb: most(settled.slice(0, quarter)), lastMb: most(settled.slice(-quarter)) };
}
