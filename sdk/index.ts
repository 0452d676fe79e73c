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

/** Row of an answer of `POST /score` to generations A and B of Azure ML's request: the label alone, in column 0. */
export type AzureMlLabelRow = { "0": string };

/** Row of an answer of `POST /score` to generation C. One label: the sigmoid of its logit; more: the best label's softmax. */
export interface AzureMlScoreRow {
  label: string;
  score: number;
}

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
  /** One label: a reranker. */
  labels: readonly string[];
  /** Tokens of query, document and their three special tokens; the document's end is cut to it. */
  maxSeqLength: number;
  /** By name, with the unit in the name: a character is a UTF-16 unit. */
  limits: Readonly<Record<string, number>>;
}
