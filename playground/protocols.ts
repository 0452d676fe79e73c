/** The protocols that the page can speak: where a request goes, how its body is made and its answer read. Pure. */
import type { Scored } from "./ranking.ts";

/** What a person asks for. */
export interface Question {
  query: string;
  documents: readonly string[];
  /** Results wanted; absent means all. */
  topN?: number;
  /** Logits instead of their sigmoids. */
  rawScores: boolean;
}

export interface Protocol {
  /** Stable. */
  id: string;
  name: string;
  path: string;
  /** What of a question the protocol has no word for. */
  lacks: readonly ("topN" | "rawScores")[];
  /** The scores are logits, asked for or not. */
  logits?: true;
  request(question: Question): object;
  /** @param answer - A body with status 200 that this protocol's server sent. */
  scores(answer: never): Scored[];
}

interface Relevant {
  index: number;
  relevance_score: number;
}

const relevance = ({ index, relevance_score }: Relevant): Scored => ({
  index,
  score: relevance_score,
});

/** Cohere's form, which most others took over. */
const cohere = ({ query, documents, topN, rawScores }: Question): object => ({
  query,
  documents,
  ...(topN !== undefined && { top_n: topN }),
  ...(rawScores && { raw_scores: true }),
});

const textsOf = (documents: readonly string[]): object[] => documents.map((text) => ({ text }));

/** The first is the default. */
export const PROTOCOLS: readonly [Protocol, ...Protocol[]] = [
  {
    id: "jina",
    name: "Jina",
    path: "/v1/rerank",
    lacks: [],
    request: cohere,
    scores: ({ results }: { results: Relevant[] }) => results.map(relevance),
  },
  {
    id: "cohere",
    name: "Cohere v2",
    path: "/v2/rerank",
    lacks: [],
    request: cohere,
    scores: ({ results }: { results: Relevant[] }) => results.map(relevance),
  },
  {
    id: "tei",
    name: "TEI",
    path: "/rerank",
    lacks: ["topN"],
    request: ({ query, documents, rawScores }) => ({
      query,
      texts: documents,
      ...(rawScores && { raw_scores: true }),
    }),
    scores: (rows: Scored[]) => rows.map(({ index, score }) => ({ index, score })),
  },
  {
    id: "infinity",
    name: "Infinity",
    path: "/infinity/rerank",
    lacks: [],
    request: cohere,
    scores: ({ results }: { results: Relevant[] }) => results.map(relevance),
  },
  {
    id: "vllm",
    name: "vLLM",
    path: "/vllm/rerank",
    lacks: [],
    request: ({ query, documents, topN, rawScores }) => ({
      query,
      documents,
      ...(topN !== undefined && { top_n: topN }),
      ...(rawScores && { use_activation: false }),
    }),
    scores: ({ results }: { results: Relevant[] }) => results.map(relevance),
  },
  {
    id: "nim",
    name: "NVIDIA NIM",
    path: "/v1/ranking",
    lacks: ["topN", "rawScores"],
    logits: true,
    request: ({ query, documents }) => ({
      query: { text: query },
      passages: textsOf(documents),
      truncate: "END",
    }),
    scores: ({ rankings }: { rankings: { index: number; logit: number }[] }) =>
      rankings.map(({ index, logit }) => ({ index, score: logit })),
  },
  {
    id: "voyage",
    name: "Voyage",
    path: "/voyage/v1/rerank",
    lacks: [],
    request: ({ query, documents, topN, rawScores }) => ({
      query,
      documents,
      ...(topN !== undefined && { top_k: topN }),
      ...(rawScores && { raw_scores: true }),
    }),
    scores: ({ data }: { data: Relevant[] }) => data.map(relevance),
  },
  {
    id: "pinecone",
    name: "Pinecone",
    path: "/pinecone/rerank",
    lacks: [],
    request: (question) => ({
      ...cohere(question),
      documents: textsOf(question.documents),
      return_documents: false,
    }),
    scores: ({ data }: { data: Scored[] }) => data.map(({ index, score }) => ({ index, score })),
  },
  {
    id: "azure-ml",
    name: "Azure ML",
    path: "/score",
    lacks: ["topN"],
    request: ({ query, documents, rawScores }) => ({
      input_data: documents.map((text_pair) => ({ text: query, text_pair })),
      ...(rawScores && { params: { function_to_apply: "none" } }),
    }),
    scores: (rows: { score: number }[]) => rows.map(({ score }, index) => ({ index, score })),
  },
];

/** @param id - Of one of {@link PROTOCOLS}; any other means the default. */
export function protocolOf(id: string): Protocol {
  return PROTOCOLS.find((protocol) => protocol.id === id) ?? PROTOCOLS[0];
}
