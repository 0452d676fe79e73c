import { planBatches, type CrossEncoder, type EncodedPair } from "../engine/index.ts";
import { encodePairs, type Cut, type EncodedWindow, type TextPair } from "./encode-pairs.ts";
import { fail, ok, type Result } from "./errors.ts";
import { DEFAULT_FIT, type FitOptions } from "../engine/fit-pair.ts";
import { LIMITS } from "./limits.ts";
import { observeInputLengths } from "./metrics.ts";
import { loadModel, type EdgeModel } from "./model.ts";
import { estimateTokens } from "./routing.ts";
import { checkTotalChars } from "./total-chars.ts";
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
 * Logits of pairs: tokenized, fitted to the window, counted, and computed a batch or some layers of one at a time, with a turn for others
 * between any two slices of work. Refused if too much waits already, and given up when others wait and it cannot be done in time, unless it yields.
 *
 * @param onLogits - Called once for each pair, in the request's order, or with "max_window" once for each of its windows, with the
 *   logits: [labels], or of a token classifier [tokens, labels], [CLS] and [SEP] included; none is NaN.
 * @param fit - Default: the end of what does not fit is cut.
 * @param maxTokens - More than that are not computed, as {@link encodePairs} has it. Default: the limit `maxEdgeTokens`.
 */
export async function computeLogits(
  pairs: readonly TextPair[],
  model: EdgeModel,
  turns: Turns,
  onLogits: (
    index: number,
    logits: Float32Array,
    loaded: CrossEncoder,
    window: EncodedWindow,
  ) => void,
  fit: FitOptions = DEFAULT_FIT,
  maxTokens: number = LIMITS.maxEdgeTokens,
): Promise<Result<Work>> {
  const withinLimit = checkTotalChars(pairs);
  if (!withinLimit.ok) return withinLimit;
  const estimates = estimateTokens(pairs, model.manifest.architecture.maxSeqLength);
  const estimate = Math.min(
    maxTokens,
    estimates.reduce((sum, tokens) => sum + tokens, 0),
  );
  const overload = turns.refusal(estimate);
  if (overload) return fail(overload);
  turns.expect(estimate);
  if (!(await turns.next("tokenization"))) return fail({ kind: "client_gone" });
  const loaded = await loadModel(model, turns);
  if (!loaded.ok) return loaded;
  const encoder = loaded.value;
  const encoded = await encodePairs(pairs, encoder, turns, fit, maxTokens);
  if (!encoded.ok) return encoded;

  const { kind, labels } = encoder.manifest.head;
  const { windows, cuts } = encoded.value;
  const lengths = windows.map(({ input }) => input.inputIds.length);
  observeInputLengths(lengths);
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  turns.expect(tokens);
  const { maxBatchTokens } = encoder;
  const batches = planBatches(lengths, maxBatchTokens, turns.batchTokens(maxBatchTokens));
  for (const batch of batches) {
    const inputs = batch.map((place) => windows[place]!.input);
    const computed = await computeBatch(inputs, model, turns);
    if (!computed.ok) return computed;
    const logits = computed.value;
    const nan = logits.findIndex(Number.isNaN);
    if (nan >= 0) throw new Error(`logit ${nan} of ${logits.length} in a batch is NaN`);
    let begin = 0;
    for (const place of batch) {
      const window = windows[place]!;
      const rows = kind === "token-classification" ? lengths[place]! : 1;
      const end = begin + rows * labels.length;
      onLogits(window.index, logits.subarray(begin, end), encoder, window);
      begin = end;
    }
  }
  return ok({ tokens, cuts });
}

/** Logits of one batch, as {@link CrossEncoder.logits} has them: in one slice, or some layers a slice. */
async function computeBatch(
  batch: readonly EncodedPair[],
  model: EdgeModel,
  turns: Turns,
): Promise<Result<Float32Array>> {
  const { numLayers } = model.manifest.architecture;
  const tokens = batch.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  let encoder: CrossEncoder | null = null;
  let steps: Generator<void, Float32Array, void> | null = null;
  for (;;) {
    if (!(await turns.next("inference"))) return fail({ kind: "client_gone" });
    const overload = turns.hopelessness();
    if (overload) return fail(overload);
    // Another request's model may have taken its memory meanwhile.
    const current = await loadModel(model, turns);
    if (!current.ok) return current;
    const layers = turns.sliceLayers(tokens);
    if (steps === null && layers >= numLayers) {
      turns.spend(tokens);
      return ok(current.value.logits(batch));
    }
    if (steps === null || current.value !== encoder) {
      encoder = current.value;
      steps = encoder.logitsInSteps(batch);
    }
    for (let layer = 0; layer < layers; layer++) {
      const step = steps.next();
      turns.spend(tokens / numLayers);
      if (step.done) return ok(step.value);
    }
  }
}
