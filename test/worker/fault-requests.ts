/** Requests whose right answers are known, whoever computes them. */
import { loadCrossEncoder } from "../../engine/index.ts";
import { engineModule } from "../fixtures/engine.ts";
import { syntheticModel } from "../fixtures/synthetic-model.ts";
import { sigmoid, upstreamLogit } from "../upstream/faulty-upstream.ts";

/** The edge's model. */
export const SMALL_MODEL = syntheticModel({
  name: "small ranker",
  hiddenSize: 32,
  numLayers: 1,
  numHeads: 2,
  intermediateSize: 64,
  vocabSize: 500,
  maxSeqLength: 512,
  labels: 1,
  seed: 1,
});

export interface RankRequest {
  query: string;
  documents: string[];
}

/** Any word of a request. */
export const REQUEST_WORD = /\bw\d{3}\b/;

/** Words of a document, each of which is a token. */
const WORDS = 20;

/** Tokens of a pair: its document's, two of the query and three special ones. An estimate from the characters is about the same. */
export const PAIR_TOKENS = WORDS + 5;

/**
 * @param number - Less than 90,000; requests of different numbers have no pair in common.
 * @param words - Of each document.
 */
export function rankRequest(documents: number, number = 0, words = WORDS): RankRequest {
  return {
    query: `w${100 + (number % 300)} w${100 + Math.floor(number / 300)}`,
    documents: Array.from({ length: documents }, (_, index) =>
      Array.from({ length: words }, (_word, place) => wordOf(7_919 * number + index, place)).join(
        " ",
      ),
    ),
  };
}

/** One of the words that the model knows, w100 to w259: those of a document spell its number in digits of 3 bits. */
function wordOf(document: number, place: number): string {
  const digit = Math.floor(document / 8 ** (place % 10)) % 8;
  return `w${100 + 8 * (place % 20) + digit}`;
}

/** Scores in the documents' order as the backend means them. */
export function backendScores({ query, documents }: RankRequest): number[] {
  return documents.map((document) => sigmoid(upstreamLogit(query, document)));
}

const engine = await loadCrossEncoder(engineModule, SMALL_MODEL);

/** The same by the edge's model. */
export function edgeScores({ query, documents }: RankRequest): number[] {
  return [...engine.score(documents.map((document) => [query, document]))].map(sigmoid);
}
