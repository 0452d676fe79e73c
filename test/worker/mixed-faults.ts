/** Requests of every kind, and what may become of each; faults of every kind. Pure but for the generator of random numbers. */
import type { Fault } from "../upstream/faulty-upstream.ts";
import { PAIR_TOKENS, rankRequest, type RankRequest } from "./fault-requests.ts";

/** Numbers in [0, 1). */
export type Random = () => number;

/** Tokens up to which the edge computes a request, and up to which it stands in for the backend. */
export const EDGE_MAX_TOKENS = 100;
export const EDGE_FALLBACK_MAX_TOKENS = 1_000;

/** Documents that make so many tokens. */
const SMALL = EDGE_MAX_TOKENS / PAIR_TOKENS;
const FOR_EDGE = EDGE_FALLBACK_MAX_TOKENS / PAIR_TOKENS;

/** A request of a mixed load. */
export interface MixedRequest extends RankRequest {
  failOpen: boolean;
  route: "edge" | "backend" | undefined;
  /** `x-request-timeout-ms`; undefined: it has all the time that it needs. */
  timeoutMs: number | undefined;
  /** Milliseconds after which the client hangs up; undefined: it waits. */
  hangUpAfterMs: number | undefined;
}

/** Half of them small, a third such that the edge may stand in, the rest such that only the backend can. */
export function drawRequest(random: Random, number: number): MixedRequest {
  const size = random();
  const [least, most] =
    size < 1 / 2 ? [1, SMALL] : size < 5 / 6 ? [SMALL + 1, FOR_EDGE] : [FOR_EDGE + 1, 120];
  const documents = wholeBetween(random, least!, most!);
  return {
    ...rankRequest(documents, number),
    failOpen: random() < 0.2,
    route: random() < 0.1 ? (random() < 0.5 ? "edge" : "backend") : undefined,
    timeoutMs: random() < 0.1 ? wholeBetween(random, 20, 400) : undefined,
    hangUpAfterMs: random() < 0.05 ? wholeBetween(random, 1, 200) : undefined,
  };
}

/** What may become of a request whose client waits. */
export interface Outcomes {
  /** Who may serve it. */
  servedBy: ("edge" | "backend" | "none")[];
  /** Statuses of the errors that it may get. */
  errors: number[];
}

export function outcomesOf({ documents, failOpen, route, timeoutMs }: MixedRequest): Outcomes {
  const isSmall = documents.length <= SMALL;
  const isForEdge = documents.length <= FOR_EDGE;
  const staysHere = route === "edge" || (route === undefined && isSmall);
  const mayFail = route === "backend" || (route === undefined && !isForEdge);
  // The edge refuses what its caller would not wait for, by an estimate.
  const late = timeoutMs === undefined ? [] : route === "backend" ? [504] : [429, 504];
  // Where the edge would be too late, it does not stand in for a backend that fails either.
  const mayBeLate = timeoutMs !== undefined && route !== "edge";
  const errors = [...(mayFail || mayBeLate ? [503] : []), ...late];
  return {
    servedBy: [
      ...(mayFail ? [] : ["edge" as const]),
      // What the edge would refuse, the backend gets, but for what asks for the edge.
      ...(staysHere && (route === "edge" || timeoutMs === undefined) ? [] : ["backend" as const]),
      ...(failOpen && errors.length > 0 ? ["none" as const] : []),
    ],
    errors: failOpen ? [] : errors,
  };
}

/**
 * The next fault, or none.
 * @param lasts - Whether it may strike all calls, which opens the circuit; else it passes or strikes each n-th.
 * @param elsewhere - Where a redirect points.
 */
export function drawFault(random: Random, lasts: boolean, elsewhere: string): Fault | undefined {
  if (random() < 0.4) return undefined;
  const faults: Fault[] = [
    { kind: "delay", ms: wholeBetween(random, 10, 800) },
    { kind: "hang" },
    { kind: "refuse" },
    { kind: "cut" },
    { kind: "half_body" },
    { kind: "wrong_count", by: random() < 0.5 ? 1 : -1 },
    { kind: "nan", as: random() < 0.5 ? "NaN" : "null" },
    { kind: "score_out_of_range", score: random() < 0.5 ? "1e999" : "-1e999" },
    { kind: "duplicate_index" },
    { kind: "index_out_of_range" },
    {
      kind: "status",
      status: [401, 404, 408, 422, 429, 500, 502, 503][wholeBetween(random, 0, 7)]!,
    },
    { kind: "status", status: 429, retryAfterMs: wholeBetween(random, 0, 500) },
    { kind: "redirect", to: elsewhere },
    { kind: "huge_body" },
    { kind: "html" },
    { kind: "slow_drip", ms: 5 },
  ];
  const fault = faults[wholeBetween(random, 0, faults.length - 1)]!;
  if (lasts && random() < 0.3) return fault;
  return random() < 0.6
    ? { ...fault, every: wholeBetween(random, 3, 6) }
    : { ...fault, times: wholeBetween(random, 1, 2) };
}

/** Both ends included. */
export function wholeBetween(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}
