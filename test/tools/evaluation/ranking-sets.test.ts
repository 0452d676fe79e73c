import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCandidateLists } from "../../../tools/evaluation/datasets/candidate-lists.ts";
import type { RankingSet } from "../../../tools/evaluation/datasets/dataset.ts";
import { openDataset } from "../../../tools/evaluation/datasets/open-dataset.ts";
import { formatQrels, readQrels } from "../../../tools/evaluation/datasets/qrels.ts";
import { formatRun, readRun } from "../../../tools/evaluation/datasets/run-file.ts";
import { temporaryFolder } from "../run-tool.ts";
import { jsonLines, writeFiles } from "./write-files.ts";

const newFolder = temporaryFolder();
const OPTIONS = { data: undefined, split: "test", qrels: undefined };

function file(text: string, name = "file.txt"): string {
  return join(writeFiles(newFolder(), { [name]: text }), name);
}

describe("judgements and runs", () => {
  test("qrels are read in TREC's and in BEIR's form, and written in TREC's", async () => {
    const trec = await readQrels(file("q1 0 d1 2\nq1 0 d2 0\r\n\nq2\t0\td1\t-1\n"));
    expect(formatQrels(trec)).toBe("q1 0 d1 2\nq1 0 d2 0\nq2 0 d1 -1\n");
    const beir = await readQrels(file("query-id\tcorpus-id\tscore\nq1\td1\t1\n"));
    expect(formatQrels(beir)).toBe("q1 0 d1 1\n");
  });

  test("a run is read in trec_eval's order, whatever its ranks say, and written with ranks from 1", async () => {
    const run = await readRun(file("q1 Q0 a 1 0.5 x\nq1 Q0 b 2 0.75 x\nq1 Q0 c 3 0.5 x\n"));
    expect(formatRun(run, "my system")).toBe(
      "q1 Q0 b 1 0.75 my-system\nq1 Q0 c 2 0.5 my-system\nq1 Q0 a 3 0.5 my-system\n",
    );
  });

  test("a score that was written is read as the same number", async () => {
    const scores = [Math.PI, -1e-12, 1e21, 0.1 + 0.2];
    const documents = scores.map((score, index) => ({ docId: `d${index}`, score }));
    const run = await readRun(file(formatRun(new Map([["q", documents]]), "x")));
    expect(new Set(run.get("q"))).toEqual(new Set(documents));
  });

  test.each<[string, "qrels" | "run", string, string]>([
    ["too few columns", "qrels", "q1 0 d1 1\nq1 d1\n", "line 2: there are 2 columns"],
    ["a relevance in words", "qrels", "q1 0 d1 yes\n", 'line 1: the relevance is "yes"'],
    [
      "two judgements of one document",
      "qrels",
      "q 0 d 1\nq 0 d 0\n",
      "line 2: document d of query q",
    ],
    ["a run without a tag", "run", "q1 Q0 d1 1 0.5\n", "line 1: there are 5 columns"],
    ["a score in words", "run", "q1 Q0 d1 1 high x\n", 'line 1: the score is "high"'],
    [
      "a document twice",
      "run",
      "q Q0 d 1 2 x\nq Q0 d 2 1 x\n",
      "line 2: query q has document d twice",
    ],
  ])("%s is an error that names the line", async (_, kind, text, saying) => {
    const path = file(text);
    const reading = kind === "qrels" ? readQrels(path) : readRun(path);
    await expect(reading).rejects.toThrow(`${path}, ${saying}`);
  });
});

