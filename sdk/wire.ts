/**
 * Types of the rerank service's wire contract: request and answer bodies as JSON has them. Names are the wire's own.
 */

/** What every rerank route takes beside its protocol's own fields. */
export interface RerankOptionsBody {
  /** Absent or "default": the service's default model; others are in `GET /v1/models`. A name it does not know is refused. */
  model?: string | null;
  /** Scores are the model's logits, not their sigmoids. Default false. */
  raw_scores?: boolean | null;
  /** Results of a lower sigmoid are left out, from 0 to 1. Default 0: none. */
  min_score?: number | null;
  /** Each result says what the model read and did not read of it. Default false. */
  details?: boolean | null;
  /** "max_window" reads a document that does not fit in overlapping windows, of which the best counts. Default "truncate". */
  long_documents?: "truncate" | "max_window" | null;
  /** Rather the documents unranked ({@link UnrankedResponseBody}) than an error when nobody can rank them now. Default false. */
  fail_open?: boolean | null;
  /** Scores that the service kept are shared only by requests of the same key and the same scope: one a tenant. At most 200 characters. */
  cache_scope?: string | null;
}

/** A document as a rerank route takes it; of an object, `text` is ranked unless `rank_fields` say otherwise. */
export type RerankDocument =
  | string
  | {
      text?: string;
      /** Both are passed through to the document's result. */
      id?: unknown;
      metadata?: unknown;
      [field: string]: unknown;
    };

/** Body of `POST /v1/rerank`, also at `/v2/rerank` and `/rerank`: Cohere's and Jina's form. Further fields are ignored. */
export interface RerankRequestBody extends RerankOptionsBody {
  query: string;
  documents: readonly RerankDocument[];
  /** Results wanted, at least 1. Default, and if there are fewer documents: all. */
  top_n?: number | null;
  /** Default false. */
  return_documents?: boolean | null;
  /** Fields of object documents that are ranked, joined by line breaks. Default `["text"]`. */
  rank_fields?: readonly string[] | null;
  /** Tokens of a document that are read at most, at least 1. Default: as many as fit. */
  max_tokens_per_doc?: number | null;
  /** Windows of a document that are read at most with "max_window", at least 1. Default: all. */
  max_chunks_per_doc?: number | null;
}

/** The same with several queries, each ranked over all documents. */
export interface RerankManyRequestBody extends Omit<RerankRequestBody, "query"> {
  queries: readonly string[];
}

/** What a result says beyond its protocol's own keys, each only if the request has asked for it. */
export interface RerankResultExtras {
  /** The document's own, if it was sent as an object that has one. */
  id?: unknown;
  metadata?: unknown;
  /** With `details`, this and the next three, unless a backend ranked: tokens the model read, in all windows, special ones and the query's included. */
  tokens?: number;
  /** With `details`: whether the model missed some of document or query. */
  truncated?: boolean;
  /** With `details`: tokens the model did not read. */
  query_tokens_cut?: number;
  document_tokens_cut?: number;
  /** With `long_documents: "max_window"`: the window that gave the score, [start, end) in UTF-16 units of what was ranked. */
  window?: { start: number; end: number };
}

export interface RerankResult extends RerankResultExtras {
  /** Place in the request's documents, from 0. */
  index: number;
  /** In [0, 1], not calibrated; any finite number with `raw_scores`. */
  relevance_score: number;
  /** Only if the request asked with `return_documents`: the text, or at `/v1/rerank` the object that was sent. */
  document?: { text?: string; [field: string]: unknown };
}

/** What Cohere's clients read of an answer beside its results. */
export interface CohereMeta {
  api_version: { version: string };
  /** One for every 100 documents that are begun. */
  billed_units: { search_units: number };
  tokens: { input_tokens: number };
  /** One sentence each; only if there are any. */
  warnings?: string[];
}

export interface RerankResponseBody {
  /** Same as the header x-request-id. */
  id: string;
  model: string;
  /** By descending score; documents of equal score in the request's order. */
  results: RerankResult[];
  /** Tokens the model read, special ones included; of a backend that does not say, an estimate. */
  usage: { prompt_tokens: number; total_tokens: number };
  meta: CohereMeta & {
    /** Documents that did not fit the model's window, and how many tokens of query and document it did not see; only if there are any that are known: a backend does not say. */
    truncated?: { index: number; query_tokens_cut: number; document_tokens_cut: number }[];
  };
}

/** Answer of a rerank route to `queries`: the protocol's own answer to each, in their order. */
export interface RerankManyResponseBody<Answer = RerankResponseBody> {
  object: "list";
  data: Answer[];
  usage: { prompt_tokens: number; total_tokens: number };
}

/**
 * What an answer to a request with `fail_open` has beside its protocol's own keys when nobody ranked. TEI's bare list has no place for
 * it; the header `x-rerank-reranked: false` is always there.
 */
export interface UnrankedExtras {
  reranked: false;
  /** Code of the error that it stands for: `overloaded`, `backend_unavailable`, `model_unavailable` or `deadline_exceeded`. */
  reason: string;
}

