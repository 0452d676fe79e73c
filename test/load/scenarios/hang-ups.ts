/** Callers that hang up in the middle of long requests: does their computing stop, and their place go to others? */
import { setTimeout as sleep } from "node:timers/promises";
import { generate } from "../generate.ts";
import { sendOnce } from "../send-once.ts";
import { formatLatencies, undisturbed, formatMs, type Scenario } from "../scenario.ts";
import { MIX, passages } from "../traffic.ts";

const SECONDS = 20;
const DEADLINE_MS = 10_000;

/** Ten thousand tokens, seconds of computing. */
const LONG = JSON.stringify(passages(100));
const EVERY_MS = 500;
const HANG_UP_MS = 200;

const MAX_EMPTY_MS = 2_000;
const SMOKE_MAX_EMPTY_MS = 10_000;
const PATIENCE_MS = 60_000;

export const hangUps: Scenario = async ({ service, peak, seconds = SECONDS, isSmoke }) => {
  let hungUp = 0;
  const hanging = setInterval(() => {
    void sendOnce(`${service.url}/v1/rerank`, LONG, {}, HANG_UP_MS).then(
      () => hungUp++,
      () => undefined,
    );
  }, EVERY_MS);
  const [report] = await generate({
    url: service.url,
    phases: [{ name: "others", seconds, ratePerSecond: 0.3 * peak.requestsPerSecond }],
    requests: MIX,
    deadlineMs: DEADLINE_MS,
    seed: 6,
  });
  clearInterval(hanging);
  await sleep(HANG_UP_MS);
  const endMs = performance.now();
  while ((await service.openRequests()) > 0 && performance.now() < endMs + PATIENCE_MS)
    await sleep(20);
  const emptyMs = performance.now() - endMs;
  const maxMs = isSmoke ? SMOKE_MAX_EMPTY_MS : MAX_EMPTY_MS;
  return {
    title: "Clients that hang up",
    notes: [
      `Every ${EVERY_MS} ms a request of about 10,000 tokens whose caller hangs up after ${HANG_UP_MS} ms, ${hungUp} in all: computed to their ends they would be far more than the service can do. Others send three tenths of the peak for ${seconds} s.`,
    ],
    findings: [
      { what: "the others: p50 / p95 / p99 / longest", measured: formatLatencies(report!.good) },
      undisturbed(report!, isSmoke),
      {
        what: "from the last hang-up to no open request",
        measured: formatMs(emptyMs),
        target: { text: `at most ${maxMs / 1_000} s`, met: emptyMs <= maxMs },
      },
    ],
  };
};
