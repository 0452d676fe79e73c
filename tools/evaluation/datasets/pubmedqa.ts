import { join } from "node:path";
import type { Query, RankingSet } from "./dataset.ts";
import { readJsonLines, textField } from "./lines.ts";

/**
 * PubMedQA's labelled part (Jin et al. 2019, https://arxiv.org/abs/1909.06146) as retrieval: 1,000 research questions search the 1,000
 * conclusions of the articles that ask them; each question has its own article's conclusion as the one relevant document.
 *
 * @param folder - Holds `pubmedqa/labeled.jsonl.gz`: `{id, question, answer}`.
 */
export async function readPubMedQa(folder: string): Promise<RankingSet> {
  const queries: Query[] = [];
  const documents = new Map<string, string>();
  for await (const line of readJsonLines(join(folder, "pubmedqa", "labeled.jsonl.gz"))) {
    const id = textField(line, "id");
    queries.push({ id, text: textField(line, "question") });
    documents.set(id, textField(line, "answer"));
  }
  return {
    kind: "ranking",
    name: "pubmedqa",
    queries,
    qrels: new Map(queries.map(({ id }) => [id, new Map([[id, 1]])])),
    source: { kind: "corpus", documents },
  };
}
