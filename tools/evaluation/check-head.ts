/** Whether a model can do what a data set asks. */
import type { Head } from "../../engine/index.ts";
import { UserError } from "../user-error.ts";
import type { Dataset, LabelSet, TagSet } from "./datasets/dataset.ts";

const MAX_NAMES = 8;

/** What a set asks of a model. */
const NEEDS = {
  ranking: { asks: "is a ranking", model: "a reranker" },
  labels: { asks: "has texts with one label each", model: "a text classifier" },
  tags: { asks: "has sentences with tags", model: "a token classifier" },
} as const;

/**
 * @param source - The model's folder or the service's address.
 * @throws UserError, naming model and set, if the head is another kind's or lacks labels that the set has
 */
export function checkHead(source: string, head: Head, set: Dataset): void {
  const need = NEEDS[set.kind];
  if (!suits(head, set.kind)) {
    const predicted = set.kind === "ranking" ? "" : ", or a file of predictions with --predictions";
    throw new UserError(
      `${source} is ${describe(head)}, and ${set.name} ${need.asks}. Name ${need.model} with --model or --url${predicted}.`,
    );
  }
  if (set.kind === "ranking") return;
  const missing = [...labelsOf(set)].filter((label) => !head.labels.includes(label));
  if (missing.length === 0) return;
  throw new UserError(
    `${set.name} has ${count(missing, set.kind === "tags" ? "tag" : "label")} that ${source} does not know: ${some(missing)}. It knows ${some(head.labels)}. Choose a model that was trained on such data.`,
  );
}

function suits({ kind, labels }: Head, set: Dataset["kind"]): boolean {
  if (set === "tags") return kind === "token-classification";
  if (set === "labels") return kind === "sequence-classification" && labels.length > 1;
  return kind !== "token-classification" && labels.length === 1;
}

function describe({ kind, labels }: Head): string {
  if (kind === "token-classification") return `a token classifier of ${count(labels, "tag")}`;
  if (labels.length === 1) return "a reranker (one label a text)";
  return kind === "multi-label-classification"
    ? `a classifier that gives a text any number of ${labels.length} labels`
    : `a text classifier of ${labels.length} labels`;
}

function labelsOf(set: LabelSet | TagSet): Set<string> {
  return new Set(
    set.kind === "labels"
      ? set.texts.map(({ label }) => label)
      : set.sentences.flatMap(({ tags }) => tags),
  );
}

function count({ length }: readonly string[], thing: string): string {
  return `${length} ${thing}${length === 1 ? "" : "s"}`;
}

function some(labels: readonly string[]): string {
  const rest = labels.length - MAX_NAMES;
  return labels.slice(0, MAX_NAMES).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
