/** Batch jobs in `wrangler dev`: beside the bare engine, and a million rows watched. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Papa from "papaparse";
import { JOB_LIMITS } from "../../worker/limits.ts";
import { bundleService, type ServiceBundle } from "../jobs/runs/bundle.ts";
import { completedJob, jobBody, putFile, submitJob } from "../jobs/runs/client.ts";
import { trendOf, watchLongJob, type WatchedJob } from "../jobs/runs/long-job.ts";
import { ENGLISH_WORDS, SYNTHETIC_WORDS, writePairs } from "../jobs/runs/rows.ts";
import { jobService, type JobService } from "../jobs/runs/service.ts";
import { bundle as bundleWorker, stageProject } from "./bundle.ts";
import type { Peers } from "./peers/prepare.ts";
import { formatMs, formatNumber, type Measure, type Section } from "./report.ts";
import { compare, percentile, spreadOf, type Spread } from "./statistics.ts";
import { compileWorker, startWorker, type RunningWorker } from "./workerd.ts";

/** Rows of a job beside the engine, and what the engine must take of the job's time. */
const BESIDE = [
  { rows: 10_000, minRatio: 1 / 1.15 },
  { rows: 20_000, minRatio: 0.9 },
];

const MILLION = 1_000_000;

/** Rows of the job that small requests to the default model go beside. */
const WATCHED_ROWS = 10_000;

const MAX_SLOWDOWN = 2;
const MAX_GROWTH = 1.2;

const LATENCIES = 20;
const FEW_ROWS = 10;
const MAX_LATENCY_MS = 50;

/** A look at a job takes the local service more than 10 ms. */
const POLL_MS = 2_000;

/** Of one job. */
const PATIENCE_SECONDS = 1_200;

export async function measureJobs(
  { packedModel }: Peers,
  rounds: number,
  print: (line: string) => void,
): Promise<Section> {
  const bundle = await bundleService(packedModel);
  const measures: Measure[] = [];
  const project = await stageProject("default", packedModel);
  const engine = await startWorker(await compileWorker(await bundleWorker(project, "engine-only")));
  const service = await jobService(bundle);
  try {
    await service.start();
    for (const rows of [FEW_ROWS, ...BESIDE.map((each) => each.rows)]) {
      const path = fileOf(bundle, rows);
      await writePairs(path, { rows, seed: 1, words: ENGLISH_WORDS });
      await putFile(service.url, `${rows}.csv`, path);
    }
    // The first job loads the model.
    await jobSeconds(service, FEW_ROWS, "warm up");
    await engineSeconds(engine, fileOf(bundle, FEW_ROWS));
    for (const { rows, minRatio } of BESIDE) {
      let round = 0;
      const { ours, theirs, ratio } = await compare(
        rounds,
        () => jobSeconds(service, rows, `round ${round++} of ${rows}`),
        () => engineSeconds(engine, fileOf(bundle, rows)),
      );
      measures.push({
        what: `a job of ${rows.toLocaleString("en")} short pairs, from its submission to its end`,
        ours: formatSeconds(ours),
        peer: "the engine alone in workerd",
        theirs: formatSeconds(theirs),
        ratio,
        target: { text: `at least ${minRatio.toFixed(2)}`, met: ratio.median >= minRatio },
      });
      print(`${rows} pairs: ${formatSeconds(ours)}, engine ${formatSeconds(theirs)}`);
    }
    measures.push(...(await measureLatencies(service, print)));
  } finally {
    await engine.stop();
    await service.stop();
  }
  const beside = { rows: WATCHED_ROWS, words: ENGLISH_WORDS };
  const busy = await watchLongJob(bundle, beside, print);
  measures.push(slowdown("the default model, beside a job", busy));
  const million = { rows: MILLION, words: SYNTHETIC_WORDS };
  const long = await watchLongJob(await bundleService(), million, print);
  measures.push(...ofMillion(long), slowdown("a tiny model, beside the million rows", long));
  for (const { what, ours, theirs } of measures)
    print(`${what}: ${ours}${theirs ? ` (${theirs})` : ""}`);
  return {
    title: "Batch jobs",
    notes: [
      "All in `wrangler dev`, whose R2 and Workflows are simulated in the same process as the Worker: deployed, they take none of its time. Pairs are made of common words, about 16 tokens each. " +
        "A job's seconds are its own, from its creation to its end, results written; the engine's are those of scoring the same pairs, loaded and warm, in a Worker that does nothing else, by its own clock.",
      `The million rows are scored by a model so small that what is measured is the job around it. Memory is what V8 has for the Worker's isolate, heap and array buffers, looked at every second; small requests are five short documents to /v1/rerank, one a second, and before the job one every 0.1 s. Latencies are of ${LATENCIES} requests.`,
    ],
    measures,
  };
}

