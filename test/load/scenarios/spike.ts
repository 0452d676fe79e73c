import { generate } from "../generate.ts";
import type { PhaseReport } from "../plan.ts";
import { formatBad, formatLatencies, formatMs, type Scenario } from "../scenario.ts";
import { MIX } from "../traffic.ts";

const CALM_SECONDS = 20;
const SPIKE_SECONDS = 5;
const FACTOR = 5;
const DEADLINE_MS = 10_000;

/** A second is normal if nothing was refused in it, and its p95 is at most so many times that from before the spike. */
const NORMAL = 2;
const MAX_SECONDS = 10;

/** Half of the peak, then five times as much for some seconds, then half of it again. */
export const spike: Scenario = async ({ service, peak, seconds = CALM_SECONDS }) => {
  const calm = peak.requestsPerSecond / 2;
  const [before, during, after] = (await generate({
    url: service.url,
    phases: [
      { name: "before", seconds, ratePerSecond: calm },
      { name: "spike", seconds: SPIKE_SECONDS, ratePerSecond: FACTOR * calm },
      { name: "after", seconds, ratePerSecond: calm },
    ],
    requests: MIX,
    deadlineMs: DEADLINE_MS,
    seed: 2,
  })) as [PhaseReport, PhaseReport, PhaseReport];
  const recovered = secondsToNormal(after, before.good.p95);
  return {
    title: "Spike",
    notes: [
      `Half of the peak, ${FACTOR} times as much for ${SPIKE_SECONDS} s, half of the peak again. A second is normal again if it has no refusal and its p95 is at most ${NORMAL} times that of before.`,
    ],
    findings: [
      ...[before, during, after].map((phase) => ({
        what: `${phase.name}: p50 / p95 / p99 / longest`,
        measured: `${formatLatencies(phase.good)}; ${phase.refused.count} refused; errors: ${formatBad(phase)}`,
      })),
      {
        what: "from the spike's end to the first normal second",
        measured: recovered === undefined ? "not within the run" : formatMs(recovered * 1_000),
        target: {
          text: `at most ${MAX_SECONDS} s`,
          met: recovered !== undefined && recovered <= MAX_SECONDS,
        },
      },
    ],
  };
};

function secondsToNormal({ bySecond }: PhaseReport, normalP95: number): number | undefined {
  const first = bySecond.findIndex(
    ({ p95, good, notGood }) => good > 0 && notGood === 0 && p95 <= NORMAL * normalP95,
  );
  return first < 0 ? undefined : first;
}
