/** How each protocol writes errors: its function, and the schema of what that gives. */
import * as z from "zod";
import type {
  AzureMlErrorBody,
  CohereErrorBody,
  ErrorBody,
  InfinityErrorBody,
  InfinityValidationErrorBody,
  JinaErrorBody,
  NimErrorBody,
  PineconeErrorBody,
  RerankErrorBody,
  TeiErrorBody,
  VllmErrorBody,
  VoyageErrorBody,
} from "../../sdk/index.ts";
import { azureMlErrorBody } from "../protocols/azure-ml-errors.ts";
import { cohereV2 } from "../protocols/cohere.ts";
import { infinity } from "../protocols/infinity.ts";
import { jina } from "../protocols/jina.ts";
import { ownErrorBody } from "../protocols/own-errors.ts";
import { nim } from "../protocols/nim.ts";
import { pinecone } from "../protocols/pinecone.ts";
import { rerankV2 } from "../protocols/rerank.ts";
import { teiErrorBody, teiErrorStatus } from "../protocols/tei-errors.ts";
import { vllm } from "../protocols/vllm.ts";
import { voyage } from "../protocols/voyage.ts";
import type { ErrorFormat } from "./operation.ts";

const code = z.string().describe("Stable, for programs.");
const message = z.string().describe("A sentence for people.");
const param = z.string().describe("The offending part of the request, such as documents[3].text.");

/** Of routes that follow no other protocol. */
export const ownErrors: ErrorFormat = {
  schema: {
    name: "Error",
    schema: z.strictObject({
      code,
      message,
      param: param.exactOptional(),
      requestId: z.string(),
    }) satisfies z.ZodType<ErrorBody>,
  },
  errorBody: ownErrorBody,
};

export const rerankErrors: ErrorFormat = {
  schema: {
    name: "RerankError",
    schema: z.strictObject({
      id: z.string(),
      code,
      message,
      param: param.exactOptional(),
    }) satisfies z.ZodType<RerankErrorBody>,
  },
  errorBody: rerankV2.errorBody,
};

export const cohereErrors: ErrorFormat = {
  schema: {
    name: "CohereError",
    schema: z.strictObject({ id: z.string(), message }) satisfies z.ZodType<CohereErrorBody>,
  },
  errorBody: cohereV2.errorBody,
};

export const jinaErrors: ErrorFormat = {
  schema: {
    name: "JinaError",
    schema: z.strictObject({ detail: message }) satisfies z.ZodType<JinaErrorBody>,
  },
  errorBody: jina.errorBody,
};

const validationError = z.strictObject({
  type: code,
  loc: z.array(z.union([z.string(), z.int()])),
  msg: message,
});

export const infinityErrors: ErrorFormat = {
  schema: {
    name: "InfinityError",
    schema: z.union([
      z.strictObject({
        error: z.strictObject({ message, type: z.null(), param: z.null(), code: z.int() }),
      }),
      z.strictObject({ detail: z.array(validationError) }),
    ]) satisfies z.ZodType<InfinityErrorBody | InfinityValidationErrorBody>,
  },
  errorBody: infinity.errorBody,
  errorStatus: infinity.errorStatus!,
};

export const vllmErrors: ErrorFormat = {
  schema: {
    name: "VllmError",
    schema: z.strictObject({
      error: z.strictObject({
        message,
        type: z.string(),
        param: param.nullable(),
        code: z.int().describe("The status."),
      }),
    }) satisfies z.ZodType<VllmErrorBody>,
  },
  errorBody: vllm.errorBody,
};

export const teiErrors: ErrorFormat = {
  schema: {
    name: "TeiError",
    schema: z.strictObject({
      error: message,
      error_type: z.enum([
        "Empty",
        "Validation",
        "Tokenizer",
        "Backend",
        "Overloaded",
        "Unhealthy",
      ]),
    }) satisfies z.ZodType<TeiErrorBody>,
  },
  errorBody: teiErrorBody,
  errorStatus: teiErrorStatus,
};

export const nimErrors: ErrorFormat = {
  schema: {
    name: "NimError",
    schema: z.strictObject({ error: message }) satisfies z.ZodType<NimErrorBody>,
  },
  errorBody: nim.errorBody,
};

export const voyageErrors: ErrorFormat = {
  schema: {
    name: "VoyageError",
    schema: z.strictObject({ detail: message }) satisfies z.ZodType<VoyageErrorBody>,
  },
  errorBody: voyage.errorBody,
};

export const pineconeErrors: ErrorFormat = {
  schema: {
    name: "PineconeError",
    schema: z.strictObject({
      status: z.int(),
      error: z.strictObject({ code: z.string(), message }),
    }) satisfies z.ZodType<PineconeErrorBody>,
  },
  errorBody: pinecone.errorBody,
};

export const azureMlErrors: ErrorFormat = {
  schema: {
    name: "AzureMlError",
    schema: z.strictObject({ message }) satisfies z.ZodType<AzureMlErrorBody>,
  },
  errorBody: azureMlErrorBody,
};
