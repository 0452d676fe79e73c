/**
 * Labelled tokens to entities, as transformers' `TokenClassificationPipeline` makes them. Pure.
 *
 * @see src/transformers/pipelines/token_classification.py of transformers 5.23
 */
import type { AzureMlEntity, AzureMlEntityGroup } from "../sdk/index.ts";
import { codePointIndex, countCodePoints } from "./code-points.ts";
import { bestColumn, softmax } from "../engine/scores.ts";
import type { TaggedText } from "./tag-texts.ts";

/**
 * How tokens become entities:
 *
 * - `none`: each token is one
 * - `simple`: neighbours of one label are one
 * - `first`, `average`, `max`: the tokens of a word first agree on the label of the first token, the label that is best on average,
 *   or the label of the token with the highest score
 */
export const AGGREGATION_STRATEGIES = ["none", "simple", "first", "average", "max"] as const;

export type AggregationStrategy = (typeof AGGREGATION_STRATEGIES)[number];

export interface EntityOptions {
  aggregationStrategy: AggregationStrategy;
  /** Entities of these labels are left out: the labels themselves, or without `B-` and `I-` where they are grouped. */
  ignoreLabels: readonly string[];
}

/** A token or a word with the scores of its labels. */
interface Scored {
  scores: readonly number[];
  /** The token, `##` and all; of an unknown one, its text. */
  word: string;
  /** In code points, as all places here. */
  start: number;
  end: number;
  /** Place among the tokens, [CLS] being 0. */
  index: number;
  /** Whether it goes on with the word of the token before it. */
  isSubword: boolean;
}

/** The entities of one text, in its order. @param labels - Names of the labels, one a column. */
export function entitiesOf(
  tagged: TaggedText,
  labels: readonly string[],
  { aggregationStrategy: strategy, ignoreLabels }: EntityOptions,
): AzureMlEntity[] | AzureMlEntityGroup[] {
  const decode = (tokens: readonly string[]): string => tagged.tokenizer.decode(tokens);
  const tokens = scoredTokens(tagged, labels.length);
  if (strategy === "none" || strategy === "simple") {
    const entities = tokens.map((token) => bestEntity(token, labels));
    return strategy === "none"
      ? entities.filter(({ entity }) => !ignoreLabels.includes(entity))
      : groupEntities(entities, decode, ignoreLabels);
  }
  const words = groupWords(tokens).map((word) => ({
    ...word[0]!,
    scores: agreedScores(word, strategy),
    word: decode(word.map((token) => token.word)),
    end: word.at(-1)!.end,
  }));
  return groupEntities(
    words.map((word) => bestEntity(word, labels)),
    decode,
    ignoreLabels,
  );
}

function scoredTokens(
  { text, tokens, logits, tokenizer }: TaggedText,
  numLabels: number,
): Scored[] {
  const placeOf = codePointIndex(text);
  return tokens.ids.map((id, token) => {
    const start = tokens.starts[token]!;
    const end = tokens.ends[token]!;
    const spelled = text.slice(start, end);
    const isUnknown = id === tokenizer.unknownId;
    const word = isUnknown ? spelled : tokenizer.tokenOf(id);
    return {
      scores: softmax(logits.subarray(token * numLabels, (token + 1) * numLabels)),
      word,
      start: placeOf(start),
      end: placeOf(end),
      index: token + 1,
      // The pipeline's own guess, right for all but characters whose normal form has another length.
      isSubword: !isUnknown && countCodePoints(word) !== countCodePoints(spelled),
    };
  });
}

function groupWords(tokens: readonly Scored[]): Scored[][] {
  const words: Scored[][] = [];
  for (const token of tokens) {
    if (token.isSubword && words.length > 0) words.at(-1)!.push(token);
    else words.push([token]);
  }
  return words;
}

function agreedScores(
  word: readonly Scored[],
  strategy: "first" | "average" | "max",
): readonly number[] {
  switch (strategy) {
    case "first":
      return word[0]!.scores;
    case "average":
      return word[0]!.scores.map((_, label) => mean(word.map(({ scores }) => scores[label]!)));
    case "max":
      return word[bestColumn(word.map(({ scores }) => Math.max(...scores)))]!.scores;
  }
}

function bestEntity(
  { scores, index, word, start, end }: Scored,
  labels: readonly string[],
): AzureMlEntity {
  const best = bestColumn(scores);
  return { entity: labels[best]!, score: scores[best]!, index, word, start, end };
}

/** Neighbours of one label, whatever their prefixes, are one, except that `B-` begins a new one. */
function groupEntities(
  entities: readonly AzureMlEntity[],
  decode: (tokens: readonly string[]) => string,
  ignoreLabels: readonly string[],
): AzureMlEntityGroup[] {
  const groups: AzureMlEntity[][] = [];
  for (const entity of entities) {
    const last = groups.at(-1)?.at(-1);
    const goesOn =
      last && !entity.entity.startsWith("B-") && tagOf(entity.entity) === tagOf(last.entity);
    if (goesOn) groups.at(-1)!.push(entity);
    else groups.push([entity]);
  }
  return groups
    .map((group) => ({
      // What follows the first hyphen, even of a label like `new-york`: so the pipeline has it.
      entity_group: group[0]!.entity.slice(group[0]!.entity.indexOf("-") + 1),
      score: mean(group.map(({ score }) => score)),
      word: decode(group.map(({ word }) => word)),
      start: group[0]!.start,
      end: group.at(-1)!.end,
    }))
    .filter(({ entity_group }) => !ignoreLabels.includes(entity_group));
}

function tagOf(label: string): string {
  return label.replace(/^[BI]-/, "");
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
