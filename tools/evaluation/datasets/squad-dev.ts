import { readSquadDev } from "../squad.ts";
import type { RankingSet } from "./dataset.ts";

/**
 * SQuAD v1.1 dev as retrieval: 2,067 passages, 10,570 questions, of which each has one relevant document, the passage that it was
 * written for. Passages stand without their article's title.
 *
 * @param folder - As {@link readSquadDev} has it.
 */
export async function readSquadDevSet(folder: string): Promise<RankingSet> {
  const { documents, questions } = await readSquadDev(folder);
  const queries = questions.map(({ text }, index) => ({ id: `q${index + 1}`, text }));
  return {
    kind: "ranking",
    name: "squad-dev",
    queries,
    qrels: new Map(
      questions.map(({ relevant }, index) => [
        queries[index]!.id,
        new Map([[passageId(relevant), 1]]),
      ]),
    ),
    source: {
      kind: "corpus",
      documents: new Map(documents.map((text, index) => [passageId(index), text])),
    },
    defaultQueries: 500,
  };
}

function passageId(index: number): string {
  return `p${index + 1}`;
}
