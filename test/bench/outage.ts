/** What callers notice when the backend is gone for a minute, and when it is back. */
import { setTimeout as sleep } from "node:timers/promises";
import { bundle, stageProject } from "./bundle.ts";
import { loadPackedModel } from "./engine-in-node.ts";
import { PHASES, readOutage, type Outage } from "./outage-records.ts";
import { outageSection } from "./outage-section.ts";
import { sendLoad, type Load, type LoadRequest } from "./outage-load.ts";
import type { Peers } from "./peers/prepare.ts";
import { formatMs, type Section } from "./report.ts";
import { SHORT_REQUEST } from "./short-request.ts";
import { readSlice } from "./squad-slice.ts";
import { percentile, spreadOf } from "./statistics.ts";
import { timedPost } from "./timed-post.ts";
import { startUpstream } from "./upstream-process.ts";
import { compileWorker, startWorker } from "./workerd.ts";

const PHASE_MS = 60_000;

/** Share of its time in which the edge computes small requests. */
const SMALL_SHARE = 0.3;

const LARGE_EVERY_MS = 5_000;

const WARM_UPS = 20;
const CALIBRATIONS = 40;

const VARIABLES = ["BACKEND_URL", "BACKEND_PROTOCOL"];

export async function measureOutage(
  { packedModel }: Peers,
  rounds: number,
  backendMs: number,
  print: (line: string) => void,
): Promise<Section> {
  const project = await stageProject("outage", packedModel);
  const program = await compileWorker(await bundle(project, "service"), VARIABLES);
  const { small, large } = await requests(packedModel);
  const outages: Outage[] = [];
  const intervals: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { outage, smallEveryMs } = await outageOf(program, backendMs, small, large);
    outages.push(outage);
    intervals.push(smallEveryMs);
    print(`round ${round + 1}: ${describe(outage)}`);
  }
  return outageSection(outages, [
    `One workerd, one backend that answers each call after ${backendMs} ms, in a process of its own that is ended after ${PHASE_MS / 1_000} s and started again ${PHASE_MS / 1_000} s later. ` +
      `All the time, ${SHORT_REQUEST.documents.length} short documents are sent every ${formatMs(spreadOf(intervals))}, which keeps the edge busy for ${100 * SMALL_SHARE} % of its time, and every ${LARGE_EVERY_MS / 1_000} s a request that is too large for it: ` +
      `${large.map(({ name }) => name).join(", ")} in turn. Requests are sent when they are due, whether or not those before were answered; the driver shares the machine.`,
  ]);
}

/** Ten short documents, and for the backend: some that the edge can stand in with, too many to be seen without a count, too many after it. */
async function requests(
  packedModel: string,
): Promise<{ small: LoadRequest; large: LoadRequest[] }> {
  const tasks = await readSlice();
  const model = await loadPackedModel(packedModel);
  const known = (name: string, query: string, documents: readonly string[]): LoadRequest => ({
    name,
    query,
    documents,
    json: JSON.stringify({ query, documents }),
    edgeLogits: model.score(documents.map((document) => [query, document] as const)),
  });
  const [task] = tasks;
  const hundred = tasks.find(({ documents }) => documents.length === 100);
  if (!task || !hundred) throw new Error("the slice has no question with 100 candidates");
  const all = [...new Set(tasks.flatMap(({ documents }) => documents))];
  const fitting = known(`${task.documents.length} passages`, task.query, task.documents);
  return {
    small: known("10 short documents", SHORT_REQUEST.query, SHORT_REQUEST.documents as string[]),
    large: [
      fitting,
      known(`${all.length} passages`, task.query, all),
      fitting,
      known("100 passages", hundred.query, hundred.documents),
    ],
  };
}

async function outageOf(
  program: string,
  backendMs: number,
  small: LoadRequest,
  large: readonly LoadRequest[],
): Promise<{ outage: Outage; smallEveryMs: number }> {
  let upstream = await startUpstream(backendMs);
  const port = Number(new URL(upstream.url).port);
  const service = await startWorker(program, {
    BACKEND_URL: upstream.url,
    BACKEND_PROTOCOL: "tei",
  });
  try {
    const times: number[] = [];
    for (let i = 0; i < WARM_UPS + CALIBRATIONS; i++) {
      times.push((await timedPost(`${service.url}/v1/rerank`, small.json)).ms);
    }
    for (const { json } of large) await timedPost(`${service.url}/v1/rerank`, json);
    const smallEveryMs = spreadOf(times.slice(WARM_UPS)).median / SMALL_SHARE;
    const load: Load = { small, smallEveryMs, large, largeEveryMs: LARGE_EVERY_MS };
    const ending = new AbortController();
    const sending = sendLoad(service.url, load, ending.signal);
    await sleep(PHASE_MS);
    await upstream.stop();
    const goneMs = performance.now();
    await sleep(PHASE_MS);
    upstream = await startUpstream(backendMs, port);
    const backMs = performance.now();
    await sleep(PHASE_MS);
    ending.abort();
    return { outage: readOutage(await sending, small, goneMs, backMs), smallEveryMs };
  } finally {
    await service.stop();
    await upstream.stop();
  }
}

function describe({ smallMs, refusalMs, recoveryMs, wrong, lost }: Outage): string {
  const [before, during, after] = PHASES.map((phase) => {
    const times = smallMs[phase];
    return `${percentile(times, 50).toFixed(0)}/${percentile(times, 95).toFixed(0)} ms`;
  });
  return (
    `small p50/p95 before ${before}, during ${during}, after ${after}; ` +
    `${refusalMs.length} refusals up to ${Math.max(0, ...refusalMs).toFixed(0)} ms; ` +
    `recovery ${recoveryMs?.toFixed(0)} ms; ${wrong} wrong, ${lost} lost`
  );
}
