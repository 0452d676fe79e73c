import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readQrels } from "../../../tools/evaluation/datasets/qrels.ts";
import { readRun } from "../../../tools/evaluation/datasets/run-file.ts";
import { measureRanking } from "../../../tools/evaluation/ranking-measures.ts";
import { runTool, temporaryFolder } from "../run-tool.ts";
import { writeCheckpoint } from "../small-checkpoint.ts";
import { jsonLines, writeFiles } from "./write-files.ts";

const newFolder = temporaryFolder();
let model: string;
let beir: string;

beforeAll(async () => {
  model = newFolder();
  const { exitCode, err } = await runTool(["pack", writeCheckpoint(newFolder()), model]);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  const texts = ["red fox <b>", "red hen", "a red fox and a hen", "blue fox", "the hen sat"];
  beir = writeFiles(newFolder(), {
    "corpus.jsonl": jsonLines(...texts.map((text, index) => ({ _id: `d${index}`, text }))),
    "queries.jsonl": jsonLines(
      { _id: "q0", text: "red fox" },
      { _id: "q1", text: "hen" },
      { _id: "q2", text: "blue <script>alert(1)</script>" },
    ),
    "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq0\td0\t2\nq0\td2\t1\nq1\td1\t1\nq2\td3\t1\n",
  });
});

const evaluate = (...argv: string[]) =>
  runTool(["evaluate", beir, "--model", model, "--threads", "2", ...argv]);

interface Results {
  settings: Record<string, unknown>;
  mean: Record<string, Record<string, number>>;
  queries: { queryId: string; reranked: Record<string, number> }[];
}
const results = (out: string): Results =>
  JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as Results;

