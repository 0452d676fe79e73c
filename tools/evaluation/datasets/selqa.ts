import { join } from "node:path";
import type { ListedDocument, Query, RankingSet } from "./dataset.ts";
import { malformed, readJsonLines, textField } from "./lines.ts";
import { QrelsBuilder } from "./qrels.ts";

/**
 * The test split of SelQA (Jurczyk et al. 2016, https://arxiv.org/abs/1606.08513): each question with every sentence of its section,
 * those that answer it relevant, the others judged not relevant. The order of the sentences is the article's.
 *
 * @param folder - Holds `selqa/test.jsonl.gz`: `{question, candidates: [sentence], answers: [index]}`.
 */
export async function readSelqaTest(folder: string): Promise<RankingSet> {
  const queries: Query[] = [];
  const lists = new Map<string, ListedDocument[]>();
  const judgements = new QrelsBuilder();
  for await (const line of readJsonLines(join(folder, "selqa", "test.jsonl.gz"))) {
    const { candidates, answers } = line.value;
    if (!Array.isArray(candidates) || !Array.isArray(answers)) {
      throw malformed(line.where, "candidates or answers is not a list");
    }
    const id = `q${queries.length + 1}`;
    queries.push({ id, text: textField(line, "question") });
    const documents = candidates.map((text: unknown, index) => ({
      docId: `${id}-s${index + 1}`,
      text: String(text),
      score: undefined,
    }));
    lists.set(id, documents);
    for (const [index, { docId }] of documents.entries()) {
      judgements.add(id, docId, Number(answers.includes(index)), line.where);
    }
  }
  return {
    kind: "ranking",
    name: "selqa-test",
    queries,
    qrels: judgements.qrels,
    source: { kind: "lists", lists, ranked: false },
  };
}
