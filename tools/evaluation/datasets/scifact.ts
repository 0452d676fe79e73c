import { join } from "node:path";
import { readCorpus, readQueries } from "./beir.ts";
import type { RankingSet } from "./dataset.ts";
import { readQrels } from "./qrels.ts";

/**
 * The test split of SciFact as BEIR has it (Wadden et al. 2020, https://arxiv.org/abs/2004.14974): 300 claims, 5,183 abstracts, 339
 * judgements.
 *
 * @param folder - Holds `scifact/` with corpus.jsonl.gz, queries.test.jsonl.gz and qrels.test.tsv, in BEIR's forms.
 */
export async function readSciFactTest(folder: string): Promise<RankingSet> {
  const at = (name: string): string => join(folder, "scifact", name);
  return {
    kind: "ranking",
    name: "scifact-test",
    queries: await readQueries(at("queries.test.jsonl.gz")),
    qrels: await readQrels(at("qrels.test.tsv")),
    source: { kind: "corpus", documents: await readCorpus(at("corpus.jsonl.gz")) },
  };
}
