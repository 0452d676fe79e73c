import type { Fault, FaultyUpstream } from "../../upstream/faulty-upstream.ts";
import { pick, type Random } from "./rows.ts";

/** One call in so many fails. */
const EVERY = 5;

const FAULTS: readonly Fault[] = [
  { kind: "status", status: 503 },
  { kind: "status", status: 429, retryAfterMs: 50 },
  { kind: "cut" },
  { kind: "delay", ms: 300 },
];

const DRAW_MS = 20;

/**
 * From now on every fifth call of an upstream fails in a way that is drawn anew for each. It goes on when what calls it is killed.
 * @returns what ends it
 */
export function failAtRandom(upstream: FaultyUpstream, random: Random): () => void {
  let drawnAt = -Infinity;
  const timer = setInterval(() => {
    if (upstream.calls.length < drawnAt + EVERY) return;
    drawnAt = upstream.calls.length;
    upstream.fault = { ...pick(random, FAULTS), every: EVERY };
  }, DRAW_MS);
  return () => clearInterval(timer);
}
