import { azureMlUpstreams } from "../../../worker/protocols/azure-ml.ts";
import { cohereUpstream } from "../../../worker/protocols/cohere.ts";
import { infinityUpstream } from "../../../worker/protocols/infinity.ts";
import { jinaUpstream } from "../../../worker/protocols/jina.ts";
import { nimUpstream } from "../../../worker/protocols/nim.ts";
import { rerankUpstream } from "../../../worker/protocols/rerank.ts";
import { teiUpstream } from "../../../worker/protocols/tei-rerank.ts";
import type {
  ScoreScale,
  UpstreamProtocol,
  UpstreamReading,
} from "../../../worker/protocols/upstream-protocol.ts";
import { vllmUpstream } from "../../../worker/protocols/vllm.ts";
import { workersAiUpstream } from "../../../worker/protocols/workers-ai.ts";

/** A protocol as its server is seen: the answer it gives for results. */
export interface UpstreamForm {
  protocol: UpstreamProtocol;
  scale: ScoreScale;
  /** What a result has its score in, and its index; no index: results stand in the order of the call. */
  fields: { index?: string; score: string };
  /** The answer that has such results. */
  answer(results: unknown): unknown;
  headers?: HeadersInit;
  /** Tokens that the answer tells. */
  tokens: number | null;
}

const RESULTS = { index: "index", score: "relevance_score" };
const usage = { prompt_tokens: 12, total_tokens: 12 };

export const UPSTREAM_FORMS: Readonly<Record<string, UpstreamForm>> = {
  tei: {
    protocol: teiUpstream,
    scale: "score",
    fields: { index: "index", score: "score" },
    answer: (results) => results,
    headers: { "x-compute-tokens": "12" },
    tokens: 12,
  },
  infinity: {
    protocol: infinityUpstream,
    scale: "score",
    fields: RESULTS,
    answer: (results) => ({ object: "rerank", results, model: "m", usage, id: "i", created: 1 }),
    tokens: 12,
  },
  vllm: {
    protocol: vllmUpstream,
    scale: "logit",
    fields: RESULTS,
    answer: (results) => ({ id: "rerank-1", model: "m", usage, results }),
    tokens: 12,
  },
  cohere: {
    protocol: cohereUpstream,
    scale: "score",
    fields: RESULTS,
    answer: (results) => ({ id: "i", results, meta: { tokens: { input_tokens: 12 } } }),
    tokens: 12,
  },
  "Azure AI Foundry": {
    protocol: cohereUpstream,
    scale: "score",
    fields: RESULTS,
    answer: (results) => ({ id: "i", results, meta: { billed_units: { search_units: 1 } } }),
    tokens: null,
  },
  jina: {
    protocol: jinaUpstream,
    scale: "score",
    fields: RESULTS,
    answer: (results) => ({ model: "m", object: "list", usage, results }),
    tokens: 12,
  },
  nim: {
    protocol: nimUpstream,
    scale: "logit",
    fields: { index: "index", score: "logit" },
    answer: (rankings) => ({ rankings, usage }),
    tokens: 12,
  },
  "workers-ai, binding": {
    protocol: workersAiUpstream,
    scale: "logit",
    fields: { index: "id", score: "score" },
    answer: (response) => ({ response }),
    tokens: null,
  },
  "workers-ai, REST": {
    protocol: workersAiUpstream,
    scale: "logit",
    fields: { index: "id", score: "score" },
    answer: (response) => ({ result: { response }, success: true, errors: [], messages: [] }),
    tokens: null,
  },
  rerank: {
    protocol: rerankUpstream,
    scale: "logit",
    fields: RESULTS,
    answer: (results) => ({ id: "i", model: "m", results, usage, meta: {} }),
    tokens: 12,
  },
  "azure-ml, generation A": {
    protocol: azureMlUpstreams.a,
    scale: "score",
    fields: { score: "score" },
    answer: (results) => results,
    tokens: null,
  },
  "azure-ml, generation B": {
    protocol: azureMlUpstreams.b,
    scale: "score",
    fields: { score: "score" },
    answer: (results) => results,
    tokens: null,
  },
  "azure-ml, generation C": {
    protocol: azureMlUpstreams.c,
    scale: "score",
    fields: { score: "score" },
    answer: (results) => results,
    tokens: null,
  },
};

/** What a form's protocol reads from a body that its server sent. */
export function readBody(
  { protocol, headers = {} }: UpstreamForm,
  body: unknown,
  pairs: number,
): UpstreamReading {
  return protocol.read({ body, headers: new Headers(headers) }, pairs);
}
