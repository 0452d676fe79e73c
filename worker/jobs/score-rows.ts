/** Rows of a shard become answers: by the edge's engine or by the backend, as the job's plan has decided for all of its shards. */
import type { Head } from "../../engine/index.ts";
import { DEFAULT_FIT } from "../../engine/fit-pair.ts";
import { bestColumn, rank, scoreFunctionOf, scoresOf, sigmoid } from "../../engine/scores.ts";
import { canExpress } from "../backends/can-express.ts";
import { backendOf } from "../backends/deployed-backends.ts";
import { computeLogits, type TextPair } from "../compute-logits.ts";
import { ok, type Result } from "../errors.ts";
import { headOf } from "../label-pairs.ts";
import type { ServedModel } from "../models.ts";
import { labelRow, tagScoresOf, tagsOf } from "../protocols/azure-ml-rows.ts";
import { pythonList } from "../protocols/python-list.ts";
import { tokensOfPairs } from "../quotas/reserve-pairs.ts";
import type { WorkContext } from "../request-context.ts";
import { tagTexts } from "../tag-texts.ts";
import { sendPatiently } from "./send-patiently.ts";
import type { InputRow, RowAnswer, RowWork } from "./rows.ts";

export interface ScoredRows {
  /** One a row, in their order. */
  answers: RowAnswer[];
  tokens: number;
}

/** Why a model cannot answer a row, whatever stands in it; null if it can. */
export function misfitOf({ kind }: RowWork, { kind: head, labels }: Head): string | null {
  if (head === "token-classification")
    return kind === "text" ? null : "the model labels the tokens of one text, not of a pair";
  return kind === "ranking" && labels.length > 1
    ? `the model has ${labels.length} labels; only one with a single label can rank`
    : null;
}

/**
 * One answer a row.
 * @param rows - None is a misfit of the model.
 */
export async function scoreRows(
  rows: readonly InputRow[],
  model: ServedModel,
  route: "edge" | "backend",
  context: WorkContext,
): Promise<Result<ScoredRows>> {
  const head = headOf(model);
  if (head.kind === "token-classification") return tagRows(rows, model, context);
  const pairs = rows.flatMap(({ work }) => pairsOf(work));
  const logits = await logitsOf(pairs, model, route, context);
  if (!logits.ok) return logits;
  const numLabels = head.labels.length;
  let done = 0;
  const answers = rows.map(({ work }): RowAnswer => {
    const count = pairsOf(work).length;
    const own = logits.value.logits.subarray(done * numLabels, (done + count) * numLabels);
    done += count;
    return work.kind === "ranking" ? ranking(own) : labelled(own, head);
  });
  return ok({ answers, tokens: logits.value.tokens });
}

/** An estimate of the tokens that a model reads of rows. */
export function tokensOfRows(rows: readonly InputRow[], model: ServedModel): number {
  return tokensOfPairs(
    rows.flatMap(({ work }) => pairsOf(work)),
    model,
  );
}

function pairsOf(work: RowWork): TextPair[] {
  switch (work.kind) {
    case "text":
      return [{ query: work.text, document: null }];
    case "pair":
      return [{ query: work.query, document: work.document }];
    case "ranking":
      return work.documents.map((document) => ({ query: work.query, document }));
  }
}

export interface Logits {
  /** [pairs, labels], row-major. */
  logits: Float32Array;
  tokens: number;
}

/** Texts that the backend's protocol cannot carry are computed here, and always: no shard has some of both kinds from both sides. */
async function logitsOf(
  pairs: readonly TextPair[],
  model: ServedModel,
  route: "edge" | "backend",
  context: WorkContext,
): Promise<Result<Logits>> {
  const deployed = backendOf(model);
  const goesThere =
    route === "backend" &&
    deployed !== null &&
    (model.kind === "backend" ||
      canExpress(deployed.backend.protocol, { pairs, fit: DEFAULT_FIT }));
  if (goesThere) return sendPatiently(pairs, deployed, context);
  if (model.kind !== "edge") throw new Error("a backend's model was routed to the edge");
  const numLabels = headOf(model).labels.length;
  const logits = new Float32Array(pairs.length * numLabels);
  const work = await computeLogits(
    pairs,
    model,
    context.turns,
    (index, row) => logits.set(row, index * numLabels),
    DEFAULT_FIT,
    Infinity,
  );
  return work.ok ? ok({ logits, tokens: work.value.tokens }) : work;
}

/** @param logits - [labels] */
function labelled(logits: Float32Array, head: Head): RowAnswer {
  return {
    kind: "labels",
    prediction: labelRow(logits, head)["0"],
    score: scoresOf(logits, scoreFunctionOf(head))[bestColumn(logits)]!,
    labels: head.labels,
    logits: Array.from(logits),
  };
}

/** @param logits - [documents] */
function ranking(logits: Float32Array): RowAnswer {
  const results = rank(logits).map((index) => {
    const logit = logits[index]!;
    return { index, score: sigmoid(logit), logit };
  });
  return { kind: "ranking", results };
}

async function tagRows(
  rows: readonly InputRow[],
  model: ServedModel,
  { turns }: WorkContext,
): Promise<Result<ScoredRows>> {
  if (model.kind !== "edge") throw new Error("a backend's model was routed to the edge");
  const texts = rows.map(({ work }) => (work.kind === "text" ? work.text : ""));
  const tagged = await tagTexts(texts, model, turns, (text): RowAnswer => {
    const tags = tagsOf(text, model.manifest.head);
    const scores = tagScoresOf(text, model.manifest.head);
    return { kind: "tags", prediction: pythonList(tags), tags, scores };
  });
  if (!tagged.ok) return tagged;
  return ok({ answers: tagged.value.rows, tokens: tagged.value.tokens });
}
