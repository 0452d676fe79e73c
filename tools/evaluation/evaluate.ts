/** `evaluate`: how well a model ranks or labels a data set. READ FIRST. */
import type { Command, Terminal } from "../command-line.ts";
import { UserError } from "../user-error.ts";
import { openDataset } from "./datasets/open-dataset.ts";
import { NAMED_SETS } from "./datasets/named-sets.ts";
import { evaluateClassification } from "./evaluate-classification.ts";
import { evaluateRanking } from "./evaluate-ranking.ts";
import { readSettings } from "./settings.ts";

export const evaluateCommand: Command = {
  summary: "measure how well a model ranks a data set, beside the first stage, or labels one",
  help: `Reranks each query's candidates and prints nDCG@10, RR@10, AP, R@100, P@10 and Judged@10 of the first stage, of the model and of
the best possible order, side by side, with the p of a paired randomization test. On a set with labels or tags, prints accuracy and F1
of a classifier. docs/evaluation.md defines everything.

DATASET is one of
  a folder in BEIR's layout   corpus.jsonl, queries.jsonl (or .gz) and qrels/SPLIT.tsv
  a JSON-lines file           a query and its candidates a line, as retrieval toolkits export them
  a name, with --data DIR     ${Object.keys(NAMED_SETS).join(", ")}
  a file with labels          {text, label} or {tokens, tags} JSON lines, CSV, CoNLL: for classifiers

  --data DIR             the folder that holds the sets with a name
  --split NAME           judgements of a BEIR folder; default: test
  --qrels FILE           judgements in TREC's form, in place of the set's own
  --queries N | all      so many queries, spread evenly; default: all, but 500 of squad-dev and 308 of banking77
  --first-stage STAGE    bm25, given (the order of the file's lists), or a TREC run FILE; default: given where there is one, else bm25
  --depth N              candidates of a query; default: 100
  --analyzer NAME        BM25's terms: english (stop words, stems) or plain; default: english

  --model DIR            packed model, run here; default: models/rerank-minilm-l6
  --threads N            engines at work; default: one a core
  --max-tokens N         shorter window of query and document; default: the model's
  --url URL              a running service in place of it, asked by POST /v1/rerank, or POST /score for labels and tags
  --backend KIND:URL     the same in another protocol: cohere (/v2/rerank), jina (/v1/rerank), tei (/rerank)
  --concurrency N        requests at once; default: 4. With a service, --model is the name sent to it

  --predictions FILE     labels or tags for a set with labels, in place of a model: a JSON line each, in order
  --seed N               of the randomization test; default: 1
  --out DIR              writes results.json, report.html, and first-stage.run and reranked.run, or predictions.jsonl; what a model
                         gives is kept in scores.jsonl as it comes, and the same command goes on after a kill

Environment: RERANK_API_KEY (sent to a service as a bearer token).`,
  positionals: ["DATASET"],
  options: {
    data: { type: "string" },
    split: { type: "string" },
    qrels: { type: "string" },
    queries: { type: "string" },
    "first-stage": { type: "string" },
    depth: { type: "string" },
    analyzer: { type: "string" },
    model: { type: "string" },
    threads: { type: "string" },
    "max-tokens": { type: "string" },
    url: { type: "string" },
    backend: { type: "string" },
    concurrency: { type: "string" },
    predictions: { type: "string" },
    seed: { type: "string" },
    out: { type: "string" },
  },
  async run(args, terminal: Terminal) {
    const settings = readSettings(args);
    const set = await openDataset(settings.dataset, settings.datasetOptions);
    if (set.kind !== "ranking") return evaluateClassification(set, settings, terminal);
    if (settings.predictions !== undefined) {
      throw new UserError(
        `--predictions goes with labels, and ${set.name} is a ranking. A run goes in with --first-stage FILE.`,
      );
    }
    return evaluateRanking(set, settings, terminal);
  },
};