describe("evaluate, on a ranking", () => {
  test("prints first stage, reranked, difference, p and best order, and no text of a query", async () => {
    const { exitCode, out, err } = await evaluate();
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toContain("3 queries, 5 documents, 8 pairs");
    expect(out).toMatch(/^measure +first stage +reranked +difference +p +best order$/m);
    for (const name of ["nDCG@10", "RR@10", "AP", "R@100", "P@10", "Judged@10"]) {
      expect(out).toMatch(new RegExp(`^${name} +\\d\\.\\d{4} +\\d\\.\\d{4} +\\S+ +\\S+ +1?`, "m"));
    }
    expect(out).not.toContain("script");
  });

  test("--out writes runs that give the same measures again", async () => {
    const out = newFolder();
    await evaluate("--out", out);
    expect(readdirSync(out).sort()).toEqual([
      "first-stage.run",
      "report.html",
      "reranked.run",
      "results.json",
      "scores.jsonl",
    ]);
    const run = await readRun(join(out, "reranked.run"));
    const qrels = await readQrels(join(beir, "qrels/test.tsv"));
    for (const { queryId, reranked } of results(out).queries) {
      const order = run.get(queryId)!.map(({ docId }) => docId);
      expect(measureRanking(order, qrels.get(queryId)!)).toEqual(reranked);
    }
  });

  test("the measures are the same on one thread and two, from the start and resumed after a kill", async () => {
    const [whole, resumed] = [newFolder(), newFolder()];
    await evaluate("--out", whole, "--threads", "1");
    await evaluate("--out", resumed);
    const path = join(resumed, "scores.jsonl");
    const [head, first, second] = readFileSync(path, "utf8").split("\n");
    // Killed in the middle of writing the second query's line.
    writeFileSync(path, `${head}\n${first}\n`);
    appendFileSync(path, second!.slice(0, 20));
    const { exitCode } = await evaluate("--out", resumed);
    expect(exitCode).toBe(0);
    const log = readFileSync(path, "utf8").split("\n");
    expect(log).toHaveLength(5);
    expect(log[1]).toBe(first);
    const { mean, queries } = results(whole);
    expect(results(resumed).mean).toEqual(mean);
    expect(results(resumed).queries.map(({ reranked }) => reranked)).toEqual(
      queries.map(({ reranked }) => reranked),
    );
  });

  test("a folder with scores of other settings is an error that names them and what to do", async () => {
    const out = newFolder();
    await evaluate("--out", out);
    const { exitCode, err } = await evaluate("--out", out, "--depth", "2");
    expect(exitCode).toBe(1);
    expect(err).toMatch(/other settings \(depth 100 there, 2 now; /);
    expect(err).toContain("choose another --out");
  });

  test("the page stands alone, and texts in it are no markup", async () => {
    const out = newFolder();
    await evaluate("--out", out);
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page).not.toMatch(/<script|<link|src=|@import|url\(/);
    expect(page.match(/<svg /g)).toHaveLength(6);
    expect(page.match(/role="img"><title>[^<]+<\/title><desc>[^<]+<\/desc>/g)).toHaveLength(6);
    expect(page).toContain("prefers-color-scheme: dark");
    expect(page).not.toContain("NaN");
  });

  test("a run it wrote is a first stage", async () => {
    const out = newFolder();
    await evaluate("--out", out);
    const before = results(out).mean["reranked"];
    const again = newFolder();
    await evaluate("--out", again, "--first-stage", join(out, "reranked.run"));
    expect(results(again).mean["firstStage"]).toEqual(before);
  });

  test.each<[string, string[], number, string]>([
    [
      "a depth in words",
      ["--depth", "all"],
      2,
      '--depth is "all". It must be a whole number from 1 to 10000.',
    ],
    ["an unknown analyzer", ["--analyzer", "german"], 2, "It may be english or plain."],
    ["two services", ["--url", "http://a", "--backend", "tei:http://b"], 2, "Choose one."],
    [
      "a backend without a protocol",
      ["--backend", "http://b"],
      2,
      "such as tei:http://localhost:8080",
    ],
    ["an unknown protocol", ["--backend", "grpc:http://b"], 1, "Protocols: cohere, jina, tei."],
    ["a run that is not there", ["--first-stage", "/nowhere/x.run"], 1, "x.run is not there."],
    ["a split that is not there", ["--split", "dev"], 1, "qrels holds test.tsv."],
    ["a window over the model's", ["--max-tokens", "4096"], 1, "--max-tokens is 4096"],
    ["a model that is not there", ["--model", "/nowhere"], 1, "/nowhere holds no packed model"],
    ["predictions of a ranking", ["--predictions", "x"], 1, "--predictions goes with labels"],
  ])("%s is an error that says so", async (_, argv, code, saying) => {
    const { exitCode, out, err } = await evaluate(...argv);
    expect({ exitCode, out }).toEqual({ exitCode: code, out: "" });
    expect(err).toContain(saying);
  });
});

describe("evaluate, on labels", () => {
  const files = {
    "labels.csv": "text,label\na,x\nb,y\nc,x\n",
    "labels.jsonl": jsonLines("x", "x", { label: "x" }),
    "tags.jsonl": jsonLines({ tokens: ["Ada", "ran"], tags: ["B-per", "O"] }),
    "predicted.jsonl": jsonLines(["B-per", "I-per"]),
  };

  test("prints accuracy, F1 and Matthews correlation, labels and what was confused", async () => {
    const folder = writeFiles(newFolder(), files);
    const out = newFolder();
    const argv = ["evaluate", join(folder, "labels.csv"), "--out", out];
    const tool = await runTool([...argv, "--predictions", join(folder, "labels.jsonl")]);
    expect(tool).toMatchObject({ exitCode: 0, err: "" });
    expect(tool.out).toMatch(/^accuracy +0\.6667$/m);
    expect(tool.out).toMatch(/^macro F1 +0\.4000$/m);
    expect(tool.out).toMatch(/^x +0\.6667 +1\.0000 +0\.8000 +2$/m);
    expect(tool.out).toMatch(/^y +x +1$/m);
    expect(existsSync(join(out, "results.json")) && existsSync(join(out, "report.html"))).toBe(
      true,
    );
  });

  test("prints entities by type", async () => {
    const folder = writeFiles(newFolder(), files);
    const argv = ["evaluate", join(folder, "tags.jsonl"), "--predictions"];
    const tool = await runTool([...argv, join(folder, "predicted.jsonl"), "--out", newFolder()]);
    expect(tool).toMatchObject({ exitCode: 0, err: "" });
    expect(tool.out).toMatch(/^micro average +0\.0000 +0\.0000 +0\.0000 +1$/m);
  });

  test("without predictions or a classifier says what is needed", async () => {
    const set = join(writeFiles(newFolder(), files), "labels.csv");
    const needed = "Name a text classifier with --model or --url, or a file of predictions";
    expect((await runTool(["evaluate", set])).err).toContain(needed);
    expect((await runTool(["evaluate", set, "--model", model])).err).toContain(needed);
  });
});
