/** Requests of every protocol with the answer that each must get. */
import { sigmoid } from "../../engine/scores.ts";
import { draw, type Random } from "./arrivals.ts";
import type { LoadCaller } from "./callers.ts";

export interface MixedRequest {
  path: string;
  /** JSON, or what a caller takes for it. */
  body: string;
  /** The answer's scores, in the order of {@link expected}; throws if it has another form. Undefined: it is to be refused. */
  scoresOf?: (answer: unknown) => number[];
  expected: readonly number[];
  /** Milliseconds after which the caller hangs up; undefined: it waits. */
  hangUpMs?: number;
}

/** A draw of one caller's documents for one of its queries. */
interface Draw {
  query: string;
  documents: string[];
  /** In the order of the documents. */
  logits: number[];
  caller: LoadCaller;
}

type Maker = (draw: Draw, random: Random) => MixedRequest;

interface Ranked {
  index: number;
  relevance_score?: number;
  score?: number;
  logit?: number;
}

const RERANK_PATHS = [
  "/v1/rerank",
  "/v2/rerank",
  "/rerank",
  "/cohere/v1/rerank",
  "/cohere/v2/rerank",
  "/jina/v1/rerank",
  "/infinity/rerank",
  "/vllm/rerank",
  "/vllm/v1/rerank",
  "/vllm/v2/rerank",
  "/voyage/v1/rerank",
  "/pinecone/rerank",
];

const scores = ({ logits }: Draw): number[] => logits.map(sigmoid);

/** Of a ranking, wherever the protocol has it. */
function byIndex(answer: unknown): number[] {
  const { results, data, rankings } = answer as Record<string, Ranked[] | undefined>;
  const list = Array.isArray(answer) ? (answer as Ranked[]) : (results ?? data ?? rankings)!;
  return list
    .toSorted((one, other) => one.index - other.index)
    .map(({ relevance_score, score, logit }) => (relevance_score ?? score ?? logit)!);
}

const rerank: Maker = (drawn, random) => {
  const path = pick(RERANK_PATHS, random);
  const { query, documents } = drawn;
  const body = { query, documents, ...(random() < 0.3 && { return_documents: true }) };
  return { path, body: JSON.stringify(body), scoresOf: byIndex, expected: scores(drawn) };
};

const logits: Maker = (drawn) => {
  const { query, documents } = drawn;
  const body = JSON.stringify({ query, documents, raw_scores: true });
  return { path: "/v1/rerank", body, scoresOf: byIndex, expected: drawn.logits };
};

/** Ids and metadata come back, and must be the caller's own. */
const objects: Maker = (drawn) => {
  const documents = drawn.documents.map((text, index) => ({
    text,
    id: `${drawn.caller.mark}-${index}`,
    metadata: { of: drawn.caller.mark },
  }));
  const body = JSON.stringify({ query: drawn.query, documents });
  return { path: "/v1/rerank", body, scoresOf: byIndex, expected: scores(drawn) };
};

const severalQueries: Maker = (drawn) => {
  const { query, documents } = drawn;
  const body = JSON.stringify({ queries: [query, query], documents });
  const scoresOf = (answer: unknown): number[] =>
    (answer as { data: unknown[] }).data.flatMap(byIndex);
  return { path: "/v1/rerank", body, scoresOf, expected: [...scores(drawn), ...scores(drawn)] };
};

const tei: Maker = (drawn, random) => {
  const body = JSON.stringify({ query: drawn.query, texts: drawn.documents, return_text: true });
  const path = pick(["/tei/rerank", "/rerank"], random);
  return { path, body, scoresOf: byIndex, expected: scores(drawn) };
};

const nim: Maker = (drawn) => {
  const passages = drawn.documents.map((text) => ({ text }));
  const body = JSON.stringify({ model: "default", query: { text: drawn.query }, passages });
  return { path: "/v1/ranking", body, scoresOf: byIndex, expected: drawn.logits };
};

const predict: Maker = (drawn, random) => {
  const body = JSON.stringify({
    inputs: drawn.documents.map((document) => [drawn.query, document]),
  });
  const scoresOf = (answer: unknown): number[] =>
    (answer as { score: number }[][]).map(([best]) => best!.score);
  const path = pick(["/predict", "/tei/predict"], random);
  return { path, body, scoresOf, expected: scores(drawn) };
};

const azureColumns: Maker = (drawn) => {
  const body = JSON.stringify({
    inputs: { query: drawn.documents.map(() => drawn.query), document: drawn.documents },
    parameters: { return_scores: true },
  });
  return { path: "/score", body, scoresOf: scoresOfRows, expected: scores(drawn) };
};

const azurePairs: Maker = (drawn) => {
  const body = JSON.stringify({
    input_data: drawn.documents.map((document) => ({ text: drawn.query, text_pair: document })),
  });
  return { path: "/score", body, scoresOf: scoresOfRows, expected: scores(drawn) };
};

function scoresOfRows(answer: unknown): number[] {
  return (answer as { score: number }[]).map(({ score }) => score);
}

const vllmScore: Maker = (drawn, random) => {
  const body = JSON.stringify({ text_1: drawn.query, text_2: drawn.documents });
  const path = pick(["/v1/score", "/vllm/score", "/score"], random);
  const scoresOf = (answer: unknown): number[] => scoresOfRows((answer as { data: unknown }).data);
  return { path, body, scoresOf, expected: scores(drawn) };
};

/** Wrong in one way or another, with texts in it that an error could quote. */
const bad: Maker = ({ query, documents, caller }, random) => {
  const body = pick(
    [
      JSON.stringify({ query, documents }).slice(0, -2),
      JSON.stringify({ query }),
      JSON.stringify({ query, documents, top_n: caller.mark }),
      JSON.stringify({ query, documents, model: `no/${caller.mark}` }),
      JSON.stringify([query]),
      query,
      "",
    ],
    random,
  );
  return {
    path: pick(["/v1/rerank", "/score", "/predict", "/tei/rerank"], random),
    body,
    expected: [],
  };
};

/** A caller that does not wait for its answer. */
const cancelled: Maker = (drawn, random) => ({
  ...rerank(drawn, random),
  hangUpMs: random() * 10,
});

const MAKERS: readonly { weight: number; make: Maker }[] = [
  { weight: 40, make: rerank },
  { weight: 5, make: logits },
  { weight: 5, make: objects },
  { weight: 5, make: severalQueries },
  { weight: 8, make: tei },
  { weight: 5, make: nim },
  { weight: 7, make: predict },
  { weight: 7, make: azureColumns },
  { weight: 7, make: azurePairs },
  { weight: 7, make: vllmScore },
  { weight: 6, make: bad },
  { weight: 4, make: cancelled },
];

const MOST_DOCUMENTS = 8;

export function drawRequest(caller: LoadCaller, random: Random): MixedRequest {
  const query = Math.floor(random() * caller.queries.length);
  const places = Array.from({ length: 1 + Math.floor(random() * MOST_DOCUMENTS) }, () =>
    Math.floor(random() * caller.documents.length),
  );
  const drawn: Draw = {
    caller,
    query: caller.queries[query]!,
    documents: places.map((place) => caller.documents[place]!),
    logits: places.map((place) => caller.logits[query]![place]!),
  };
  return draw(MAKERS, random).make(drawn, random);
}

function pick<T>(values: readonly T[], random: Random): T {
  return values[Math.floor(random() * values.length)]!;
}