describe("a folder in BEIR's layout", () => {
  const files = {
    "corpus.jsonl.gz": jsonLines(
      { _id: "d1", title: "Foxes", text: "They are red." },
      { _id: "d2", title: "", text: "Hens lay eggs." },
    ),
    "queries.jsonl": jsonLines({ _id: "q1", text: "fox" }, { _id: "q2", text: "other split" }),
    "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t1\n",
  };

  test("is read, compressed or not, with the queries of the split alone", async () => {
    const set = (await openDataset(writeFiles(newFolder(), files), OPTIONS)) as RankingSet;
    expect(set.queries).toEqual([{ id: "q1", text: "fox" }]);
    expect(set.source).toEqual({
      kind: "corpus",
      documents: new Map([
        ["d1", "Foxes They are red."],
        ["d2", "Hens lay eggs."],
      ]),
    });
  });

  test("takes other judgements from a file", async () => {
    const qrels = file("q2 0 d2 1\n");
    const folder = writeFiles(newFolder(), files);
    const set = (await openDataset(folder, { ...OPTIONS, qrels })) as RankingSet;
    expect([...set.qrels.keys()]).toEqual(["q2"]);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "a split that is not there",
      { "qrels/test.tsv": "", "qrels/dev.tsv": "" },
      "corpus.jsonl is not there",
    ],
    [
      "a document without text",
      { ...files, "corpus.jsonl.gz": '{"_id":"d1"}\n' },
      "line 1: text is missing",
    ],
    [
      "a document without an id",
      { ...files, "corpus.jsonl.gz": '{"text":"x"}\n' },
      "line 1: _id is missing",
    ],
    ["a line that is not JSON", { ...files, "queries.jsonl": "{}{\n" }, "line 1: this is not JSON"],
    [
      "a query twice",
      { ...files, "queries.jsonl": jsonLines({ _id: 1, text: "a" }, { _id: "1", text: "b" }) },
      "line 2: query 1 is there twice",
    ],
    [
      "an id with a space",
      { ...files, "queries.jsonl": jsonLines({ _id: "a b", text: "a" }) },
      'line 1: the id "a b" has white space',
    ],
  ])("%s is an error that says so", async (_, own, saying) => {
    await expect(openDataset(writeFiles(newFolder(), own), OPTIONS)).rejects.toThrow(saying);
  });

  test("a missing split is named with those that exist", async () => {
    const folder = writeFiles(newFolder(), files);
    await expect(openDataset(folder, { ...OPTIONS, split: "dev" })).rejects.toThrow(
      /dev\.tsv is not there\. .*qrels holds test\.tsv\./,
    );
  });

  test("damaged gzip and text that is not UTF-8 are errors of their own", async () => {
    const folder = writeFiles(newFolder(), { ...files, "corpus.jsonl.gz": "" });
    const { writeFileSync } = await import("node:fs");
    writeFileSync(join(folder, "corpus.jsonl.gz"), "plain");
    await expect(openDataset(folder, OPTIONS)).rejects.toThrow("not whole gzip");
    writeFileSync(join(folder, "queries.jsonl"), Buffer.from([0xff, 0xfe]));
    writeFiles(folder, { "corpus.jsonl.gz": files["corpus.jsonl.gz"] });
    await expect(openDataset(folder, OPTIONS)).rejects.toThrow("is not UTF-8");
  });
});

describe("lists of candidates", () => {
  const listOf = async (line: unknown) => {
    const set = await readCandidateLists(file(jsonLines(line), "lists.jsonl"));
    if (set.source.kind !== "lists") throw new Error("not lists");
    const [id, list] = [...set.source.lists][0]!;
    return {
      id,
      query: set.queries[0]!.text,
      list,
      judged: Object.fromEntries(set.qrels.get(id)!),
    };
  };

  test.each<[form: string, line: unknown]>([
    [
      "RankLLM's and Pyserini's",
      {
        query: { text: "why", qid: "7" },
        candidates: [{ docid: "d1", score: 2.5, doc: { title: "T", contents: "C" }, label: 1 }],
      },
    ],
    [
      "RankGPT's",
      {
        query: "why",
        hits: [{ qid: 7, docid: "d1", score: 2.5, content: "T C", relevance: 1 }],
        qid: 7,
      },
    ],
    [
      "DPR's and Tevatron's",
      {
        question: "why",
        query_id: "7",
        ctxs: [{ id: "d1", title: "T", text: "C", score: "2.5", has_answer: true }],
      },
    ],
    [
      "documents as strings",
      { query: "why", _id: "7", docs: [{ _id: "d1", score: 2.5, doc: "T C", label: true }] },
    ],
    [
      "documents nested in text",
      {
        query: "why",
        id: 7,
        docs: [{ id: "d1", score: 2.5, text: { title: "T", text: "C" }, label: 1 }],
      },
    ],
  ])("%s form is read", async (_, line) => {
    expect(await listOf(line)).toEqual({
      id: "7",
      query: "why",
      list: [{ docId: "d1", text: "T C", score: 2.5 }],
      judged: { d1: 1 },
    });
  });

  test("ids that are missing are made of line and place", async () => {
    const { id, list } = await listOf({
      query: "q",
      docs: [{ text: "a", label: 0 }, { text: "b" }],
    });
    expect([id, ...list.map(({ docId }) => docId)]).toEqual(["1", "1-1", "1-2"]);
  });

  test.each<[string, unknown, string]>([
    ["no query", { docs: [] }, "line 1: query is neither a string nor {text}"],
    ["no list", { query: "q" }, "line 1: there is no list of candidates, hits, ctxs, docs"],
    [
      "no text",
      { query: "q", docs: [{ label: 1 }] },
      "line 1, candidate 1: there is no text in any of content",
    ],
    [
      "a score in words",
      { query: "q", docs: [{ text: "a", score: "x" }] },
      'candidate 1: score is "x"',
    ],
    [
      "a judgement in words",
      { query: "q", docs: [{ text: "a", label: "x" }] },
      'candidate 1: the judgement is "x"',
    ],
    [
      "a document twice",
      {
        query: "q",
        docs: [
          { id: 1, text: "a" },
          { id: "1", text: "b" },
        ],
      },
      "candidate 2: document 1 is there twice",
    ],
    [
      "no judgement at all",
      { query: "q", docs: [{ text: "a" }] },
      "has a judgement (relevance, label, has_answer)",
    ],
  ])("%s is an error that says so", async (_, line, saying) => {
    await expect(listOf(line)).rejects.toThrow(saying);
  });

  test("judgements in a file replace those of the lines", async () => {
    const path = file(
      jsonLines({ query: "q", qid: "1", docs: [{ id: "a", text: "a" }] }),
      "x.jsonl",
    );
    const qrels = file("1 0 a 3\n");
    const set = (await openDataset(path, { ...OPTIONS, qrels })) as RankingSet;
    expect(set.qrels.get("1")!.get("a")).toBe(3);
  });
});

