import { generate } from "../generate.ts";
import { formatBad, formatLatencies, formatMs, undisturbed, type Scenario } from "../scenario.ts";
import { MIX } from "../traffic.ts";

const SECONDS = 1_200;
const DEADLINE_MS = 10_000;
const SAMPLE_MS = 5_000;

const MAX_GROWTH = 1.05;

/** Half of the peak for a long time: whether anything grows. */
export const soak: Scenario = async ({ service, peak, seconds = SECONDS, print }) => {
  const memoryMb: number[] = [];
  const sampling = setInterval(() => {
    void service.memoryMb().then((now) => {
      memoryMb.push(now);
      if (memoryMb.length % 12 === 0) print(`soak: ${now.toFixed(0)} MB`);
    });
  }, SAMPLE_MS);
  const ratePerSecond = peak.requestsPerSecond / 2;
  const quarter = seconds / 4;
  const reports = await generate({
    url: service.url,
    phases: [1, 2, 3, 4].map((part) => ({
      name: `quarter ${part}`,
      seconds: quarter,
      ratePerSecond,
    })),
    requests: MIX,
    deadlineMs: DEADLINE_MS,
    seed: 3,
  }).finally(() => clearInterval(sampling));
  const isUndisturbed = reports.every((report) => undisturbed(report, false).target!.met);
  const most = (part: number): number =>
    Math.max(...memoryMb.slice((part * memoryMb.length) / 4, ((part + 1) * memoryMb.length) / 4));
  return {
    title: "Soak",
    notes: [`Half of the peak for ${formatMs(seconds * 1_000)}, in quarters.`],
    findings: [
      ...reports.map((report) => ({
        what: `${report.name}: p50 / p95 / p99 / longest`,
        measured: `${formatLatencies(report.good)}; ${report.refused.count} refused; errors: ${formatBad(report)}`,
      })),
      {
        what: "refusals and errors",
        measured: isUndisturbed ? "none" : "some",
        target: { text: "none", met: isUndisturbed },
      },
      {
        what: "resident memory of workerd, most in the first and in the last quarter",
        measured: `${most(0).toFixed(0)} MB, ${most(3).toFixed(0)} MB`,
        target: { text: "less than 5 % more", met: most(3) < MAX_GROWTH * most(0) },
      },
    ],
  };
};
