/** The fields in which vLLM's requests say what becomes of a pair that does not fit. Pure. */
import * as z from "zod";
import { DEFAULT_FIT, type FitOptions } from "../../engine/fit-pair.ts";
import { wholeNumber } from "./rerank-options.ts";

/** Special tokens of a pair: less room than they need holds no pair. */
const MIN_PROMPT_TOKENS = 3;

const PROMPT_TOKENS = {
  error: `must be a whole number from ${MIN_PROMPT_TOKENS}, or -1 for the model's window`,
};

export const vllmFitFields = {
  truncate_prompt_tokens: z
    .int(PROMPT_TOKENS)
    .refine((tokens) => tokens === -1 || tokens >= MIN_PROMPT_TOKENS, PROMPT_TOKENS)
    .nullish(),
  truncation_side: z.enum(["left", "right"], { error: 'must be "left" or "right"' }).nullish(),
  max_tokens_per_query: wholeNumber(0).nullish(),
  max_tokens_per_doc: wholeNumber(0).nullish(),
};

type Fields = z.output<z.ZodObject<typeof vllmFitFields>>;

/** Over-long pairs are refused unless a field cuts them. */
export function vllmFit(fields: Fields): FitOptions {
  const { truncate_prompt_tokens: promptTokens, truncation_side: side } = fields;
  return {
    ...DEFAULT_FIT,
    // 0 is no limit.
    maxQueryTokens: fields.max_tokens_per_query || Infinity,
    maxDocumentTokens: fields.max_tokens_per_doc || Infinity,
    maxPairTokens: promptTokens == null || promptTokens === -1 ? Infinity : promptTokens,
    side: side ?? "right",
    longDocuments: promptTokens == null && side == null ? "refuse" : "truncate",
  };
}

/**
 * The fields that ask for such a cut. `truncate_prompt_tokens` is always one of them: without it vLLM refuses what does not fit.
 */
export function fitFieldsOf(fit: FitOptions): Fields {
  const { side, maxQueryTokens, maxDocumentTokens, maxPairTokens } = fit;
  return {
    truncate_prompt_tokens: Number.isFinite(maxPairTokens) ? maxPairTokens : -1,
    truncation_side: side,
    ...(Number.isFinite(maxQueryTokens) && { max_tokens_per_query: maxQueryTokens }),
    ...(Number.isFinite(maxDocumentTokens) && { max_tokens_per_doc: maxDocumentTokens }),
  };
}
