/** What `/predict` and `/tokenize` of Text Embeddings Inference take and answer. */
import * as z from "zod";
import type { TeiPrediction, TeiToken } from "../../sdk/index.ts";
import { LIMITS } from "../limits.ts";
import { settingsSchema } from "../protocols/tei-predict.ts";
import { requestSchema } from "../protocols/tei-tokenize.ts";
import { documentText } from "../protocols/validate.ts";
import type { NamedSchema } from "./json-schema.ts";

const list = <T extends z.ZodType>(element: T) =>
  z.array(element).min(1).meta({ maxItems: LIMITS.maxDocuments });

const pair = z.array(documentText).min(1).max(2).describe("One text, or a pair.");
const text = documentText.min(1);

export const predictRequest: NamedSchema = {
  name: "TeiPredictRequest",
  schema: settingsSchema.extend({ inputs: z.union([text, pair, list(pair)]) }),
};

const predictions = z.array(
  z.strictObject({ score: z.number(), label: z.string() }) satisfies z.ZodType<TeiPrediction>,
);

export const predictAnswer: NamedSchema = {
  name: "TeiPredictAnswer",
  schema: z.union([predictions, z.array(predictions)]),
};

export const tokenizeRequest: NamedSchema = {
  name: "TeiTokenizeRequest",
  schema: requestSchema.extend({ inputs: z.union([text, list(text)]) }),
};

const place = z.int().min(0).nullable();

export const tokenizeAnswer: NamedSchema = {
  name: "TeiTokenizeAnswer",
  schema: z.array(
    z.array(
      z.strictObject({
        id: z.int().min(0),
        text: z.string(),
        special: z.boolean(),
        start: place,
        stop: place,
      }) satisfies z.ZodType<TeiToken>,
    ),
  ),
};
