import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import packageJson from "../../sdk/package.json" with { type: "json" };
import {
  startStubService,
  type StubOverride,
  type StubService,
} from "../sdk-package/stub-service.ts";
import { runRerank } from "./run-command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "x-rerank-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

let stub: StubService;
let override: StubOverride = () => undefined;
beforeAll(async () => {
  stub = await startStubService((request) => override(request));
});
afterAll(() => stub.close());
beforeEach(() => {
  stub.requests.length = 0;
  override = () => undefined;
});

const PLANETS = ["Venus is hot", "Mars is the red planet", "Neptune is a planet"];

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function rank(...argv: string[]) {
  return runRerank(["rerank", "-q", "red planet", ...argv], { env: { RERANK_BASE_URL: stub.url } });
}

test("lines of a file come as a table, best first", async () => {
  const { exitCode, out, err } = await rank(file("docs.txt", PLANETS.join("\n")));
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  expect(out).toBe(
    [
      "rank   score  index  text",
      "   1  1.0000      1  Mars is the red planet",
      "   2  0.5000      2  Neptune is a planet",
      "   3  0.0000      0  Venus is hot",
      "",
    ].join("\n"),
  );
});

test("several files and stdin are one list, in the order of the command line", async () => {
  const { out } = await runRerank(
    ["rerank", "-q", "x", file("a.txt", "a"), "-", file("b.jsonl", '"b"'), "--jsonl"],
    { env: { RERANK_BASE_URL: stub.url }, stdin: Readable.from(["\uFEFFfirst\n", "second"]) },
  );
  expect(
    out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).document),
  ).toEqual(["a", "first", "second", "b"]);
});

test("without a file, stdin is read in the format that is said", async () => {
  const { out } = await runRerank(["rerank", "-q", "red", "-f", "csv", "--column", "b", "--tsv"], {
    env: { RERANK_BASE_URL: stub.url },
    stdin: Readable.from(["a,b\n1,green\n2,red"]),
  });
  expect(out).toBe("rank\tscore\tindex\ttext\n1\t1\t1\tred\n2\t0\t0\tgreen\n");
});

test("--jsonl and --json give documents as they were read", async () => {
  const docs = file(
    "docs.jsonl",
    PLANETS.map((body, id) => JSON.stringify({ id, body })).join("\n"),
  );
  const lines = await rank(docs, "--field", "body", "--jsonl", "--top-n", "1");
  const best = { rank: 1, index: 1, score: 1, document: { id: 1, body: PLANETS[1] } };
  expect(lines.out).toBe(`${JSON.stringify(best)}\n`);
  const whole = JSON.parse(
    (await rank(docs, "--field", "body", "--json", "--min-score", "0.9")).out,
  );
  expect(whole).toMatchObject({ model: "stub", results: [best], usage: { totalTokens: 12 } });
});

test("options go into the request", async () => {
  const docs = file("docs.txt", "a\nb");
  const options = [
    "--raw-scores",
    "--long-documents",
    "max_window",
    "-m",
    "small",
    "--route",
    "edge",
  ];
  await rank(docs, ...options);
  expect(stub.requests[0]!.body).toMatchObject({
    query: "red planet",
    documents: ["a", "b"],
    raw_scores: true,
    long_documents: "max_window",
    model: "small",
  });
  expect(stub.requests[0]!.headers).toMatchObject({ "x-rerank-route": "edge" });
});

test("more documents than a request takes are one ranking all the same", async () => {
  const lines = Array.from({ length: 250 }, (_, line) => (line % 100 === 99 ? "red planet" : "x"));
  const { out } = await rank(file("docs.txt", lines.join("\n")), "-n", "3", "--tsv");
  expect(stub.requests).toHaveLength(3);
  expect(out.split("\n").slice(1, 4)).toEqual([
    "1\t1\t99\tred planet",
    "2\t1\t199\tred planet",
    "3\t0\t0\tx",
  ]);
});

test("an empty list is ranked without a call", async () => {
  const { exitCode, out } = await rank(file("empty.txt", "\n"), "--jsonl");
  expect({ exitCode, out }).toEqual({ exitCode: 0, out: "" });
  expect(stub.requests).toEqual([]);
});

test("the key comes from a file, else from the environment, else there is none", async () => {
  const docs = file("docs.txt", "a");
  const env = { RERANK_BASE_URL: stub.url, RERANK_API_KEY: "from-environment" };
  await runRerank(["rerank", "-q", "x", docs, "--api-key-file", file("key", "from-file\n")], {
    env,
  });
  await runRerank(["rerank", "-q", "x", docs], { env });
  await rank(docs);
  expect(stub.requests.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer from-file",
    "Bearer from-environment",
    undefined,
  ]);
});