describe("names", () => {
  test("an unknown name lists the sets that exist", async () => {
    await expect(openDataset("msmarco", OPTIONS)).rejects.toThrow(
      /msmarco is neither .* Sets: scifact-test, squad-dev/,
    );
  });

  test("a name needs the data folder, and a missing file says what is there", async () => {
    await expect(openDataset("selqa-test", OPTIONS)).rejects.toThrow("--data DIR");
    const data = writeFiles(newFolder(), { "selqa/dev.jsonl.gz": "" });
    await expect(openDataset("selqa-test", { ...OPTIONS, data })).rejects.toThrow(
      /test\.jsonl\.gz is not there\. .*selqa holds dev\.jsonl\.gz\./,
    );
  });

  test("the sets of a data folder are read in their own forms", async () => {
    const data = writeFiles(newFolder(), {
      "selqa/test.jsonl.gz": jsonLines({ question: "who", candidates: ["a", "b"], answers: [1] }),
      "squad-v1.1/dev.jsonl.gz": jsonLines({
        passage: "p",
        questions: [{ question: "a" }, { question: "b" }],
      }),
      "pubmedqa/labeled.jsonl.gz": jsonLines({ id: "9", question: "is it", answer: "yes" }),
      "banking77/train.jsonl.gz": jsonLines({ text: "x", label: "l" }, { text: "y", label: "m" }),
      "banking77/test.jsonl.gz": jsonLines({ text: "z", label: "m" }),
      "scifact/corpus.jsonl.gz": jsonLines({ _id: "1", title: "t", text: "x" }),
      "scifact/queries.test.jsonl.gz": jsonLines({ _id: "2", text: "q" }),
      "scifact/qrels.test.tsv": "query-id\tcorpus-id\tscore\n2\t1\t1\n",
    });
    const qrelsOf = async (name: string): Promise<string> =>
      formatQrels(((await openDataset(name, { ...OPTIONS, data })) as RankingSet).qrels);
    expect(await qrelsOf("selqa-test")).toBe("q1 0 q1-s1 0\nq1 0 q1-s2 1\n");
    expect(await qrelsOf("squad-dev")).toBe("q1 0 p1 1\nq2 0 p1 1\n");
    expect(await qrelsOf("pubmedqa")).toBe("9 0 9 1\n");
    expect(await qrelsOf("banking77")).toBe("test1 0 train2 1\n");
    expect(await qrelsOf("scifact-test")).toBe("2 0 1 1\n");
    expect(await openDataset("banking77-test", { ...OPTIONS, data })).toMatchObject({
      texts: [{ text: "z", label: "m" }],
    });
  });
});
