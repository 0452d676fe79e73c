/**
 * The process that sends, apart from the one that watches: its parent hands it a plan and gets the reports of its phases.
 *
 * A request's time counts from the moment it was due and not from when it was sent, so that neither a service that stalls nor a
 * generator that is late hides what callers would have waited ("coordinated omission").
 */
import { Agent, request, type IncomingMessage } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../../tools/evaluation/random.ts";
import { arrivalsOf, draw } from "./arrivals.ts";
import { PhaseRecord } from "./phase-record.ts";
import type { LoadRequest, Phase, PhaseReport, Plan } from "./plan.ts";

/** As long as the service needs to answer everything that it has taken in, and then some. */
const GRACE_MS = 30_000;

// workerd closes a connection that is idle for 5 s; one that is used at that moment would fail.
const agent = new Agent({ keepAlive: true, timeout: 2_000, maxSockets: Infinity });

process.once("message", (plan: Plan) => {
  void generate(plan).then((reports) => process.send!(reports, () => process.exit(0)));
});

async function generate(plan: Plan): Promise<PhaseReport[]> {
  const random = seededRandom(plan.seed);
  const open = new Set<Promise<void>>();
  const records: PhaseRecord[] = [];
  for (const phase of plan.phases) {
    const record = new PhaseRecord(phase, plan.deadlineMs);
    records.push(record);
    const startMs = performance.now();
    const track = (dueMs: number): Promise<void> => {
      const sent = send(plan, draw(plan.requests, random), record, startMs, dueMs);
      open.add(sent);
      return sent.finally(() => open.delete(sent));
    };
    if ("callers" in phase) await callInTurn(phase, startMs, track);
    else await arrive(arrivalsOf(phase.ratePerSecond, phase.seconds, random), startMs, track);
    await sleep(Math.max(0, startMs + phase.seconds * 1_000 - performance.now()));
  }
  await Promise.race([Promise.all(open), sleep(GRACE_MS)]);
  return records.map((record) => record.report());
}

type Track = (dueMs: number) => Promise<void>;

/** Open loop. */
async function arrive(moments: readonly number[], startMs: number, track: Track): Promise<void> {
  for (const moment of moments) {
    const waitMs = startMs + moment - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    void track(startMs + moment);
  }
}

/** Closed loop. */
async function callInTurn(
  { callers, seconds }: Extract<Phase, { callers: number }>,
  startMs: number,
  track: Track,
): Promise<void> {
  const call = async (): Promise<void> => {
    while (performance.now() < startMs + seconds * 1_000) await track(performance.now());
  };
  await Promise.all(Array.from({ length: callers }, call));
}

/** Resolves whatever comes of it. */
function send(
  { url, deadlineMs }: Plan,
  { path, body, headers }: LoadRequest,
  record: PhaseRecord,
  startMs: number,
  dueMs: number,
): Promise<void> {
  const second = Math.floor((dueMs - startMs) / 1_000);
  record.send(performance.now() - dueMs);
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      record.fail(second, error.code ?? error.message);
      resolve();
    };
    const call = request(`${url}${path}`, {
      method: "POST",
      agent,
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        "x-request-timeout-ms": deadlineMs,
        ...headers,
      },
    });
    call.once("error", fail);
    call.once("response", (response: IncomingMessage) => {
      response.once("error", fail);
      response.once("end", () => {
        record.answer(second, performance.now() - dueMs, response.statusCode!, response.headers);
        resolve();
      });
      response.resume();
    });
    call.end(body);
  });
}
