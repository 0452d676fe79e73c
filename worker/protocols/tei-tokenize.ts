/**
 * The tokenizer of Text Embeddings Inference: each text's tokens with their places in it. Pure.
 * @see router/src/http/types.rs and server.rs of text-embeddings-inference 1.9
 */
import * as z from "zod";
import type { AlignedTokens, PairTokenizer } from "../../engine/index.ts";
import type { TeiToken } from "../../sdk/index.ts";
import { codePointIndex } from "../code-points.ts";
import { fail, ok, type Result } from "../errors.ts";
import { documentList, documentText, validate } from "./validate.ts";

export interface TeiTokenizeRequest {
  /** At least one. */
  texts: string[];
  /** Whether [CLS] and [SEP] are put around each. Default true. */
  addSpecialTokens: boolean;
  /** A text alone is answered as a list of one would be. */
  isBatch: boolean;
}

const text = documentText.refine((value) => value !== "", { error: "must not be empty" });

export const requestSchema = z.object(
  {
    inputs: z.preprocess(
      (inputs) => (typeof inputs === "string" ? [inputs] : inputs),
      documentList(text),
    ),
    add_special_tokens: z.boolean({ error: "must be true or false" }).nullish(),
  },
  { error: "must be a JSON object" },
);

export function parseTeiTokenize(body: unknown): Result<TeiTokenizeRequest> {
  const inputs = (body as { inputs?: unknown } | null)?.inputs;
  const isBatch = Array.isArray(inputs);
  if (isBatch && inputs.length === 0) return fail({ kind: "empty_list", param: "inputs" });
  const parsed = validate(requestSchema, body);
  if (!parsed.ok) return parsed;
  const addSpecialTokens = parsed.value.add_special_tokens ?? true;
  return ok({ texts: parsed.value.inputs, addSpecialTokens, isBatch });
}

/**
 * One text's tokens: `start` and `stop` count its code points, `stop` is after the last, and `text` is what stands between.
 *
 * Special are only those put around the text, which stand nowhere in it; one that the text spells is a token like any other.
 * @param text - Without lone surrogates.
 */
export function formatTeiTokens(
  text: string,
  tokens: AlignedTokens,
  tokenizer: PairTokenizer,
  addSpecialTokens: boolean,
): TeiToken[] {
  const placeOf = codePointIndex(text);
  const own = tokens.ids.map((id, token): TeiToken => {
    const start = tokens.starts[token]!;
    const end = tokens.ends[token]!;
    return {
      id,
      text: text.slice(start, end),
      special: false,
      start: placeOf(start),
      stop: placeOf(end),
    };
  });
  if (!addSpecialTokens) return own;
  // What the encoder input of an empty text has is [CLS] and [SEP].
  const { inputIds } = tokenizer.pair(new Int32Array(0), null);
  const [first, last] = Array.from(inputIds, (id): TeiToken => ({
    id,
    text: tokenizer.tokenOf(id),
    special: true,
    start: null,
    stop: null,
  }));
  return [first!, ...own, last!];
}
