/** The routes that rank. */
import {
  cohereErrors,
  infinityErrors,
  jinaErrors,
  nimErrors,
  pineconeErrors,
  rerankErrors,
  teiErrors,
  vllmErrors,
  voyageErrors,
} from "./error-formats.ts";
import { RARE_RANKING_HEADERS, SCORING_HEADERS, TEI_HEADERS } from "./answer-headers.ts";
import { RANKING } from "./failures.ts";
import { either, type NamedSchema } from "./json-schema.ts";
import type { ErrorFormat, Example, Operation } from "./operation.ts";
import { SCORING_PARAMETERS } from "./request-headers.ts";
import * as answers from "./rerank-answers.ts";
import * as requests from "./rerank-requests.ts";

const QUERY = "Why does iron rust?";
const TEXTS = [
  "The Iron Bridge was opened in 1781.",
  "Rust forms when iron reacts with oxygen and water.",
];

const plain: Example = { body: { query: QUERY, documents: TEXTS } };
const best: Example = {
  body: { query: QUERY, documents: TEXTS, top_n: 1, return_documents: true },
};
const queries: Example = {
  body: { queries: [QUERY, "When was the bridge opened?"], documents: TEXTS },
};
const objects: Example = {
  body: {
    query: QUERY,
    documents: TEXTS.map((text, index) => ({ id: `hit-${index}`, text })),
    details: true,
  },
};
const windows: Example = {
  body: { query: QUERY, documents: TEXTS, long_documents: "max_window", raw_scores: true },
};
const tenant: Example = {
  body: { query: QUERY, documents: TEXTS, fail_open: true, cache_scope: "tenant-7" },
};
const vllm: Example = { body: { query: QUERY, documents: TEXTS, use_activation: false } };
const tei: Example = { body: { query: QUERY, texts: TEXTS, return_text: true } };
const voyage: Example = {
  body: { query: QUERY, documents: TEXTS, top_k: 1, return_documents: true },
};
const nim: Example = {
  body: { query: { text: QUERY }, passages: TEXTS.map((text) => ({ text })), truncate: "END" },
};
const pinecone: Example = {
  body: {
    query: QUERY,
    documents: TEXTS.map((text, index) => ({ id: `hit-${index}`, text })),
    parameters: { truncate: "END" },
  },
};

const own = { plain, best, queries, objects, windows, tenant };

/** A protocol as the document sees it. */
interface Protocol {
  summary: string;
  request: NamedSchema;
  answer: NamedSchema;
  errors: readonly ErrorFormat[];
  examples: Readonly<Record<string, Example>>;
  headers?: Readonly<Record<string, string>>;
}

const shared: Protocol = {
  summary: "Rank documents, as Cohere and Jina have it; also vLLM's body",
  request: either("RerankRequest", requests.cohereRequest, requests.vllmRequest),
  answer: either("SharedRerankAnswer", answers.rerankAnswer, answers.vllmAnswer),
  errors: [rerankErrors, vllmErrors],
  examples: { ...own, vllm },
};

const unversioned: Protocol = {
  summary: "Rank documents, as Cohere, Jina, vLLM or TEI have it",
  request: either(
    "AnyRerankRequest",
    requests.cohereRequest,
    requests.vllmRequest,
    requests.teiRequest,
  ),
  answer: either("AnyRerankAnswer", answers.rerankAnswer, answers.vllmAnswer, answers.teiAnswer),
  errors: [rerankErrors, vllmErrors, teiErrors],
  examples: { ...own, vllm, tei },
  headers: TEI_HEADERS,
};

const cohere: Protocol = {
  summary: "Rank documents, exactly as Cohere has it",
  request: requests.cohereRequest,
  answer: answers.cohereAnswer,
  errors: [cohereErrors],
  examples: own,
};

const vllmOnly: Protocol = {
  summary: "Rank documents, as vLLM has it",
  request: requests.vllmRequest,
  answer: answers.vllmAnswer,
  errors: [vllmErrors],
  examples: { plain, vllm },
};

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  "/v1/rerank": shared,
  "/v2/rerank": shared,
  "/rerank": unversioned,
  "/cohere/v1/rerank": cohere,
  "/cohere/v2/rerank": cohere,
  "/jina/v1/rerank": {
    summary: "Rank documents, exactly as Jina has it",
    request: requests.cohereRequest,
    answer: answers.jinaAnswer,
    errors: [jinaErrors],
    examples: own,
  },
  "/infinity/rerank": {
    summary: "Rank documents, as Infinity has it",
    request: requests.infinityRequest,
    answer: answers.infinityAnswer,
    errors: [infinityErrors],
    examples: { plain, best },
  },
  "/vllm/rerank": vllmOnly,
  "/vllm/v1/rerank": vllmOnly,
  "/vllm/v2/rerank": vllmOnly,
  "/tei/rerank": {
    summary: "Rank texts, as Text Embeddings Inference has it",
    request: requests.teiRequest,
    answer: answers.teiAnswer,
    errors: [teiErrors],
    examples: { tei },
    headers: TEI_HEADERS,
  },
  "/v1/ranking": {
    summary: "Rank passages, as NVIDIA NIM has it",
    request: requests.nimRequest,
    answer: answers.nimAnswer,
    errors: [nimErrors],
    examples: { nim },
  },
  "/voyage/v1/rerank": {
    summary: "Rank documents, as Voyage has it",
    request: requests.voyageRequest,
    answer: answers.voyageAnswer,
    errors: [voyageErrors],
    examples: { plain, voyage },
  },
  "/pinecone/rerank": {
    summary: "Rank documents, as Pinecone has it",
    request: requests.pineconeRequest,
    answer: answers.pineconeAnswer,
    errors: [pineconeErrors],
    examples: { plain, pinecone },
  },
};

export const RERANK_OPERATIONS: readonly Operation[] = Object.entries(PROTOCOLS).map(
  ([path, { summary, request, answer, errors, examples, headers }]) => ({
    method: "post",
    path,
    tag: "Rank",
    summary,
    parameters: SCORING_PARAMETERS,
    request,
    examples,
    answer: {
      description: "The documents by descending score.",
      schema: answer,
      headers: headers ?? SCORING_HEADERS,
      rareHeaders: RARE_RANKING_HEADERS,
    },
    failures: errors.includes(teiErrors) ? [...RANKING, "empty_list"] : RANKING,
    errors,
  }),
);
