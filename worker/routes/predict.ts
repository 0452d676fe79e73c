/** Scores and tokens in the request's order: TEI's `/predict` and `/tokenize`, and vLLM's `/v1/score`. */
import { fail, ok, type Result } from "../errors.ts";
import { headOf, labelPairs } from "../label-pairs.ts";
import { DEFAULT_MODEL, findModel, type ServedModel } from "../models.ts";
import type { AnswerContext } from "../protocols/rerank-protocol.ts";
import { teiErrorBody, teiErrorStatus } from "../protocols/tei-errors.ts";
import { teiHeaders } from "../protocols/tei-headers.ts";
import { charactersOf, formatTeiPredict, parseTeiPredict } from "../protocols/tei-predict.ts";
import { formatTeiTokens, parseTeiTokenize } from "../protocols/tei-tokenize.ts";
import { formatVllmScore, parseVllmScore, vllmErrorBody } from "../protocols/vllm-score.ts";
import { refuseClassifier } from "../rerank.ts";
import type { RequestContext } from "../request-context.ts";
import { tokenizeTexts } from "../tokenize-texts.ts";
import { checkPublishable } from "../publishable-limit.ts";
import { addRoute, answer, note, type Answer, type App, type AppContext } from "./route.ts";

export function addPredictRoutes(app: App): void {
  for (const path of ["/predict", "/tei/predict"]) addTeiRoute(app, path, teiPredict);
  for (const path of ["/tokenize", "/tei/tokenize"]) addTeiRoute(app, path, teiTokenize);
  for (const path of ["/v1/score", "/vllm/score", "/vllm/v1/score"]) {
    addRoute(app, "POST", path, vllmErrorBody, (c) =>
      answer(c, (body, context) => vllmScore(c, body, context)),
    );
  }
}

/**
 * vLLM's score; also for `/score`, once its body is known to be vLLM's.
 * @param fallback - What a body means that names no model.
 */
export async function vllmScore(
  c: AppContext,
  body: unknown,
  context: RequestContext,
  fallback: ServedModel = DEFAULT_MODEL,
): Promise<Result<Answer>> {
  c.set("errorBody", vllmErrorBody);
  note(c, { protocol: "vllm" });
  const parsed = parseVllmScore(body);
  if (!parsed.ok) return parsed;
  const { pairs, fit, field } = parsed.value;
  note(c, { documents: pairs.length });
  const found = await findModel(parsed.value.model ?? fallback.name, c.env);
  if (!found.ok) return found;
  const model = found.value;
  note(c, { model: model.name });
  const notRanker = refuseClassifier(model);
  if (notRanker) return notRanker;
  const scored = named(await labelPairs(pairs, model, context, fit), field);
  if (!scored.ok) return scored;
  const { logits, ...outcome } = scored.value;
  const answerContext: AnswerContext = {
    id: context.id,
    model: model.name,
    created: Math.floor(Date.now() / 1_000),
  };
  return ok({
    ...outcome,
    model: model.name,
    body: formatVllmScore(parsed.value, logits, outcome.tokens, answerContext),
  });
}

function addTeiRoute(
  app: App,
  path: string,
  work: (c: AppContext, body: unknown, context: RequestContext) => Promise<Result<Answer>>,
): void {
  addRoute(app, "POST", path, teiErrorBody, (c) => {
    c.set("errorStatus", teiErrorStatus);
    note(c, { protocol: "tei" });
    return answer(c, (body, context) => work(c, body, context));
  });
}

async function teiPredict(
  c: AppContext,
  body: unknown,
  context: RequestContext,
): Promise<Result<Answer>> {
  const parsed = parseTeiPredict(body);
  if (!parsed.ok) return parsed;
  const head = headOf(DEFAULT_MODEL);
  if (head.kind === "token-classification") return fail({ kind: "no_text_labels" });
  const { pairs, fit, isBatch } = parsed.value;
  note(c, { documents: pairs.length });
  const scored = named(
    await labelPairs(pairs, DEFAULT_MODEL, context, fit),
    isBatch ? "inputs" : null,
  );
  if (!scored.ok) return scored;
  const { logits, ...outcome } = scored.value;
  const times = await context.turns.finish();
  return ok({
    ...outcome,
    model: DEFAULT_MODEL.name,
    body: formatTeiPredict(parsed.value, logits, head),
    headers: teiHeaders({ times, characters: charactersOf(pairs), tokens: outcome.tokens }),
    method: isBatch ? "batch" : "single",
  });
}

async function teiTokenize(
  c: AppContext,
  body: unknown,
  { turns, caller }: RequestContext,
): Promise<Result<Answer>> {
  const parsed = parseTeiTokenize(body);
  if (!parsed.ok) return parsed;
  const { texts, addSpecialTokens, isBatch } = parsed.value;
  note(c, { documents: texts.length });
  const permitted = checkPublishable(texts.length, caller);
  if (!permitted.ok) return permitted;
  const rows = await tokenizeTexts(texts, DEFAULT_MODEL, turns, (text, tokens, tokenizer) =>
    formatTeiTokens(text, tokens, tokenizer, addSpecialTokens),
  );
  if (!rows.ok) return rows;
  return ok({
    // The model itself read nothing.
    tokens: 0,
    cuts: 0,
    provenance: { servedBy: "edge", reason: "classifier", cache: null },
    model: DEFAULT_MODEL.name,
    body: rows.value,
    method: isBatch ? "batch" : "single",
  });
}

/** Says in a pair's own failure where it stands in the body. @param field - The list it stands in; null if `inputs` is the pair. */
function named<T>(result: Result<T>, field: string | null): Result<T> {
  if (result.ok || result.failure.kind !== "over_window") return result;
  const param = field === null ? "inputs" : `${field}[${result.failure.index}]`;
  return fail({ ...result.failure, param });
}
