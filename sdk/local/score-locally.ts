/** `POST /score`, computed here: labels and scores of texts and pairs, as an Azure ML endpoint answers them. */
import type { CrossEncoder, Head } from "../../engine/index.ts";
import { bestColumn, scoreFunctionOf, scoresOf } from "../../engine/scores.ts";
import type { AzureMlLabelRow, AzureMlScore } from "../wire.ts";
import { readPairs, type Ending } from "./read-pairs.ts";
import { requestError } from "./request-error.ts";
import { parseScoreBody, type PipelineParameters } from "./score-body.ts";

/** One row a row of the request. @throws RerankError */
export async function scoreLocally(
  encoder: CrossEncoder,
  body: unknown,
  ending: Ending,
): Promise<(AzureMlLabelRow | AzureMlScore | AzureMlScore[])[]> {
  const { head } = encoder.manifest;
  if (head.kind !== "sequence-classification")
    throw requestError(
      424,
      "no_text_labels",
      `Local mode scores with rerankers and text classifiers of which one label is right; the model is for ${head.kind}: use a service for it.`,
    );
  const { pairs, pipeline, returnScores } = parseScoreBody(body);
  const readings = await readPairs(encoder, pairs, ending);
  return readings.map(({ logits }) =>
    pipeline === null ? labelRow(logits, head, returnScores) : scoreRow(logits, head, pipeline),
  );
}

/** To generations A and B. @param logits - [labels] */
function labelRow(logits: Float32Array, head: Head, returnScores: boolean): AzureMlLabelRow {
  const best = bestColumn(logits);
  const row = { "0": head.labels[best]! };
  return returnScores ? { ...row, score: scoresOf(logits, scoreFunctionOf(head))[best]! } : row;
}

/** To generation C: what `TextClassificationPipeline` gives. @param logits - [labels] */
function scoreRow(
  logits: Float32Array,
  head: Head,
  { scoreFunction, topK, returnAllScores }: PipelineParameters,
): AzureMlScore | AzureMlScore[] {
  const scores = scoresOf(logits, scoreFunction ?? scoreFunctionOf(head));
  const all = head.labels.map((label, column) => ({ label, score: scores[column]! }));
  if (topK === undefined) return returnAllScores ? all : all[bestColumn(logits)]!;
  const best = all.sort((a, b) => b.score - a.score);
  return topK === null || returnAllScores ? best : best.slice(0, topK);
}
