import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { UserError } from "../../user-error.ts";
import { readBeir } from "./beir.ts";
import { isCandidateList, readCandidateLists } from "./candidate-lists.ts";
import type { Dataset } from "./dataset.ts";
import { readLabelledTexts } from "./labelled-texts.ts";
import { malformed, readJsonLines } from "./lines.ts";
import { readNamedSet } from "./named-sets.ts";
import { readQrels } from "./qrels.ts";
import { isConll, readTaggedSentences } from "./tagged-sentences.ts";

export interface DatasetOptions {
  /** Where sets with a name are. */
  data: string | undefined;
  /** Which judgements of a folder in BEIR's layout. */
  split: string;
  /** A file of judgements to use instead of the set's own. */
  qrels: string | undefined;
}

/**
 * Reads what DATASET names: a folder in BEIR's layout, a file of candidates, of labelled texts or of tagged sentences, which its name
 * or first line tells apart, or, where no such path exists, a set of the data folder.
 *
 * @throws UserError naming what is missing or malformed, and what exists
 */
export async function openDataset(
  dataset: string,
  { data, split, qrels: qrelsFile }: DatasetOptions,
): Promise<Dataset> {
  const stats = await stat(dataset).catch(() => undefined);
  const qrels = qrelsFile === undefined ? undefined : await readQrels(qrelsFile);
  if (stats?.isFile()) return openFile(dataset, qrels);
  const set = stats
    ? await readBeir(dataset, split, `${basename(dataset)}-${split}`)
    : await readNamedSet(dataset, data);
  if (!qrels) return set;
  if (set.kind !== "ranking") {
    throw new UserError(`--qrels goes with rankings, and ${set.name} has labels. Leave it out.`);
  }
  return { ...set, qrels };
}

async function openFile(
  path: string,
  qrels: Awaited<ReturnType<typeof readQrels>> | undefined,
): Promise<Dataset> {
  const name = basename(path);
  if (/\.csv(\.gz)?$/.test(path)) {
    return { kind: "labels", name, texts: await readLabelledTexts(path) };
  }
  if (isConll(path)) return { kind: "tags", name, sentences: await readTaggedSentences(path) };
  for await (const { value, where } of readJsonLines(path)) {
    if (isCandidateList(value)) return readCandidateLists(path, qrels);
    if ("tokens" in value)
      return { kind: "tags", name, sentences: await readTaggedSentences(path) };
    if ("label" in value) return { kind: "labels", name, texts: await readLabelledTexts(path) };
    throw malformed(
      where,
      "this is neither a query with candidates, nor {text, label}, nor {tokens, tags}",
    );
  }
  throw new UserError(`${path} is empty. Name a file with a JSON object a line.`);
}
