import { PairTokenizer } from "../../engine/index.ts";
import { Deadline } from "../../worker/deadline.ts";
import { encodePairs } from "../../worker/encode-pairs.ts";
import { ok, type Result } from "../../worker/errors.ts";
import { InferenceQueue } from "../../worker/queue.ts";
import { MAX_REQUEST_TIMEOUT_MS } from "../../worker/settings.ts";
import { Turns } from "../../worker/turns.ts";
import type { PackedModelFiles } from "../packed-model.ts";
import type { ScoringRequest } from "./read-request.ts";

/**
 * Tokens that the model would read of a request, special ones included, counted to the end.
 * @returns or the failure of a pair that does not fit and may not be cut
 */
export async function countTokens(
  { pairs, fit }: ScoringRequest,
  { manifest, tokenizer }: PackedModelFiles,
): Promise<Result<number>> {
  const queue = new InferenceQueue(Date.now);
  const ticket = queue.enter("", 0);
  if ("kind" in ticket) throw new Error("an empty queue is full");
  const nobody = new AbortController().signal;
  const deadline = new Deadline(MAX_REQUEST_TIMEOUT_MS, nobody, Date.now);
  try {
    const { maxSeqLength } = manifest.architecture;
    const encoded = await encodePairs(
      pairs,
      { tokenizer: new PairTokenizer(tokenizer, maxSeqLength) },
      new Turns(queue, ticket, deadline),
      fit,
      Infinity,
    );
    if (!encoded.ok) return encoded;
    return ok(encoded.value.windows.reduce((sum, { input }) => sum + input.inputIds.length, 0));
  } finally {
    deadline.clear();
  }
}
