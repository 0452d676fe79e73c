/** From a list of pairs for a backend to the logits of all of them, or a failure; never to some of them. */
import type { TextPair } from "../compute-logits.ts";
import type { FitOptions } from "../../engine/fit-pair.ts";
import type { UpstreamScores } from "../protocols/upstream-protocol.ts";
import type { Backend } from "./backend.ts";
import { callPart, type PartCall, type PartResult, type Sending } from "./call-part.ts";
import { CallSlots } from "./call-slots.ts";
import { sendPart } from "./send-part.ts";
import { splitPairs, type Part } from "./split-pairs.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

export interface PairsCall {
  /** At least one. */
  pairs: readonly TextPair[];
  /** Of each pair, as `estimateTokens` counts them. */
  tokens: readonly number[];
  fit: FitOptions;
}

export interface SendContext extends Omit<Sending, "backend" | "slots"> {
  /** Whether the breaker let this request through as its probe: then one call goes alone and once, and the others follow if it is answered. */
  probe: boolean;
}

export type SendResult =
  | {
      ok: true;
      value: {
        /** One a pair, in the list's order; all finite. */
        logits: number[];
        /** Tokens the backend read; null unless every call said it. */
        tokens: number | null;
        /** Calls made, those tried again and copies included. */
        calls: number;
      };
    }
  | { ok: false; failure: UpstreamFailure };

/**
 * Splits a list to the backend's limits, sends the parts with at most `maxConcurrency` calls under way, copies included, and merges the
 * answers by position. When a part has failed for good, the calls under way are ended, and its failure is the answer. When this
 * returns, none of its calls is under way any more.
 */
export async function sendPairs(
  backend: Backend,
  call: PairsCall,
  context: SendContext,
): Promise<SendResult> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  if (context.signal.aborted) end();
  context.signal.addEventListener("abort", end);
  const slots = new CallSlots(backend.limits.maxConcurrency);
  const sending: Sending = { ...context, backend, slots, signal: ending.signal };
  try {
    const parts = splitPairs(call.pairs, call.tokens, backend.limits, backend.protocol.carries);
    const scores: UpstreamScores[] = [];
    if (context.probe) {
      const probed = await probe(parts[0]!, call, sending);
      if (!probed.ok) return probed;
      scores[0] = probed.value;
    }
    const failure = await sendParts(parts, call, sending, scores, end);
    return failure ? { ok: false, failure } : { ok: true, value: merge(scores, slots.calls) };
  } finally {
    context.signal.removeEventListener("abort", end);
    end();
  }
}

/** The first part, which tells whether the backend is back. */
async function probe(part: Part, call: PairsCall, sending: Sending): Promise<PartResult> {
  try {
    if (sending.signal.aborted || sending.remainingMs() <= 0)
      return { ok: false, failure: { kind: "aborted" } };
    return await callPart(partCall(part, call, sending.backend), sending, sending.signal);
  } finally {
    sending.breaker.release();
  }
}

/**
 * Fills in the scores of the parts that have none yet.
 * @param end - Ends all calls.
 * @returns The first failure that stood in the way.
 */
async function sendParts(
  parts: readonly Part[],
  call: PairsCall,
  sending: Sending,
  scores: UpstreamScores[],
  end: () => void,
): Promise<UpstreamFailure | undefined> {
  let next = scores.length;
  let failure: UpstreamFailure | undefined;
  const lanes: Promise<void>[] = [];
  while (lanes.length < parts.length - scores.length && sending.slots.take()) lanes.push(lane());
  await Promise.all(lanes);
  return failure;

  /** Sends one part after the other. Its slot is for copies when no part is left. */
  async function lane(): Promise<void> {
    try {
      while (next < parts.length && !failure) {
        const place = next++;
        const part = partCall(parts[place]!, call, sending.backend);
        const result = await sendPart(part, sending);
        if (result.ok) scores[place] = result.value;
        else {
          failure ??= result.failure;
          end();
        }
      }
    } catch (bug) {
      end();
      throw bug;
    } finally {
      sending.slots.release();
    }
  }
}

function partCall({ start, end }: Part, { pairs, fit }: PairsCall, backend: Backend): PartCall {
  const { protocol, model } = backend;
  const body = protocol.body({ pairs: pairs.slice(start, end), fit, model });
  return { body, pairs: end - start };
}

function merge(scores: readonly UpstreamScores[], calls: number) {
  const tokens = scores.reduce<number | null>(
    (sum, part) => (sum === null || part.tokens === null ? null : sum + part.tokens),
    0,
  );
  return { logits: scores.flatMap(({ logits }) => logits), tokens, calls };
}
