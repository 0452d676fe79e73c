import type { FitOptions } from "../../engine/fit-pair.ts";
import type { TextPair } from "../encode-pairs.ts";
import { ok, type Result } from "../errors.ts";
import type { ServedModel } from "../models.ts";
import type { RequestContext } from "../request-context.ts";
import { BACKEND_WINDOW } from "../routing-facts.ts";
import { estimateTokens } from "../routing.ts";

/** Sets aside of the caller's budget what pairs are going to take, by an estimate; a caller without one has room for anything. */
export async function reservePairs(
  pairs: readonly TextPair[],
  model: ServedModel,
  { quotas }: Pick<RequestContext, "quotas">,
  fit?: Pick<FitOptions, "longDocuments">,
): Promise<Result<void>> {
  return quotas ? quotas.reserve(tokensOfPairs(pairs, model, fit)) : ok(undefined);
}

/** An estimate of the tokens that a model reads of pairs. */
export function tokensOfPairs(
  pairs: readonly TextPair[],
  model: ServedModel,
  fit?: Pick<FitOptions, "longDocuments">,
): number {
  const ofModel = model.kind === "edge" ? model.manifest.architecture.maxSeqLength : BACKEND_WINDOW;
  const window = fit?.longDocuments === "max_window" ? Infinity : ofModel;
  return estimateTokens(pairs, window).reduce((sum, tokens) => sum + tokens, 0);
}
