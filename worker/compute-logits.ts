import { planBatches, type CrossEncoder, type EncodedPair } from "../engine/index.ts";
import { fail, ok, type Result } from "./errors.ts";
import { LIMITS, SLICE_CHARS } from "./limits.ts";
import { loadModel } from "./model.ts";
import type { Turns } from "./turns.ts";

/** One thing to score: a document for a query, or a text by itself. */
export interface TextPair {
  query: string;
  /** Null for a single text, which then stands in `query`. */
  document: string | null;
}

/** What the model's window cut off a pair. */
export interface Cut {
  /** Place of the pair in the request, from 0. */
  index: number;
  queryTokens: number;
  documentTokens: number;
}

/** What a request took. */
export interface Work {
  /** Tokens computed, special ones included. */
  tokens: number;
  /** Only the pairs that were cut, by ascending index. */
  cuts: Cut[];
}

/**
 * Logits of pairs: tokenized, cut to the window, counted against `maxEdgeTokens`, and computed batch by batch, with a turn for
 * others between any two slices of work.
 *
 * @param onLogits - Called once for each pair, in the request's order, with its logits: [labels], or of a token classifier
 *   [tokens, labels], [CLS] and [SEP] included; none is NaN.
 */
export async function computeLogits(
  pairs: readonly TextPair[],
  turns: Turns,
  onLogits: (index: number, logits: Float32Array, model: CrossEncoder) => void,
): Promise<Result<Work>> {
  const chars = totalChars(pairs);
  if (chars > LIMITS.maxTotalChars)
    return fail({ kind: "over_limit", limit: "maxTotalChars", actual: chars });
  if (!(await turns.next())) return fail({ kind: "client_gone" });
  const model = await loadModel(() => turns.renew());
  const encoded = await encodePairs(pairs, model, turns);
  if (!encoded.ok) return encoded;

  const { kind, labels } = model.manifest.head;
  const lengths = encoded.value.map(({ inputIds }) => inputIds.length);
  for (const batch of planBatches(lengths, model.maxBatchTokens)) {
    if (!(await turns.next())) return fail({ kind: "client_gone" });
    const logits = model.logits(batch.map((index) => encoded.value[index]!));
    const nan = logits.findIndex(Number.isNaN);
    if (nan >= 0) throw new Error(`logit ${nan} of ${logits.length} in a batch is NaN`);
    let begin = 0;
    for (const index of batch) {
      const rows = kind === "token-classification" ? lengths[index]! : 1;
      const end = begin + rows * labels.length;
      onLogits(index, logits.subarray(begin, end), model);
      begin = end;
    }
  }
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  return ok({ tokens, cuts: cutsOf(encoded.value) });
}

/** Characters to tokenize: a query that several pairs in a row share counts once. */
function totalChars(pairs: readonly TextPair[]): number {
  return pairs.reduce((sum, { query, document }, index) => {
    const isNewQuery = query !== pairs[index - 1]?.query;
    return sum + (isNewQuery ? query.length : 0) + (document?.length ?? 0);
  }, 0);
}

async function encodePairs(
  pairs: readonly TextPair[],
  { tokenizer }: CrossEncoder,
  turns: Turns,
): Promise<Result<EncodedPair[]>> {
  const encoded: EncodedPair[] = [];
  let tokens = 0;
  let sliceChars = 0;
  let query = "";
  let queryIds = tokenizer.encode(query);
  for (const pair of pairs) {
    const chars = pair.query.length + (pair.document?.length ?? 0);
    if (sliceChars > 0 && sliceChars + chars > SLICE_CHARS) {
      if (!(await turns.next())) return fail({ kind: "client_gone" });
      sliceChars = 0;
    }
    sliceChars += chars;
    if (pair.query !== query) {
      query = pair.query;
      queryIds = tokenizer.encode(query.toWellFormed());
    }
    const documentIds =
      pair.document === null ? null : tokenizer.encode(pair.document.toWellFormed());
    const encodedPair = tokenizer.pair(queryIds, documentIds);
    encoded.push(encodedPair);
    tokens += encodedPair.inputIds.length;
    if (tokens > LIMITS.maxEdgeTokens) {
      const isLast = encoded.length === pairs.length;
      return fail({
        kind: "over_limit",
        limit: "maxEdgeTokens",
        actual: tokens,
        ...(!isLast && { atLeast: true }),
      });
    }
  }
  return ok(encoded);
}

function cutsOf(encoded: readonly EncodedPair[]): Cut[] {
  return encoded
    .map(({ queryTokensCut, documentTokensCut }, index) => ({
      index,
      queryTokens: queryTokensCut,
      documentTokens: documentTokensCut,
    }))
    .filter(({ queryTokens, documentTokens }) => queryTokens > 0 || documentTokens > 0);
}