/** Answer to a request with `fail_open` when nobody ranked: the first documents in the request's order, without scores. */
export interface UnrankedResponseBody extends Omit<RerankResponseBody, "results">, UnrankedExtras {
  results: Omit<RerankResult, "relevance_score">[];
}

/** Body of an error of the rerank routes. Those of `/score` have the message alone, as Azure ML's. */
export interface RerankErrorBody {
  /** Same as the header x-request-id. */
  id: string;
  /** Stable, for programs. */
  code: string;
  message: string;
  /** The offending part of the request, such as `documents[3].text`. */
  param?: string;
}

/** Body of an error at `/cohere`. */
export interface CohereErrorBody {
  id: string;
  message: string;
}

/** Body of an error at `/jina`. */
export interface JinaErrorBody {
  /** With the request's id: `[RID: …] message`. */
  detail: string;
}

/** Body of an error at `/infinity`, but for a body of the wrong form. */
export interface InfinityErrorBody {
  error: { message: string; type: null; param: null; code: number };
}

/** Body of an error at `/infinity` whose status is 422, as FastAPI has it. */
export interface InfinityValidationErrorBody {
  detail: { type: string; loc: (string | number)[]; msg: string }[];
}

/** Body of an error at `/vllm`. */
export interface VllmErrorBody {
  error: { message: string; type: string; param: string | null; code: number };
}

/** Body of an error of `POST /v1/ranking`. */
export interface NimErrorBody {
  error: string;
}

/** Body of an error at `/voyage`. */
export interface VoyageErrorBody {
  detail: string;
}

/** Body of an error at `/pinecone`. */
export interface PineconeErrorBody {
  status: number;
  error: { code: string; message: string };
}

/** Body of an error of `POST /score`. */
export interface AzureMlErrorBody {
  message: string;
}

/**
 * Row of an answer of `POST /score` to generations A and B of Azure ML's request, in column 0: the best label, or of a multi-label
 * model the labels whose sigmoid is at least 0.5, or of a token classifier the tag of each word between spaces. Several are written
 * as Python writes a list: `['O', 'B-LOC']`.
 */
export type AzureMlLabelRow = {
  "0": string;
  /**
   * Only if the request asks with `return_scores` in its parameters: the score of the label as {@link AzureMlScore} has it; of several
   * labels or of a token classifier a list, one a label or word of column 0.
   */
  score?: number | number[];
};

/**
 * A label with its score. A row of an answer of `POST /score` to generation C is the best one, or a list of them if the request asks
 * with `params.top_k` or `params.return_all_scores`.
 */
export interface AzureMlScore {
  label: string;
  /** Sigmoid of a logit alone or of a multi-label model, softmax of others, unless `params.function_to_apply` says otherwise. */
  score: number;
}

/** A labelled token: of a token classifier, a row of an answer of `POST /score` to generation C is a list of them. */
export interface AzureMlEntity {
  entity: string;
  /** The label's softmax. */
  score: number;
  /** Place among the model's tokens; [CLS] is 0. */
  index: number;
  /** The model's token, `##` and all; of a word it does not know, its text. */
  word: string;
  /** In code points of the text, as Python counts; `end` is after the last. */
  start: number;
  end: number;
}

/** Tokens of one label in a row: in place of {@link AzureMlEntity} with a `params.aggregation_strategy` other than "none". */
export interface AzureMlEntityGroup {
  /** The label without its `B-` or `I-`. */
  entity_group: string;
  /** Mean of the scores of its tokens, or of its words. */
  score: number;
  /** The model's tokens, joined. */
  word: string;
  /** In code points of the text, as Python counts; `end` is after the last. */
  start: number;
  end: number;
}

/** Row of an answer of `POST /score`. */
export type AzureMlRow =
  | AzureMlLabelRow
  | AzureMlScore
  | AzureMlScore[]
  | AzureMlEntity[]
  | AzureMlEntityGroup[];

/** Body of `POST /predict`, in TEI's form. Further fields are ignored. */
export interface TeiPredictRequestBody {
  /** A text; a list of one text; a list of two, which is one pair; or a list of such lists. */
  inputs: string | readonly string[] | readonly (readonly string[])[];
  /** Whether an input is cut to the model's window, else it is refused. Default true. */
  truncate?: boolean | null;
  /** Where it is cut. Default "Right". */
  truncation_direction?: "Left" | "left" | "Right" | "right" | null;
  /** Scores are the model's logits. Default false. */
  raw_scores?: boolean | null;
}

/** A label of an input: the answer of `POST /predict` is a list of them, best first, or for a list of lists a list of such lists. */
export interface TeiPrediction {
  /** Sigmoid of a logit alone or of a multi-label model, softmax of others; any finite number with `raw_scores`. */
  score: number;
  label: string;
}

/** Body of `POST /tokenize`, in TEI's form. Further fields are ignored. */
export interface TeiTokenizeRequestBody {
  inputs: string | readonly string[];
  /** Whether [CLS] and [SEP] are put around each text. Default true. */
  add_special_tokens?: boolean | null;
}