function fileOf({ folder }: ServiceBundle, rows: number): string {
  return join(folder, `${rows}.csv`);
}

async function jobSeconds({ url }: JobService, rows: number, key: string): Promise<number> {
  const name = await submitJob(url, jobBody(`files/${rows}.csv`), key);
  const { properties } = await completedJob(url, name, PATIENCE_SECONDS, POLL_MS);
  const { createdAtUtc, endTimeUtc } = properties;
  return (Date.parse(endTimeUtc!) - Date.parse(createdAtUtc)) / 1_000;
}

async function engineSeconds(engine: RunningWorker, path: string): Promise<number> {
  const { data } = Papa.parse<[string, string]>((await readFile(path, "utf8")).trimEnd());
  let ms = 0;
  for (let start = 1; start < data.length; start += JOB_LIMITS.maxShardRows) {
    const pairs = data.slice(start, start + JOB_LIMITS.maxShardRows);
    ms += ((await engine.post("/", { pairs })) as { engineMs: number }).engineMs;
  }
  return ms / 1_000;
}

/** Of submitting jobs and of listing them, while nothing else is under way. */
async function measureLatencies(
  { url }: JobService,
  print: (line: string) => void,
): Promise<Measure[]> {
  const posts: number[] = [];
  const lists: number[] = [];
  const body = jobBody(`files/${FEW_ROWS}.csv`);
  for (let i = 0; i < LATENCIES; i++) {
    const startMs = performance.now();
    const name = await submitJob(url, body, `latency ${i}`);
    posts.push(performance.now() - startMs);
    await completedJob(url, name, PATIENCE_SECONDS);
    const listMs = performance.now();
    await (await fetch(`${url}/jobs`)).text();
    lists.push(performance.now() - listMs);
  }
  print(`POST /jobs ${formatMs(spreadOf(posts))}, GET /jobs ${formatMs(spreadOf(lists))}`);
  return [
    { what: "POST /jobs", times: posts },
    { what: "GET /jobs", times: lists },
  ].map(({ what, times }) => ({
    what,
    ours: formatMs(spreadOf(times)),
    target: {
      text: `less than ${MAX_LATENCY_MS} ms`,
      met: spreadOf(times).median < MAX_LATENCY_MS,
    },
  }));
}

function ofMillion({ seconds, isolateMb, finalizingMb }: WatchedJob): Measure[] {
  const { firstMb, lastMb } = trendOf(isolateMb);
  return [
    {
      what: "a job of 1,000,000 rows, a tiny model",
      ours: `${formatNumber(seconds)} s, ${Math.round(MILLION / seconds).toLocaleString("en")} rows/s`,
    },
    {
      what: "memory of its Worker, last quarter of the scoring",
      ours: `${lastMb.toFixed(0)} MB`,
      peer: "first quarter",
      theirs: `${firstMb.toFixed(0)} MB`,
      target: { text: `at most ${MAX_GROWTH} times as much`, met: lastMb <= MAX_GROWTH * firstMb },
    },
    { what: "memory while its results are put together", ours: `${finalizingMb.toFixed(0)} MB` },
  ];
}

function slowdown(where: string, { idleMs, busyMs }: WatchedJob): Measure {
  const idle = percentile(idleMs, 95);
  const busy = percentile(busyMs, 95);
  return {
    what: `five short documents, ${where}: p95`,
    ours: `${formatNumber(busy)} ms`,
    peer: "before it",
    theirs: `${formatNumber(idle)} ms`,
    target: { text: `less than ${MAX_SLOWDOWN} times as much`, met: busy < MAX_SLOWDOWN * idle },
  };
}

function formatSeconds({ median, min, max }: Spread): string {
  return `${formatNumber(median)} s [${formatNumber(min)} to ${formatNumber(max)}]`;
}
