/**
 * Runs jobs undisturbed, runs them again while the service's processes are killed at moments drawn from a seed, and compares the results
 * byte for byte: `node test/jobs/runs/kill.ts [--kills 20] [--rows 50000] [--seed 1] [--only PART_OF_A_NAME]`. The exit status is 0 if
 * every job had the same results.
 */
import { parseArgs } from "node:util";
import { seededRandom } from "../../../tools/evaluation/random.ts";
import { startFaultyUpstream } from "../../upstream/faulty-upstream.ts";
import { bundleService, SMALLEST_SHAPE, type ServiceBundle } from "./bundle.ts";
import { completedJob, submitJob } from "./client.ts";
import { drawMoments, runWithCuts, type Cut, type CutJob } from "./power-cuts.ts";
import { failAtRandom } from "./random-faults.ts";
import { differences, readResults } from "./results.ts";
import { scenariosOf, type Scenario } from "./scenarios.ts";
import { jobService } from "./service.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "20" },
    rows: { type: "string", default: "50000" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
  },
});
const size = {
  kills: Number(values.kills),
  rows: Number(values.rows),
  seed: Number(values.seed),
};

/** Of an undisturbed job. */
const PATIENCE_SECONDS = 300;

/** A job of 50,000 pairs takes it so long that there is something to cut. */
const SHAPE = { ...SMALLEST_SHAPE, hiddenSize: 128, numLayers: 2, intermediateSize: 512 };

const bundle = await bundleService(SHAPE);
let failures = 0;
for (const scenario of scenariosOf(size)) {
  if (!scenario.name.includes(values.only)) continue;
  console.log(`\n${scenario.name}: ${scenario.rows.toLocaleString("en")} rows`);
  try {
    if (!(await isSameAfterCuts(scenario, bundle))) failures++;
  } catch (error) {
    console.log(`  FAILED: ${error instanceof Error ? error.message : String(error)}`);
    failures++;
  }
}
console.log(failures === 0 ? "\nall results are the same" : `\n${failures} jobs FAILED`);
process.exit(failures === 0 ? 0 : 1);

async function isSameAfterCuts(scenario: Scenario, { folder, ...rest }: ServiceBundle) {
  const { rows, cuts, body, hasBackend } = scenario;
  const random = seededRandom(size.seed);
  const upstream = hasBackend ? await startFaultyUpstream() : undefined;
  const vars = upstream && { BACKEND_URL: upstream.url, BACKEND_PROTOCOL: "tei" };
  const service = await jobService({ folder, ...rest }, { JOB_STALE_SECONDS: "1", ...vars });
  try {
    await service.start();
    await scenario.upload(service.url, folder);
    const startMs = performance.now();
    const undisturbed = await completedJob(
      service.url,
      await submitJob(service.url, body, "undisturbed"),
      PATIENCE_SECONDS,
    );
    const seconds = (performance.now() - startMs) / 1_000;
    const expected = await readResults(service.url, undisturbed, rows);
    const { scored, failed } = undisturbed.properties.progress;
    console.log(
      `  undisturbed: ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows/s, ${scored} scored, ${failed} failed, ${expected.bytes} bytes of results`,
    );
    const callsBefore = upstream?.calls.length ?? 0;
    const recover = upstream && failAtRandom(upstream, random);
    const moments = drawMoments(random, cuts);
    const cut = await runWithCuts(service, body, moments, seconds);
    recover?.();
    if (upstream) printCalls(upstream.calls.slice(callsBefore));
    printCuts(cut, moments.length);
    const different = differences(expected, await readResults(service.url, cut.job, rows));
    const formats = Object.keys(expected.digests);
    console.log(
      different.length === 0
        ? `  the same bytes in ${formats.join(", ")}`
        : `  DIFFERENT: ${different.join(", ")}`,
    );
    // How long a job is Finalizing is up to the machine; it has been given the time to come to everything before.
    const certain = moments.filter(({ status }) => status !== "Finalizing").length;
    return different.length === 0 && cut.cuts.length >= certain;
  } finally {
    await service.stop();
    await upstream?.close();
  }
}

function printCalls(calls: readonly { fault: string | undefined }[]): void {
  const struck = calls.filter(({ fault }) => fault !== undefined);
  console.log(`  the backend failed in ${struck.length} of ${calls.length} calls`);
}

function printCuts({ cuts, seconds }: CutJob, wanted: number): void {
  const counts = Map.groupBy(cuts, ({ status }: Cut) => status);
  const kinds = Array.from(counts, ([status, list]) =>
    status === "Running"
      ? `${list.length} Running (at rows ${list.map(({ rows }) => rows).join(", ")})`
      : `${list.length} ${status}`,
  );
  const missed = wanted - cuts.length;
  console.log(
    `  ${cuts.length} power cuts in ${seconds.toFixed(1)} s: ${kinds.join(", ")}${missed === 0 ? "" : `; ${missed} came TOO LATE, the job had ended`}`,
  );
}
