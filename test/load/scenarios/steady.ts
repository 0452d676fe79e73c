import { generate } from "../generate.ts";
import { badOf, formatBad, formatLatencies, type Scenario } from "../scenario.ts";
import { MIX } from "../traffic.ts";

const SECONDS = 60;
const DEADLINE_MS = 10_000;

/** Half of what the service can do. */
export const steady: Scenario = async ({ service, peak, seconds = SECONDS }) => {
  const ratePerSecond = peak.requestsPerSecond / 2;
  const [report] = await generate({
    url: service.url,
    phases: [{ name: "steady", seconds, ratePerSecond }],
    requests: MIX,
    deadlineMs: DEADLINE_MS,
    seed: 1,
  });
  const { good, refused } = report!;
  const bad = badOf(report!) + refused.count;
  return {
    title: "Steady",
    notes: [`Half of the peak for ${seconds} s.`],
    findings: [
      { what: "answers: p50 / p95 / p99 / longest", measured: formatLatencies(good) },
      {
        what: "refusals and errors",
        measured: `${refused.count} refused, ${formatBad(report!)}`,
        target: { text: "none", met: bad === 0 },
      },
    ],
  };
};
