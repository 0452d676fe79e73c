/**
 * The classification of Text Embeddings Inference: every label of a text or pair with its score, best first. Pure.
 *
 * Two differences: of equal scores the label of the lower index comes first, as everywhere here; and where a pair does not fit, a query
 * is cut only down to half of the window, not token by token from the longer of the two.
 * @see router/src/http/types.rs and server.rs of text-embeddings-inference 1.9
 */
import * as z from "zod";
import type { Head } from "../../engine/index.ts";
import type { TeiPrediction } from "../../sdk/index.ts";
import { countCodePoints } from "../code-points.ts";
import type { TextPair } from "../compute-logits.ts";
import { fail, ok, type Result } from "../errors.ts";
import { DEFAULT_FIT, type FitOptions } from "../../engine/fit-pair.ts";
import { rank, scoreFunctionOf, scoresOf } from "../../engine/scores.ts";
import { documentList, documentText, validate } from "./validate.ts";

export interface TeiPredictRequest {
  /** At least one. */
  pairs: TextPair[];
  /** The inputs came as a list of lists and are answered so. */
  isBatch: boolean;
  /** Scores are logits. Default false. */
  rawScores: boolean;
  fit: FitOptions;
}

const SEQUENCE = { error: "must be a text, or a list of one text or of a pair of two" };

const BOOLEAN = z.boolean({ error: "must be true or false" }).nullish();

/** One text, or a pair. */
const sequence = z
  .array(z.unknown(), SEQUENCE)
  .refine(({ length }) => length === 1 || length === 2, SEQUENCE)
  .meta({ minItems: 1, maxItems: 2 })
  .pipe(z.array(documentText))
  .refine((texts) => texts.some((text) => text !== ""), { error: "must not be empty" })
  .transform(([query, document]): TextPair => ({ query: query!, document: document ?? null }));

/** Two strings in a list are one pair and not two texts: TEI's own trap. */
const single = z
  .preprocess((inputs) => (typeof inputs === "string" ? [inputs] : inputs), sequence)
  .transform((pair) => [pair]);

const batch = documentList(sequence);

export const settingsSchema = z.object(
  {
    truncate: BOOLEAN,
    truncation_direction: z
      .enum(["Left", "left", "Right", "right"], { error: 'must be "Left" or "Right"' })
      .nullish(),
    raw_scores: BOOLEAN,
  },
  { error: "must be a JSON object" },
);

export function parseTeiPredict(body: unknown): Result<TeiPredictRequest> {
  const settings = validate(settingsSchema, body);
  if (!settings.ok) return settings;
  const { inputs } = body as { inputs?: unknown };
  if (Array.isArray(inputs) && inputs.length === 0)
    return fail({ kind: "empty_list", param: "inputs" });
  const isBatch = Array.isArray(inputs) && Array.isArray(inputs[0]);
  const parsed = validate(z.object({ inputs: isBatch ? batch : single }), body);
  if (!parsed.ok) return parsed;
  const { truncate, truncation_direction: direction, raw_scores } = settings.value;
  return ok({
    pairs: parsed.value.inputs,
    isBatch,
    rawScores: raw_scores ?? false,
    fit: {
      ...DEFAULT_FIT,
      side: direction?.toLowerCase() === "left" ? "left" : "right",
      longDocuments: (truncate ?? true) ? "truncate" : "refuse",
    },
  });
}

/** @param logits - [pairs, labels], row-major. */
export function formatTeiPredict(
  { pairs, isBatch, rawScores }: TeiPredictRequest,
  logits: Float32Array,
  head: Head,
): TeiPrediction[] | TeiPrediction[][] {
  const numLabels = head.labels.length;
  const predictions = pairs.map((_, row) => {
    const own = logits.subarray(row * numLabels, (row + 1) * numLabels);
    const scores = scoresOf(own, rawScores ? "none" : scoreFunctionOf(head));
    return rank(own).map((label) => ({ score: scores[label]!, label: head.labels[label]! }));
  });
  return isBatch ? predictions : predictions[0]!;
}

/** Code points of all texts. */
export function charactersOf(pairs: readonly TextPair[]): number {
  return pairs.reduce(
    (sum, { query, document }) => sum + countCodePoints(query) + countCodePoints(document ?? ""),
    0,
  );
}