/** A token of a text: the answer of `POST /tokenize` is one list of them a text. */
export interface TeiToken {
  id: number;
  /** What stands there in the text; of a special token its name. */
  text: string;
  /** Whether it was put around the text. */
  special: boolean;
  /** In code points of the text; null of a special token. */
  start: number | null;
  /** After the last code point; null of a special token. */
  stop: number | null;
}

/** Body of an error of TEI's routes. */
export interface TeiErrorBody {
  error: string;
  error_type: "Empty" | "Validation" | "Tokenizer" | "Backend" | "Overloaded" | "Unhealthy";
}

/** Body of an error of every other route, and of a path that does not exist. */
export interface ErrorBody {
  code: string;
  message: string;
  param?: string;
  requestId: string;
}

/** Answer of vLLM's `POST /v1/score`. */
export interface VllmScoreResponseBody {
  id: string;
  object: "list";
  /** Seconds since 1970. */
  created: number;
  model: string;
  /** In the request's order. */
  data: {
    index: number;
    object: "score";
    /** In [0, 1]; any finite number with `use_activation: false`. */
    score: number;
  }[];
  usage: { prompt_tokens: number; total_tokens: number };
}

/** Answer of `GET /v1/models` and `/models`, and with Infinity's models of `/infinity/models`. */
export interface ModelList<Model = OpenAiModel> {
  object: "list";
  /** The one model under each of its names, its own first. */
  data: Model[];
}

export interface OpenAiModel {
  id: string;
  object: "model";
  /** When the list was made, in seconds since 1970. */
  created: number;
  owned_by: string;
}

/** A model as Infinity lists it. */
export interface InfinityModel extends OpenAiModel {
  /** Of the isolate that answers. */
  stats: {
    /** Of the queue's room, in [0, 1]. */
    queue_fraction: number;
    /** Requests. */
    queue_absolute: number;
    results_pending: number;
    /** Documents of a request at most. */
    batch_size: number;
  };
  backend: string;
  capabilities: readonly ("rerank" | "classify")[];
}

/** What TEI says in `GET /info` beside its version. */
export interface TeiInfo {
  model_id: string;
  /** SHA-256 of the packed weights. */
  model_sha: string;
  model_dtype: "int8";
  served_model_name: string;
  model_type: { reranker: LabelNames } | { classifier: LabelNames };
  /** Requests that are read, wait or are computed in one isolate. */
  max_concurrent_requests: number;
  /** Tokens. */
  max_input_length: number;
  /** Tokens of a request after each input was cut to the model's window. */
  max_batch_tokens: number;
  max_batch_requests: null;
  /** Documents of a request. */
  max_client_batch_size: number;
  auto_truncate: true;
  tokenization_workers: 1;
  sha: null;
  docker_label: null;
}

export interface LabelNames {
  id2label: Readonly<Record<string, string>>;
  label2id: Readonly<Record<string, number>>;
}

/** Body of `GET /info`. */
export interface ServiceInfo extends TeiInfo {
  version: string;
  /** The default model, which the rest describes. */
  model: string;
  /** Names of all models, the default one first: what a request's `model` may be. */
  models: readonly string[];
  /** What the model labels, and how: a `sequence-classification` with one label is a reranker. */
  head: "sequence-classification" | "multi-label-classification" | "token-classification";
  labels: readonly string[];
  /** Tokens of query, document and their three special tokens; the document's end is cut to it. */
  maxSeqLength: number;
  /** By name, with the unit in the name: a character is a UTF-16 unit. */
  limits: Readonly<Record<string, number>>;
  /** Those of batch jobs and of the files they read. */
  jobLimits?: Readonly<Record<string, number>>;
  /** Where requests for the default model are computed. */
  routing: RoutingInfo | MisconfiguredRouting;
}

/** Where requests for the default model are computed: at the edge or by a backend. */
export interface RoutingInfo {
  /** Tokens up to which a request is computed at the edge. Without a backend all are, up to the limit `maxEdgeTokens`. */
  edge_max_tokens: number;
  /** Tokens up to which the edge stands in for a backend that fails. */
  edge_fallback_max_tokens: number;
  /** Milliseconds of a request without the header x-request-timeout-ms. */
  request_timeout_ms: number;
  /** Where scores are kept for requests that ask the same. */
  score_cache: "off" | "cache" | "kv";
  /** Null: there is none. */
  backend: BackendInfo | null;
  /** What follows from all this, in sentences for people. */
  rule: string;
}

/** What stands behind the edge. */
export interface BackendInfo {
  /** How it is spoken to, such as "tei". */
  protocol: string;
  /** Documents of one call at most; a larger request is split. */
  max_documents: number;
  /** Tokens of one call at most, by an estimate from characters. */
  max_tokens: number;
  /** Calls of one request that are under way at once. */
  max_concurrency: number;
  /** Milliseconds of one call. */
  timeout_ms: number;
  /** As the isolate that answers has seen it: "open" lets nothing through for a while, "half-open" lets one request try. */
  circuit: "closed" | "open" | "half-open";
}

/** A service that is not set up right: it refuses all scoring. */
export interface MisconfiguredRouting {
  /** What is wrong, a sentence each. */
  misconfigured: readonly string[];
}