test("a key on the command line is refused, and not repeated", async () => {
  for (const given of [["--api-key", "secret"], ["--api-key=secret"]]) {
    const { exitCode, err } = await rank("docs.txt", ...given);
    expect(exitCode).toBe(2);
    expect(err).toContain("RERANK_API_KEY");
    expect(err).not.toContain("secret");
  }
});

test("a file that holds no key is refused, and not repeated", async () => {
  const { exitCode, err } = await rank("-", "--api-key-file", file("notes", "my secret\nnotes"));
  expect(exitCode).toBe(1);
  expect(err).toContain("holds no key");
  expect(err).not.toContain("secret");
});

test.each<[string[], string]>([
  [[], "Usage: rerank COMMAND"],
  [["rank"], 'There is no command "rank".'],
  [["constructor"], 'There is no command "constructor".'],
  [["rerank"], "Say what is asked, with --query."],
  [["rerank", "-q"], "--query <value>"],
  [["rerank", "-q", "x", "--fast"], "--fast"],
  [["rerank", "-q", "x", "-n", "0"], "--top-n takes a whole number of at least 1."],
  [["rerank", "-q", "x", "-n", "1.5"], "--top-n takes a whole number of at least 1."],
  [["rerank", "-q", "x", "--min-score", "2"], "--min-score takes a number from 0 to 1"],
  [["rerank", "-q", "x", "--route", "moon"], "--route takes one of auto, edge, backend."],
  [["rerank", "-q", "x", "--json", "--tsv"], "Results have one form"],
  [["rerank", "-q", "x"], "Say where the service is"],
  [["rerank", "-q", "x", "-s", "localhost:8787"], "must begin with https:// or http://"],
  [["rerank", "-q", "x", "-s", "http://a", "--local"], "give --server or --local"],
  [["rerank", "-q", "x", "-s", "http://a", "--timeout", "soon"], "--timeout takes seconds"],
  [["rerank", "-q", "x", "-s", "http://a", "-f", "xml"], "--format takes one of text, jsonl"],
  [["rerank", "-q", "x", "-s", "http://a", "-", "-"], "Stdin can be read once"],
  [
    ["rerank", "-q", "x", "-s", "http://a", "--field", "a", "--column", "b"],
    "give --field or --column",
  ],
  [["score", "-g", "d", "-s", "http://a"], "--generation takes one of a, b, c."],
  [["info", "docs.txt"], "info takes no files."],
])("%j is not understood: exit code 2, and how it goes", async (argv, saying) => {
  const { exitCode, out, err } = await runRerank(argv);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
  expect(err).toContain(saying);
  expect(err).toContain("Usage: rerank ");
});

test("without a file at a terminal, nothing is waited for", async () => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const { exitCode, err } = await runRerank(["rerank", "-q", "x", "-s", stub.url], { stdin });
  expect(exitCode).toBe(2);
  expect(err).toContain("Name a file with documents, or pipe them in.");
});

test.each<[string, string[], string]>([
  [
    "a file that is not there",
    ["/nowhere/docs.txt"],
    "/nowhere/docs.txt cannot be read: there is no such file.",
  ],
  ["a folder", [folder], "cannot be read: it is a folder."],
  [
    "a key's file that is not there",
    ["--api-key-file", "/nowhere/key"],
    "/nowhere/key cannot be read",
  ],
])("%s: exit code 1 and one line", async (_, argv, saying) => {
  const { exitCode, out, err } = await rank(...argv);
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: "" });
  expect(err).toContain(saying);
  expect(err.trimEnd()).not.toContain("\n");
});

test("what the service refuses is told in its own words, with the request's id", async () => {
  override = () => ({ status: 422, body: { code: "over_limit", message: "Too much was asked." } });
  const { exitCode, out, err } = await rank(file("docs.txt", "a"));
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: "" });
  expect(err).toBe("rerank rerank: 422: Too much was asked. (request stub-1)\n");
});

test("an interruption ends the call: exit code 130, and nothing is said", async () => {
  override = () => {
    queueMicrotask(() => interruption.abort());
    return "hang";
  };
  const interruption = new AbortController();
  const result = await runRerank(["rerank", "-q", "x", "-s", stub.url, file("docs.txt", "a")], {
    signal: interruption.signal,
  });
  expect(result).toEqual({ exitCode: 130, out: "", err: "" });
});

