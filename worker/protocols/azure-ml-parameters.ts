/** Parameters of Azure ML's requests: those of the Hugging Face pipelines (generation C), and our own of generations A and B. */
import * as z from "zod";
import { AGGREGATION_STRATEGIES, type EntityOptions } from "../entities.ts";
import { SCORE_FUNCTIONS, type ScoreFunction } from "../../engine/scores.ts";
import { isObject } from "./azure-ml-input.ts";

/** What the pipelines for text and for token classification read, each its own. */
export interface PipelineParameters extends EntityOptions {
  /** Default: the one that suits the model. */
  scoreFunction: ScoreFunction | undefined;
  /** How many labels a row is answered with, best first: a list. Null: all. Undefined: the best, not in a list. */
  topK: number | null | undefined;
  /** The old way to ask for all labels: a list in the order of the model's labels, unless {@link topK} is given, too. */
  returnAllScores: boolean;
}

const optionalBoolean = z.boolean({ error: "must be true or false" }).nullish();

/** One of a few words, in any case, as the pipelines have it. */
const word = <T extends string>(words: readonly T[]) =>
  z.preprocess(
    (value) => (typeof value === "string" ? value.toLowerCase() : value),
    z.enum(words as [T, ...T[]], { error: `must be one of ${words.join(", ")}` }),
  );

export const paramsSchema = z
  .object(
    {
      function_to_apply: word(["default", ...SCORE_FUNCTIONS]).nullish(),
      top_k: z
        .int({ error: "must be a whole number, or null for all" })
        .min(1, { error: "must be at least 1, or null for all" })
        .nullish(),
      return_all_scores: optionalBoolean,
      aggregation_strategy: word(AGGREGATION_STRATEGIES).nullish(),
      ignore_labels: z
        .array(z.string({ error: "must be a string" }), { error: "must be a list of labels" })
        .nullish(),
    },
    { error: "must be an object" },
  )
  .nullish()
  .transform((params): PipelineParameters => ({
    scoreFunction:
      params?.function_to_apply === "default"
        ? undefined
        : (params?.function_to_apply ?? undefined),
    // Here null is not the same as absent.
    topK: params?.top_k,
    returnAllScores: params?.return_all_scores ?? false,
    aggregationStrategy: params?.aggregation_strategy ?? "none",
    ignoreLabels: params?.ignore_labels ?? ["O"],
  }));

/** Anything but an object counts as none: Azure ML's wrapper looks into no other. */
const anyObject = z.unknown().transform((value) => (isObject(value) ? value : {}));

const labelParameters = anyObject
  .pipe(z.object({ return_scores: optionalBoolean }))
  .transform(({ return_scores }) => return_scores ?? false);

/**
 * Whether a body of generation A or B asks for scores beside its labels, in any of the places that parameters have in them. Ours:
 * Azure ML answers labels alone.
 */
export const returnScoresSchema = z
  .object({
    parameters: labelParameters.optional(),
    params: labelParameters.optional(),
    input_data: anyObject.pipe(z.object({ parameters: labelParameters.optional() })).optional(),
  })
  .transform(
    ({ parameters, params, input_data }) =>
      (parameters || params || input_data?.parameters) ?? false,
  );
