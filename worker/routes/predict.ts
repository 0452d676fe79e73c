/** Scores and tokens in the request's order: TEI's `/predict` and `/tokenize`, and vLLM's `/v1/score`. */
import type { Work } from "../compute-logits.ts";
import { fail, ok, type Result } from "../errors.ts";
import { isServedModel, MODEL } from "../model.ts";
import type { AnswerContext } from "../protocols/rerank-protocol.ts";
import { teiErrorBody, teiErrorStatus } from "../protocols/tei-errors.ts";
import { teiHeaders } from "../protocols/tei-headers.ts";
import { charactersOf, formatTeiPredict, parseTeiPredict } from "../protocols/tei-predict.ts";
import { formatTeiTokens, parseTeiTokenize } from "../protocols/tei-tokenize.ts";
import { formatVllmScore, parseVllmScore, vllmErrorBody } from "../protocols/vllm-score.ts";
import { isRanker } from "../ranker.ts";
import { scorePairs } from "../score-pairs.ts";
import { tokenizeTexts } from "../tokenize-texts.ts";
import type { Turns } from "../turns.ts";
import { addRoute, answer, type Answer, type App, type AppContext } from "./route.ts";

export function addPredictRoutes(app: App): void {
  for (const path of ["/predict", "/tei/predict"]) addTeiRoute(app, path, teiPredict);
  for (const path of ["/tokenize", "/tei/tokenize"]) addTeiRoute(app, path, teiTokenize);
  for (const path of ["/v1/score", "/vllm/score", "/vllm/v1/score"]) {
    addRoute(app, "POST", path, vllmErrorBody, (c) =>
      answer(c, (body, turns) => vllmScore(c, body, turns)),
    );
  }
}

/** vLLM's score; also for `/score`, once its body is known to be vLLM's. */
export async function vllmScore(
  c: AppContext,
  body: unknown,
  turns: Turns,
): Promise<Result<Answer>> {
  c.set("errorBody", vllmErrorBody);
  const parsed = parseVllmScore(body);
  if (!parsed.ok) return parsed;
  const { model, pairs, fit, field } = parsed.value;
  if (!isServedModel(model, c.env.MODEL_ALIASES ?? "")) {
    return fail({ kind: "unknown_model", requested: model ?? "", served: MODEL.name });
  }
  const { kind, labels } = MODEL.head;
  if (!isRanker(MODEL.head))
    return fail({ kind: "not_a_ranker", head: kind, labels: labels.length });
  const scored = named(await scorePairs(pairs, turns, fit), field);
  if (!scored.ok) return scored;
  const { logits, ...work } = scored.value;
  const context: AnswerContext = {
    id: c.get("requestId"),
    model: MODEL.name,
    created: Math.floor(Date.now() / 1_000),
  };
  return ok({ ...work, body: formatVllmScore(parsed.value, logits, work.tokens, context) });
}

function addTeiRoute(
  app: App,
  path: string,
  work: (body: unknown, turns: Turns) => Promise<Result<Answer>>,
): void {
  addRoute(app, "POST", path, teiErrorBody, (c) => {
    c.set("errorStatus", teiErrorStatus);
    return answer(c, work);
  });
}

async function teiPredict(body: unknown, turns: Turns): Promise<Result<Answer>> {
  const parsed = parseTeiPredict(body);
  if (!parsed.ok) return parsed;
  const { head } = MODEL;
  if (head.kind === "token-classification") return fail({ kind: "no_text_labels" });
  const { pairs, fit, isBatch } = parsed.value;
  const scored = named(await scorePairs(pairs, turns, fit), isBatch ? "inputs" : null);
  if (!scored.ok) return scored;
  const { logits, ...work } = scored.value;
  const times = await turns.finish();
  return ok({
    ...work,
    body: formatTeiPredict(parsed.value, logits, head),
    headers: teiHeaders({ times, characters: charactersOf(pairs), tokens: work.tokens }),
    method: isBatch ? "batch" : "single",
  });
}

async function teiTokenize(body: unknown, turns: Turns): Promise<Result<Answer>> {
  const parsed = parseTeiTokenize(body);
  if (!parsed.ok) return parsed;
  const { texts, addSpecialTokens, isBatch } = parsed.value;
  const rows = await tokenizeTexts(texts, turns, (text, tokens, tokenizer) =>
    formatTeiTokens(text, tokens, tokenizer, addSpecialTokens),
  );
  if (!rows.ok) return rows;
  // The model itself read nothing.
  const nothing: Work = { tokens: 0, cuts: [] };
  return ok({ ...nothing, body: rows.value, method: isBatch ? "batch" : "single" });
}

/** Says in a pair's own failure where it stands in the body. @param field - The list it stands in; null if `inputs` is the pair. */
function named<T>(result: Result<T>, field: string | null): Result<T> {
  if (result.ok || result.failure.kind !== "over_window") return result;
  const param = field === null ? "inputs" : `${field}[${result.failure.index}]`;
  return fail({ ...result.failure, param });
}
