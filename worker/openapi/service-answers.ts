/** What the service answers about itself. */
import * as z from "zod";
import type {
  BackendInfo,
  InfinityModel,
  LabelNames,
  MisconfiguredRouting,
  ModelList,
  OpenAiModel,
  RoutingInfo,
  ServiceInfo,
} from "../../sdk/index.ts";
import { JOB_LIMITS, LIMITS } from "../limits.ts";
import type { NamedSchema } from "./json-schema.ts";

const count = z.int().min(0);

export const health: NamedSchema = {
  name: "Health",
  schema: z.strictObject({ status: z.literal("ok") }),
};

export const ready: NamedSchema = {
  name: "Ready",
  schema: z.strictObject({
    status: z.literal("ready"),
    model: z.string(),
    model_sha: z.string(),
    version: z.string(),
    deployment: z.string().nullable(),
  }),
};

export const plainText: NamedSchema = { name: "Text", schema: z.string() };

export const swagger: NamedSchema = { name: "Swagger", schema: z.looseObject({}) };

const labelNames = z.strictObject({
  id2label: z.record(z.string(), z.string()),
  label2id: z.record(z.string(), count),
}) satisfies z.ZodType<LabelNames>;

const backend = z.strictObject({
  protocol: z.string(),
  max_documents: count,
  max_tokens: count,
  max_concurrency: count,
  timeout_ms: count,
  circuit: z.enum(["closed", "open", "half-open"]),
}) satisfies z.ZodType<BackendInfo>;

const routing = z.union([
  z.strictObject({
    edge_max_tokens: count,
    edge_fallback_max_tokens: count,
    request_timeout_ms: count,
    score_cache: z.enum(["off", "cache", "kv"]),
    backend: backend.nullable(),
    rule: z.string(),
  }) satisfies z.ZodType<RoutingInfo>,
  z.strictObject({
    misconfigured: z.array(z.string()),
  }) satisfies z.ZodType<MisconfiguredRouting>,
]);

const limitsOf = (limits: object) =>
  z.strictObject(Object.fromEntries(Object.keys(limits).map((name) => [name, count]))) as z.ZodType<
    Record<string, number>
  >;

export const info: NamedSchema = {
  name: "Info",
  schema: z.strictObject({
    version: z.string(),
    model: z.string(),
    models: z.array(z.string()),
    head: z.enum(["sequence-classification", "multi-label-classification", "token-classification"]),
    labels: z.array(z.string()),
    maxSeqLength: count,
    limits: limitsOf(LIMITS),
    jobLimits: limitsOf(JOB_LIMITS),
    routing,
    model_id: z.string(),
    model_sha: z.string(),
    model_dtype: z.literal("int8"),
    served_model_name: z.string(),
    model_type: z.union([
      z.strictObject({ reranker: labelNames }),
      z.strictObject({ classifier: labelNames }),
    ]),
    max_concurrent_requests: count,
    max_input_length: count,
    max_batch_tokens: count,
    max_batch_requests: z.null(),
    max_client_batch_size: count,
    auto_truncate: z.literal(true),
    tokenization_workers: z.literal(1),
    sha: z.null(),
    docker_label: z.null(),
  }) satisfies z.ZodType<ServiceInfo>,
};

const model = z.strictObject({
  id: z.string(),
  object: z.literal("model"),
  created: count,
  owned_by: z.string(),
}) satisfies z.ZodType<OpenAiModel>;

export const models: NamedSchema = {
  name: "Models",
  schema: z.strictObject({ object: z.literal("list"), data: z.array(model) }) satisfies z.ZodType<
    ModelList<OpenAiModel>
  >,
};

const infinityModel = model.extend({
  stats: z.strictObject({
    queue_fraction: z.number(),
    queue_absolute: count,
    results_pending: count,
    batch_size: count,
  }),
  backend: z.string(),
  capabilities: z.array(z.enum(["rerank", "classify"])),
}) satisfies z.ZodType<InfinityModel>;

export const infinityModels: NamedSchema = {
  name: "InfinityModels",
  schema: z.strictObject({
    object: z.literal("list"),
    data: z.array(infinityModel),
  }) satisfies z.ZodType<ModelList<InfinityModel>>,
};
