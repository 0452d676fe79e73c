/** What the generator is told to send, and what it reports. */

/** One of the requests that arrivals are drawn from. */
export interface LoadRequest {
  path: string;
  /** JSON. */
  body: string;
  headers: Readonly<Record<string, string>>;
  /** How often it is drawn, in relation to the others. */
  weight: number;
}

/** A stretch of time. */
export type Phase = { name: string; seconds: number } & (
  | /** Requests that arrive whether or not earlier ones have been answered, at random moments of so many a second on average. */
    { ratePerSecond: number }
  /** Callers of whom each sends its next request when the last one was answered. */
  | { callers: number }
);

export interface Plan {
  url: string;
  phases: readonly Phase[];
  requests: readonly LoadRequest[];
  /** Milliseconds after which an answer is worth nothing; sent as `x-request-timeout-ms`. */
  deadlineMs: number;
  /** The same seed gives the same arrivals. */
  seed: number;
}

/** Milliseconds; all 0 if there was nothing to measure. */
export interface Latencies {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** What became of the requests that were due in a phase. */
export interface PhaseReport {
  name: string;
  seconds: number;
  sent: number;
  /** 200 within the deadline, from the moment that the request was due. */
  good: Latencies;
  /** As the service counts them. */
  goodTokens: number;
  /** 200, but too late. */
  late: number;
  /** 429 and 503 with `retry-after`. */
  refused: Latencies;
  /** Every other answer, by its status. */
  others: Readonly<Record<string, number>>;
  /** No answer, by the code of the error. */
  failures: Readonly<Record<string, number>>;
  /** Of each second: the 95th percentile of the good ones that were due in it, and how many were anything else. */
  bySecond: readonly { p95: number; good: number; notGood: number }[];
  /** Most milliseconds from the moment that a request was due to its sending: how far the generator itself was behind. */
  sentLateMs: number;
}
