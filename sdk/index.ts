/**
 * Types of the rerank service's wire contract: request and answer bodies as JSON has them. Names are the wire's own.
 */

/** Body of `POST /v1/rerank`, also at `/v2/rerank` and `/rerank`: Cohere's and Jina's form. Further fields are ignored. */
export interface RerankRequestBody {
  /** Absent or "default": the model that the service has. A name it does not know is refused. */
  model?: string | null;
  query: string;
  documents: readonly (string | { text: string })[];
  /** Results wanted, at least 1. Default, and if there are fewer documents: all. */
  top_n?: number | null;
  /** Default false. */
  return_documents?: boolean | null;
  /** Scores are the model's logits, not their sigmoids. Default false. */
  raw_scores?: boolean | null;
}

export interface RerankResult {
  /** Place in the request's documents, from 0. */
  index: number;
  /** In [0, 1], not calibrated; any finite number with `raw_scores`. */
  relevance_score: number;
  /** Only if the request asked with `return_documents`. */
  document?: { text: string };
}

export interface RerankResponseBody {
  /** Same as the header x-request-id. */
  id: string;
  model: string;
  /** By descending score; documents of equal score in the request's order. */
  results: RerankResult[];
  /** Tokens the model read, special ones included. */
  usage: { prompt_tokens: number; total_tokens: number };
  meta: {
    tokens: { input_tokens: number };
    /** One sentence each; only if there are any. */
    warnings?: string[];
    /** Documents that did not fit the model's window, and how many tokens of query and document it did not see; only if there are any. */
    truncated?: { index: number; query_tokens_cut: number; document_tokens_cut: number }[];
  };
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

/** Body of an error of `POST /score`. */
export interface AzureMlErrorBody {
  message: string;
}

/**
 * Row of an answer of `POST /score` to generations A and B of Azure ML's request, in column 0: the best label, or of a multi-label
 * model the labels whose sigmoid is at least 0.5, or of a token classifier the tag of each word between spaces. Several are written
 * as Python writes a list: `['O', 'B-LOC']`.
 */
export type AzureMlLabelRow = { "0": string };

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

/** Body of an error of every other route, and of a path that does not exist. */
export interface ErrorBody {
  code: string;
  message: string;
  param?: string;
  requestId: string;
}

/** Body of `GET /info`. */
export interface ServiceInfo {
  version: string;
  model: string;
  /** What the model labels, and how: a `sequence-classification` with one label is a reranker. */
  head: "sequence-classification" | "multi-label-classification" | "token-classification";
  labels: readonly string[];
  /** Tokens of query, document and their three special tokens; the document's end is cut to it. */
  maxSeqLength: number;
  /** By name, with the unit in the name: a character is a UTF-16 unit. */
  limits: Readonly<Record<string, number>>;
}
