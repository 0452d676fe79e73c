import { generate } from "../generate.ts";
import { formatLatencies, undisturbed, type Scenario } from "../scenario.ts";
import { MIX } from "../traffic.ts";

const SECONDS = 60;
const DEADLINE_MS = 10_000;

/** Half of what the service can do. */
export const steady: Scenario = async ({ service, peak, seconds = SECONDS, isSmoke }) => {
  const ratePerSecond = peak.requestsPerSecond / 2;
  const [report] = await generate({
    url: service.url,
    phases: [{ name: "steady", seconds, ratePerSecond }],
    requests: MIX,
    deadlineMs: DEADLINE_MS,
    seed: 1,
  });
  return {
    title: "Steady",
    notes: [`Half of the peak for ${seconds} s.`],
    findings: [
      { what: "answers: p50 / p95 / p99 / longest", measured: formatLatencies(report!.good) },
      undisturbed(report!, isSmoke),
    ],
  };
};
