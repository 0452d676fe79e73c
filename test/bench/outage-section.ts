/** The report's section on an outage. */
import { PHASES, type LargeOutcome, type Outage, type PhaseName } from "./outage-records.ts";
import { formatMs, formatRatio, type Section } from "./report.ts";
import { percentile, spreadOf, type Spread } from "./statistics.ts";

const MAX_SMALL_RATIO = 1.2;
const MAX_REFUSAL_MS = 100;

/** @param notes - How it was measured. */
export function outageSection(outages: readonly Outage[], notes: readonly string[]): Section {
  const timesOf = (phase: PhaseName): string =>
    [50, 95]
      .map((percent) => outages.map(({ smallMs }) => percentile(smallMs[phase], percent)))
      .map((values) => formatMs(spreadOf(values)))
      .join(", ");
  const ratioOf = (phase: PhaseName): Spread =>
    spreadOf(
      outages.map(({ smallMs }) => percentile(smallMs[phase], 95) / percentile(smallMs.before, 95)),
    );
  const sumOf = (field: "wrong" | "lost" | "failedAfterReturn"): number =>
    outages.reduce((sum, outage) => sum + outage[field], 0);
  const refusals = outages.flatMap(({ refusalMs }) => refusalMs);
  const during = ratioOf("during");
  const recovered = outages.flatMap(({ recoveryMs }) => recoveryMs ?? Infinity);
  const names = [...new Set(outages.flatMap(({ large }) => large.map(({ name }) => name)))];
  return {
    title: "A backend that is gone for a minute",
    notes: [
      ...notes,
      "Percentiles of the small requests are over all that were sent in a phase, spreads over the rounds. Each answer is checked: the backend's scores are those of its hash, the edge's those of the engine in Node. " +
        "A refusal is timed from when the first large request has come back without the backend. " +
        "Each probe that fails doubles the time to the next, up to a minute, so that a backend that was gone for longer is found again later.",
    ],
    measures: [
      { what: "small requests before, p50 and p95", ours: timesOf("before") },
      {
        what: "small requests during, p50 and p95",
        ours: `${timesOf("during")}; p95 ${formatRatio(during)} of before's`,
        target: {
          text: `p95 at most ${MAX_SMALL_RATIO} of before's`,
          met: during.median <= MAX_SMALL_RATIO,
        },
      },
      {
        what: "small requests after, p50 and p95",
        ours: `${timesOf("after")}; p95 ${formatRatio(ratioOf("after"))} of before's`,
      },
      {
        what: "503 while the circuit is open",
        ours: refusals.length === 0 ? "none" : formatMs(spreadOf(refusals)),
        target: {
          text: `each in at most ${MAX_REFUSAL_MS} ms`,
          met: refusals.every((ms) => ms <= MAX_REFUSAL_MS),
        },
      },
      {
        what: "from the backend's return to the first request it served",
        ours: `${formatMs(spreadOf(recovered))}, ${sumOf("failedAfterReturn")} failed after its return`,
        target: {
          text: "within one probe",
          met: sumOf("failedAfterReturn") === 0 && Math.max(...recovered) < Infinity,
        },
      },
      {
        what: "answers that are wrong or missing",
        ours: `${sumOf("wrong")} wrong, ${sumOf("lost")} missing`,
        target: { text: "none", met: sumOf("wrong") + sumOf("lost") === 0 },
      },
    ],
    table: {
      head: ["phase", "large request", "by the backend", "by the edge", "503"],
      rows: PHASES.flatMap((phase) =>
        names.map((name) => [
          phase,
          name,
          ...(["backend", "edge", "refused"] as const).map((by) =>
            answered(outages, phase, name, by),
          ),
        ]),
      ),
    },
  };
}

/** "5 in 61.2 ms [60.1 to 70.0]". */
function answered(
  outages: readonly Outage[],
  phase: PhaseName,
  name: string,
  by: LargeOutcome["by"],
): string {
  const times = outages
    .flatMap(({ large }) => large)
    .filter((each) => each.phase === phase && each.name === name && each.by === by)
    .map(({ ms }) => ms);
  return times.length === 0 ? "" : `${times.length} in ${formatMs(spreadOf(times))}`;
}
