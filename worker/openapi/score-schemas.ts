/** What the routes that score in the request's order take and answer: those of Azure ML and vLLM. */
import * as z from "zod";
import type { AzureMlRow, VllmScoreResponseBody } from "../../sdk/index.ts";
import { LIMITS } from "../limits.ts";
import { paramsSchema } from "../protocols/azure-ml-parameters.ts";
import { documentText } from "../protocols/validate.ts";
import { NAMES, settingsSchema } from "../protocols/vllm-score.ts";
import type { NamedSchema } from "./json-schema.ts";
import { usage } from "./rerank-answers.ts";

/** The parsers make one form of all these; here they stand as they are sent. */
const list = <T extends z.ZodType>(element: T) =>
  z.array(element).min(1).meta({ maxItems: LIMITS.maxDocuments });

const texts = z.union([documentText, list(documentText)]);
const columns = z
  .record(z.string(), texts)
  .describe("Columns by name: one of texts, or two of pairs.");
const splitFrame = z.object({
  columns: z.array(z.unknown()).min(1),
  index: z.array(z.unknown()).optional(),
  data: list(z.array(documentText)),
});
const row = z.union([
  documentText,
  z.object({ text: documentText, text_pair: documentText.nullish() }),
]);
const parameters = z
  .looseObject({ return_scores: z.boolean().nullish() })
  .describe("return_scores asks for scores beside the labels.");

export const azureMlRequest: NamedSchema = {
  name: "AzureMlRequest",
  schema: z.union([
    z.strictObject({ inputs: columns, parameters: parameters.optional() }).describe("Generation A"),
    z
      .object({
        input_data: z.union([splitFrame, columns]),
        params: parameters.optional(),
        parameters: parameters.optional(),
      })
      .describe("Generation B"),
    z
      .object({ input_data: z.union([documentText, list(row)]), params: paramsSchema })
      .describe("Generation C"),
  ]),
};

const label = z.string();
const score = z.number();
const count = z.int().min(0);
const scored = z.strictObject({ label, score });

export const azureMlAnswer: NamedSchema = {
  name: "AzureMlAnswer",
  schema: z.array(
    z.union([
      z.strictObject({ "0": label, score: z.union([score, z.array(score)]).exactOptional() }),
      scored,
      z.array(scored),
      z.array(
        z.strictObject({
          entity: label,
          score,
          index: count,
          word: z.string(),
          start: count,
          end: count,
        }),
      ),
      z.array(
        z.strictObject({
          entity_group: label,
          score,
          word: z.string(),
          start: count,
          end: count,
        }),
      ),
    ]) satisfies z.ZodType<AzureMlRow>,
  ),
};

export const vllmScoreRequest: NamedSchema = {
  name: "VllmScoreRequest",
  schema: z.union(
    NAMES.map(([first, second]) => settingsSchema.extend({ [first]: texts, [second]: texts })),
  ),
};

export const vllmScoreAnswer: NamedSchema = {
  name: "VllmScoreAnswer",
  schema: z.strictObject({
    id: z.string(),
    object: z.literal("list"),
    created: count,
    model: z.string(),
    data: z.array(z.strictObject({ index: count, object: z.literal("score"), score })),
    usage,
  }) satisfies z.ZodType<VllmScoreResponseBody>,
};
