/**
 * vLLM's score: a first text with each of several second ones, or two lists zipped, scored in input order. Pure.
 *
 * An over-long pair is refused unless the request has a field that cuts it. Texts are strings; images are not read.
 * @see vllm/entrypoints/pooling/scoring/protocol.py of vLLM in 2026
 */
import * as z from "zod";
import type { VllmScoreResponseBody } from "../../sdk/index.ts";
import type { TextPair } from "../compute-logits.ts";
import { fail, ok, type Result } from "../errors.ts";
import type { FitOptions } from "../../engine/fit-pair.ts";
import { sigmoid } from "../../engine/scores.ts";
import { hasField, optionalBoolean } from "./rerank-options.ts";
import { usageOf, type AnswerContext } from "./rerank-protocol.ts";
import { documentList, documentText, validate } from "./validate.ts";
import { vllmFit, vllmFitFields } from "./vllm-fit.ts";
import { vllm } from "./vllm.ts";

export interface VllmScoreRequest {
  /** The model asked for; undefined if none was. */
  model: string | undefined;
  /** At least one. */
  pairs: TextPair[];
  /** Scores are sigmoids, else logits. Default true. */
  useActivation: boolean;
  fit: FitOptions;
  /** Where the second texts stand in the body. */
  field: string;
}

/** What the first and the second texts are called; the first couple that a body has counts. */
export const NAMES = [
  ["text_1", "text_2"],
  ["queries", "documents"],
  ["queries", "items"],
  ["data_1", "data_2"],
] as const;

/** Fields that Azure ML's requests do not have. */
const MARKERS = ["text_1", "text_2", "queries", "items", "data_1", "data_2"];

/** Whether a body at `/score` is vLLM's and not Azure ML's. */
export function isVllmScore(body: unknown): boolean {
  return MARKERS.some((marker) => hasField(body, marker));
}

const TEXTS = { error: "must be a string or a list of strings" };

const texts = z.preprocess(
  (value) => (typeof value === "string" ? [value] : value),
  z.array(z.unknown(), TEXTS).pipe(documentList(documentText)),
);

export const settingsSchema = z.object(
  {
    model: z.string({ error: "must be a string" }).nullish(),
    use_activation: optionalBoolean,
    ...vllmFitFields,
  },
  { error: "must be a JSON object" },
);

export function parseVllmScore(body: unknown): Result<VllmScoreRequest> {
  const settings = validate(settingsSchema, body);
  if (!settings.ok) return settings;
  const [first, second] =
    NAMES.find((names) => names.every((name) => hasField(body, name))) ??
    NAMES.find((names) => names.some((name) => hasField(body, name))) ??
    NAMES[0];
  const parsed = validate(z.object({ [first]: texts, [second]: texts }), body);
  if (!parsed.ok) return parsed;
  const queries = parsed.value[first]!;
  const documents = parsed.value[second]!;
  if (queries.length > 1 && queries.length !== documents.length) {
    const problem = `must be one text, or as many as ${second} has: ${documents.length}, not ${queries.length}`;
    return fail({ kind: "invalid_value", param: first, problem });
  }
  const { model, use_activation } = settings.value;
  return ok({
    model: model ?? undefined,
    pairs: documents.map((document, index) => ({
      query: queries[queries.length > 1 ? index : 0]!,
      document,
    })),
    useActivation: use_activation ?? true,
    fit: vllmFit(settings.value),
    field: second,
  });
}

/** @param logits - [pairs], of a model with one label. @param tokens - What the model read. */
export function formatVllmScore(
  { useActivation }: VllmScoreRequest,
  logits: Float32Array,
  tokens: number,
  { id, model, created }: AnswerContext,
): VllmScoreResponseBody {
  return {
    id: `score-${id}`,
    object: "list",
    created,
    model,
    data: Array.from(logits, (logit, index) => ({
      index,
      object: "score",
      score: useActivation ? sigmoid(logit) : logit,
    })),
    usage: usageOf(tokens),
  };
}

/** OpenAI's envelope, as at vLLM's other routes. */
export const vllmErrorBody = vllm.errorBody;
