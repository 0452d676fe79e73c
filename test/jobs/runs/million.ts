/**
 * Runs a job of a million rows and says how fast it is, whether its memory stays flat, and what small requests notice of it:
 * `node test/jobs/runs/million.ts [--rows 1000000] [--model DIR]`. The default model is one that costs nearly nothing; with another, the
 * rows are of English words. The exit status is 0 if memory is flat and p95 less than twice that of an idle service.
 */
import { parseArgs } from "node:util";
import { percentile } from "../../bench/statistics.ts";
import { bundleService } from "./bundle.ts";
import { trendOf, watchLongJob } from "./long-job.ts";
import { ENGLISH_WORDS, SYNTHETIC_WORDS } from "./rows.ts";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "1000000" }, model: { type: "string" } },
});
const rows = Number(values.rows);

/** The last quarter's memory as a multiple of the first one's. */
const MAX_GROWTH = 1.2;

const MAX_SLOWDOWN = 2;

const words = values.model === undefined ? SYNTHETIC_WORDS : ENGLISH_WORDS;
const job = await watchLongJob(await bundleService(values.model), { rows, words }, console.log);
const isolate = trendOf(job.isolateMb);
const resident = trendOf(job.residentMb);
const idleP95 = percentile(job.idleMs, 95);
const busyP95 = percentile(job.busyMs, 95);
const rowsPerSecond = Math.round(rows / job.seconds);
console.log(
  `${rows.toLocaleString("en")} rows in ${job.seconds.toFixed(0)} s: ${rowsPerSecond} rows a second`,
);
console.log(
  `the Worker's isolate: ${formatTrend(isolate)}; at most ${job.finalizingMb.toFixed(0)} MB while Finalizing`,
);
console.log(`all of workerd, with the local R2 and Workflows: ${formatTrend(resident)}`);
console.log(
  `five short documents: p95 ${busyP95.toFixed(1)} ms (p50 ${percentile(job.busyMs, 50).toFixed(1)}) during it, ` +
    `${idleP95.toFixed(1)} ms (p50 ${percentile(job.idleMs, 50).toFixed(1)}) before`,
);
const isGood = isolate.lastMb <= MAX_GROWTH * isolate.firstMb && busyP95 < MAX_SLOWDOWN * idleP95;
console.log(isGood ? "flat and out of the way" : "NOT flat, or in the way");
process.exit(isGood ? 0 : 1);

function formatTrend({ firstMb, lastMb }: { firstMb: number; lastMb: number }): string {
  return `${firstMb.toFixed(0)} MB at most in the first quarter, ${lastMb.toFixed(0)} MB in the last`;
}
