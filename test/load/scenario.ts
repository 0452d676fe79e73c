import type { PhaseReport } from "./plan.ts";
import type { LoadService } from "./service.ts";

/** What the service can do at most: as many requests as it answers when callers never let it rest. */
export interface Peak {
  requestsPerSecond: number;
  tokensPerSecond: number;
}

export interface Circumstances {
  service: LoadService;
  peak: Peak;
  /** Of each phase, in place of a scenario's own. */
  seconds: number | undefined;
  /** Short, on a machine that does other things meanwhile: what noise could break is not judged. */
  isSmoke: boolean;
  print(line: string): void;
}

/** One line of a scenario's table. */
export interface Finding {
  what: string;
  measured: string;
  /** What was to be reached. */
  target?: { text: string; met: boolean };
}

export interface ScenarioReport {
  title: string;
  notes: readonly string[];
  findings: readonly Finding[];
}

export type Scenario = (circumstances: Circumstances) => Promise<ScenarioReport>;

export function formatLatencies({ p50, p95, p99, max, count }: PhaseReport["good"]): string {
  if (count === 0) return "none";
  return `${[p50, p95, p99, max].map(formatMs).join(" / ")} of ${count}`;
}

export function formatMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

/** What callers who send less than the service can do must not meet. Of a busy machine, only what no slowness excuses. */
export function undisturbed(report: PhaseReport, isSmoke: boolean): Finding {
  const { refused, late, others, failures } = report;
  const excused = isSmoke ? (others["504"] ?? 0) : 0;
  const errors = sumOf(others) + sumOf(failures) - excused;
  return {
    what: "refusals and errors",
    measured: `${refused.count} refused, errors: ${formatBad(report)}`,
    target: {
      text: isSmoke ? "no errors" : "none",
      met: errors === 0 && (isSmoke || refused.count + late === 0),
    },
  };
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

/** "3 late, 2 with 504, 1 ECONNRESET"; "none". */
export function formatBad({ late, others, failures }: PhaseReport): string {
  const parts = [
    ...(late > 0 ? [`${late} late`] : []),
    ...Object.entries(others).map(([status, count]) => `${count} with ${status}`),
    ...Object.entries(failures).map(([code, count]) => `${count} ${code}`),
  ];
  return parts.join(", ") || "none";
}
