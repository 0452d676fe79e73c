/** Scores of a shard's pairs by the backend, which a job can wait for: some pairs at a time, and those again that failed. */
import { DEFAULT_FIT } from "../../engine/fit-pair.ts";
import type { DeployedBackend } from "../backends/deployed-backends.ts";
import { sleep } from "../backends/sleep.ts";
import type { TextPair } from "../encode-pairs.ts";
import { ok, type Result } from "../errors.ts";
import type { WorkContext } from "../request-context.ts";
import { BACKEND_WINDOW } from "../routing-facts.ts";
import { estimateTokens } from "../routing.ts";
import { scoreByBackend } from "../score-by-backend.ts";
import type { Logits } from "./score-rows.ts";

/** Pairs that are lost together when one of their calls fails for good. */
const PAIRS = 128;

/** Tries of these pairs, each of which has the backend's own retries; then the step fails, and is tried again later. */
const TRIES = 20;

/** Milliseconds between two tries, unless the circuit says more. */
const PAUSE_MS = 500;

export async function sendPatiently(
  pairs: readonly TextPair[],
  deployed: DeployedBackend,
  context: WorkContext,
): Promise<Result<Logits>> {
  const logits = new Float32Array(pairs.length);
  let tokens = 0;
  for (let start = 0; start < pairs.length; start += PAIRS) {
    const own = pairs.slice(start, start + PAIRS);
    const sent = await sendSome(own, deployed, context);
    if (!sent.ok) return sent;
    logits.set(sent.value.logits, start);
    tokens += sent.value.tokens;
  }
  return ok({ logits, tokens });
}

async function sendSome(
  pairs: readonly TextPair[],
  deployed: DeployedBackend,
  context: WorkContext,
): Promise<Result<Logits>> {
  const call = { pairs, tokens: estimateTokens(pairs, BACKEND_WINDOW), fit: DEFAULT_FIT };
  for (let attempt = 1; ; attempt++) {
    const sent = await scoreByBackend(call, deployed, context);
    if (sent.ok) {
      const { scores, tokens } = sent.value;
      return ok({ logits: Float32Array.from(scores, ({ logit }) => logit), tokens });
    }
    if (sent.failure.kind !== "backend_unavailable" || attempt === TRIES) return sent;
    const pauseMs = Math.max(PAUSE_MS, sent.failure.retryAfterMs);
    if (pauseMs >= context.deadline.remainingMs) return sent;
    await sleep(pauseMs, context.deadline.signal);
  }
}
