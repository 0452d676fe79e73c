import { join } from "node:path";
import type { RankingSet } from "./dataset.ts";
import { readLabelledTexts } from "./labelled-texts.ts";

/**
 * Banking77 (Casanueva et al. 2020, https://arxiv.org/abs/2003.04807) as retrieval: the 3,080 test texts search the 10,003 train
 * texts, and those of the same intent are relevant.
 *
 * @param folder - Holds `banking77/train.jsonl.gz` and `test.jsonl.gz`: `{text, label}`.
 */
export async function readBanking77Retrieval(folder: string): Promise<RankingSet> {
  const train = await readLabelledTexts(join(folder, "banking77", "train.jsonl.gz"));
  const test = await readLabelledTexts(join(folder, "banking77", "test.jsonl.gz"));
  const byIntent = new Map<string, Map<string, number>>();
  for (const [index, { label }] of train.entries()) {
    let relevant = byIntent.get(label);
    if (!relevant) byIntent.set(label, (relevant = new Map()));
    relevant.set(trainId(index), 1);
  }
  return {
    kind: "ranking",
    name: "banking77",
    queries: test.map(({ text }, index) => ({ id: testId(index), text })),
    qrels: new Map(
      test.map(({ label }, index) => [
        testId(index),
        byIntent.get(label) ?? new Map<string, number>(),
      ]),
    ),
    source: {
      kind: "corpus",
      documents: new Map(train.map(({ text }, index) => [trainId(index), text])),
    },
    defaultQueries: 308,
  };
}

function trainId(index: number): string {
  return `train${index + 1}`;
}

function testId(index: number): string {
  return `test${index + 1}`;
}
