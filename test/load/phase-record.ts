/** Counts what becomes of a phase's requests, their times in HDR histograms: exact to three digits at every percentile. */
import type { IncomingHttpHeaders } from "node:http";
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { Latencies, Phase, PhaseReport } from "./plan.ts";

/** Ten minutes in microseconds. */
const LONGEST = 600_000_000;

interface Second {
  good: RecordableHistogram;
  notGood: number;
}

export class PhaseRecord {
  readonly #phase: Phase;
  readonly #deadlineMs: number;
  readonly #good = histogram();
  readonly #refused = histogram();
  readonly #seconds: Second[];
  readonly #others: Record<string, number> = {};
  readonly #failures: Record<string, number> = {};
  #sent = 0;
  #late = 0;
  #goodTokens = 0;
  #sentLateMs = 0;

  constructor(phase: Phase, deadlineMs: number) {
    this.#phase = phase;
    this.#deadlineMs = deadlineMs;
    this.#seconds = Array.from({ length: Math.ceil(phase.seconds) }, () => ({
      good: histogram(),
      notGood: 0,
    }));
  }

  /** @param lateMs - After it was due. */
  send(lateMs: number): void {
    this.#sent++;
    this.#sentLateMs = Math.max(this.#sentLateMs, lateMs);
  }

  /** @param second - Of the phase, in which it was due. @param ms - From then to the answer's last byte. */
  answer(second: number, ms: number, status: number, headers: IncomingHttpHeaders): void {
    const bucket = this.#seconds[second];
    if (status === 200 && ms <= this.#deadlineMs) {
      record(this.#good, ms);
      if (bucket) record(bucket.good, ms);
      this.#goodTokens += Number(headers["x-rerank-tokens"] ?? 0);
      return;
    }
    if (bucket) bucket.notGood++;
    if (status === 200) this.#late++;
    else if ((status === 429 || status === 503) && headers["retry-after"] !== undefined)
      record(this.#refused, ms);
    else this.#others[status] = (this.#others[status] ?? 0) + 1;
  }

  fail(second: number, code: string): void {
    const bucket = this.#seconds[second];
    if (bucket) bucket.notGood++;
    this.#failures[code] = (this.#failures[code] ?? 0) + 1;
  }

  report(): PhaseReport {
    return {
      name: this.#phase.name,
      seconds: this.#phase.seconds,
      sent: this.#sent,
      good: latenciesOf(this.#good),
      goodTokens: this.#goodTokens,
      late: this.#late,
      refused: latenciesOf(this.#refused),
      others: this.#others,
      failures: this.#failures,
      bySecond: this.#seconds.map(({ good, notGood }) => ({
        p95: latenciesOf(good).p95,
        good: good.count,
        notGood,
      })),
      sentLateMs: this.#sentLateMs,
    };
  }
}

function histogram(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: LONGEST, figures: 3 });
}

function record(into: RecordableHistogram, ms: number): void {
  into.record(Math.min(LONGEST, Math.max(1, Math.round(ms * 1_000))));
}

function latenciesOf(of: RecordableHistogram): Latencies {
  const at = (percent: number): number => (of.count === 0 ? 0 : of.percentile(percent) / 1_000);
  return { count: of.count, p50: at(50), p95: at(95), p99: at(99), max: at(100) };
}