test("an interruption ends waiting for stdin", async () => {
  const interruption = new AbortController();
  const running = runRerank(["rerank", "-q", "x", "-s", stub.url, "-"], {
    signal: interruption.signal,
    stdin: new PassThrough(),
  });
  setImmediate(() => interruption.abort());
  expect(await running).toEqual({ exitCode: 130, out: "", err: "" });
});

test("at a terminal the table is cut to its width and dressed, and progress comes and goes on stderr", async () => {
  const docs = file("docs.txt", `${"red planet ".repeat(20)}\nb`);
  const surroundings = { env: { RERANK_BASE_URL: stub.url }, isTTY: true, columns: 60 };
  const { out, err } = await runRerank(["rerank", "-q", "red planet", docs], surroundings);
  const [header, first] = out.split("\n");
  expect(header).toBe("\u001B[1mrank  score  index  text\u001B[22m");
  expect(first).toHaveLength(60);
  expect(err.split("\r\u001B[2K")).toEqual([
    "",
    `ranking  [${"-".repeat(24)}] 0 of 2`,
    `ranking  [${"#".repeat(24)}] 2 of 2`,
    "\u001B[2m2 of 2 documents, 8 tokens, stub, edge\u001B[22m\n",
  ]);
  const plain = await runRerank(["rerank", "-q", "x", docs], {
    ...surroundings,
    env: { RERANK_BASE_URL: stub.url, NO_COLOR: "1" },
  });
  expect(plain.out + plain.err).not.toContain("\u001B[1m");
});

test("score gives a label and a score a text, by Azure ML's schema", async () => {
  const docs = file("docs.txt", "good\nvery bad");
  const { exitCode, out } = await runRerank([
    "score",
    docs,
    "-s",
    stub.url,
    "--deployment",
    "blue",
  ]);
  expect(exitCode).toBe(0);
  expect(out).toBe(
    [
      "index  label   score  text",
      "    0  TEXT   0.0400  good",
      "    1  TEXT   0.0800  very bad",
      "",
    ].join("\n"),
  );
  expect(stub.requests[0]).toMatchObject({
    path: "/score",
    headers: { "azureml-model-deployment": "blue" },
    body: { input_data: { input_string: ["good", "very bad"] }, params: { return_scores: true } },
  });
});

test("score pairs a query with each text, and writes rows as they were answered", async () => {
  const docs = file("docs.txt", "good\nvery bad");
  const { out } = await runRerank(["score", "-q", "how?", docs, "-s", stub.url, "--jsonl"]);
  expect(out).toBe('{"0":"PAIR","score":0.04}\n{"0":"PAIR","score":0.08}\n');
});

test.each<["a" | "c", object, string]>([
  ["a", { inputs: { input_string: ["good"] }, parameters: { return_scores: true } }, "TEXT"],
  ["c", { input_data: ["good"], params: { top_k: null } }, "POSITIVE"],
])("score -g %s sends that generation", async (generation, body, label) => {
  const { out } = await runRerank([
    "score",
    "-g",
    generation,
    file("docs.txt", "good"),
    "-s",
    stub.url,
    "--tsv",
  ]);
  expect(stub.requests[0]!.body).toEqual(body);
  expect(out).toBe(`index\tlabel\tscore\ttext\n0\t${label}\t0.04\tgood\n`);
});

test("score refuses an answer that has not a row a text", async () => {
  override = () => ({ status: 200, body: [{ "0": "TEXT" }] });
  const { exitCode, err } = await runRerank(["score", file("docs.txt", "a\nb"), "-s", stub.url]);
  expect(exitCode).toBe(1);
  expect(err).toContain("not one row a text");
});

test("info shows what a service is and takes", async () => {
  const { out } = await runRerank(["info", "-s", stub.url]);
  expect(out).toMatch(/^version +1\.2\.3$/m);
  expect(out).toMatch(/^maxDocuments +1000$/m);
  const json = await runRerank(["info", "-s", stub.url, "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({ model: "stub", maxSeqLength: 512 });
});

test("--version is the package's", async () => {
  expect(await runRerank(["--version"])).toEqual({
    exitCode: 0,
    out: `${packageJson.version}\n`,
    err: "",
  });
});

test.each([["rerank"], ["score"], ["info"]])("%s --help names every option", async (name) => {
  const { exitCode, out } = await runRerank([name, "--help", "no-file-is-read"]);
  expect(exitCode).toBe(0);
  for (const option of [
    "server",
    "api-key-file",
    "timeout",
    "local",
    "local-model",
    "json",
    "jsonl",
    "tsv",
  ])
    expect(out).toMatch(new RegExp(`^ .*--${option} `, "m"));
  expect((await runRerank(["--help"])).out).toMatch(new RegExp(`^  ${name} `, "m"));
});
