import { planBatches, type CrossEncoder } from "../engine/index.ts";
import { encodePairs, type Cut, type EncodedWindow, type TextPair } from "./encode-pairs.ts";
import { fail, ok, type Result } from "./errors.ts";
import { DEFAULT_FIT, type FitOptions } from "./fit-pair.ts";
import { LIMITS } from "./limits.ts";
import { observeInputLengths } from "./metrics.ts";
import { loadModel } from "./model.ts";
import type { Turns } from "./turns.ts";

export type { Cut, TextPair } from "./encode-pairs.ts";

/** What a request took. */
export interface Work {
  /** Tokens computed, special ones included. */
  tokens: number;
  /** Only the pairs that were cut, by ascending index. */
  cuts: Cut[];
}

/**
 * Logits of pairs: tokenized, fitted to the window, counted against `maxEdgeTokens`, and computed batch by batch, with a turn for
 * others between any two slices of work.
 *
 * @param onLogits - Called once for each pair, in the request's order, or with "max_window" once for each of its windows, with the
 *   logits: [labels], or of a token classifier [tokens, labels], [CLS] and [SEP] included; none is NaN.
 * @param fit - Default: the end of what does not fit is cut.
 */
export async function computeLogits(
  pairs: readonly TextPair[],
  turns: Turns,
  onLogits: (
    index: number,
    logits: Float32Array,
    model: CrossEncoder,
    window: EncodedWindow,
  ) => void,
  fit: FitOptions = DEFAULT_FIT,
): Promise<Result<Work>> {
  const chars = totalChars(pairs);
  if (chars > LIMITS.maxTotalChars)
    return fail({ kind: "over_limit", limit: "maxTotalChars", actual: chars });
  if (!(await turns.next("tokenization"))) return fail({ kind: "client_gone" });
  const model = await loadModel(() => turns.renew());
  const encoded = await encodePairs(pairs, model, turns, fit);
  if (!encoded.ok) return encoded;

  const { kind, labels } = model.manifest.head;
  const { windows, cuts } = encoded.value;
  const lengths = windows.map(({ input }) => input.inputIds.length);
  observeInputLengths(lengths);
  for (const batch of planBatches(lengths, model.maxBatchTokens)) {
    if (!(await turns.next("inference"))) return fail({ kind: "client_gone" });
    const logits = model.logits(batch.map((place) => windows[place]!.input));
    const nan = logits.findIndex(Number.isNaN);
    if (nan >= 0) throw new Error(`logit ${nan} of ${logits.length} in a batch is NaN`);
    let begin = 0;
    for (const place of batch) {
      const window = windows[place]!;
      const rows = kind === "token-classification" ? lengths[place]! : 1;
      const end = begin + rows * labels.length;
      onLogits(window.index, logits.subarray(begin, end), model, window);
      begin = end;
    }
  }
  return ok({ tokens: lengths.reduce((sum, length) => sum + length, 0), cuts });
}

/** Characters to tokenize: a query that several pairs in a row share counts once. */
function totalChars(pairs: readonly TextPair[]): number {
  return pairs.reduce((sum, { query, document }, index) => {
    const isNewQuery = query !== pairs[index - 1]?.query;
    return sum + (isNewQuery ? query.length : 0) + (document?.length ?? 0);
  }, 0);
}
