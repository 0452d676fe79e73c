/** `POST /v2/rerank`, computed here. */
import type { CrossEncoder } from "../../engine/index.ts";
import { rank, sigmoid } from "../../engine/scores.ts";
import type { RerankManyResponseBody, RerankResponseBody, RerankResult } from "../wire.ts";
import { readPairs, type Ending, type PairReading } from "./read-pairs.ts";
import { requestError } from "./request-error.ts";
import { checkModelName, parseRerankBody, type RerankTask } from "./rerank-body.ts";

/** The service's answer without what only its own log and Cohere's clients read. */
type LocalRanking = Omit<RerankResponseBody, "id" | "meta">;

/** @throws RerankError */
export async function rerankLocally(
  encoder: CrossEncoder,
  body: object,
  ending: Ending,
): Promise<LocalRanking | RerankManyResponseBody<LocalRanking>> {
  const task = parseRerankBody(body);
  const { queries, documents, fit } = task;
  const { name, head } = encoder.manifest;
  checkModelName(task.model, name);
  if (head.labels.length !== 1)
    throw requestError(
      424,
      "not_a_ranker",
      `The model classifies texts into ${head.labels.length} labels; only one with a single label can rank.`,
    );
  const pairs = queries.flatMap((query) => documents.map((document) => ({ query, document })));
  const readings = await readPairs(encoder, pairs, ending, fit);
  const rankings = queries.map((_, query): LocalRanking => {
    const own = readings.slice(query * documents.length, (query + 1) * documents.length);
    const results = resultsOf(own, task, encoder);
    return { model: name, results, usage: usageOf(own) };
  });
  return task.isList ? { object: "list", data: rankings, usage: usageOf(readings) } : rankings[0]!;
}

function resultsOf(
  readings: readonly PairReading[],
  { documents, topN, minScore, rawScores, details, fit }: RerankTask,
  { tokenizer }: CrossEncoder,
): RerankResult[] {
  const logits = readings.map((reading) => reading.logits[0]!);
  return rank(logits)
    .slice(0, topN)
    .filter((index) => sigmoid(logits[index]!) >= minScore)
    .map((index): RerankResult => {
      const logit = logits[index]!;
      const reading = readings[index]!;
      return {
        index,
        relevance_score: rawScores ? logit : sigmoid(logit),
        ...(details && detailsOf(reading)),
        ...(fit.longDocuments === "max_window" && {
          window: rangeOf(documents[index]!, reading, tokenizer),
        }),
      };
    });
}

function detailsOf({ tokens, truncated, queryTokensCut, documentTokensCut }: PairReading) {
  return {
    tokens,
    truncated,
    query_tokens_cut: queryTokensCut,
    document_tokens_cut: documentTokensCut,
  };
}

/** Where a window's tokens stand in their text; of a text without tokens, its start. */
function rangeOf(
  text: string,
  { start, end }: PairReading,
  tokenizer: CrossEncoder["tokenizer"],
): { start: number; end: number } {
  const { starts, ends } = tokenizer.align(text.toWellFormed(), end);
  return { start: starts[start] ?? 0, end: ends[end - 1] ?? 0 };
}

function usageOf(readings: readonly PairReading[]): LocalRanking["usage"] {
  const tokens = readings.reduce((sum, reading) => sum + reading.tokens, 0);
  return { prompt_tokens: tokens, total_tokens: tokens };
}
