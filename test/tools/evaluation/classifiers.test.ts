import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AzureMlEntity } from "../../../sdk/index.ts";
import { headsFixture } from "../../fixtures/heads-fixture.ts";
import { packedFolder } from "../../fixtures/packed-folder.ts";
import { syntheticModel } from "../../fixtures/synthetic-model.ts";
import { runTool, temporaryFolder } from "../run-tool.ts";
import { jsonLines, writeFiles } from "./write-files.ts";

const { library, version } = headsFixture.manifest;
const [oneLogit, manyLabels, multiLabel] = headsFixture.sequences;
const [bioTags] = headsFixture.tokens;
const newFolder = temporaryFolder();

function file(name: string, text: string): string {
  return join(writeFiles(newFolder(), { [name]: text }), name);
}

/** Every text with the label that Python's pipeline gives it. */
const labelled = headsFixture.texts.map((text, index) => ({
  text,
  label: manyLabels!.answers.best[index]!.label,
}));

/** Words with the tags that Python's pipeline gives their first pieces; it leaves `O` out. */
const tagged = headsFixture.texts.flatMap((text, index) => {
  // Where a word begins with a character that leaves no piece, the pipeline's places are not those of words.
  if (/[\0\s\u200b]/u.test(text.replaceAll(" ", ""))) return [];
  const entities = bioTags!.answers["none"]![index] as AzureMlEntity[];
  let start = 0;
  const words = text.split(" ").map((token) => {
    const own = entities.find((entity) => token !== "" && entity.start === start);
    start += Array.from(token).length + 1;
    return { token, tag: own?.entity ?? "O" };
  });
  return [{ tokens: words.map(({ token }) => token), tags: words.map(({ tag }) => tag) }];
});

const rankings = jsonLines({ query: "a", candidates: [{ text: "a", label: 1 }] });
const evaluate = (set: string, ...argv: string[]) =>
  runTool(["evaluate", set, "--threads", "2", ...argv]);

function predictionsIn(folder: string): unknown[] {
  const lines = readFileSync(join(folder, "predictions.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as unknown);
}

describe("a model in this process", () => {
  const classifier = packedFolder(syntheticModel(manyLabels!.shape));
  const tagger = packedFolder(syntheticModel(bioTags!.shape));

  test(`labels texts as ${library} ${version} does`, async () => {
    const out = newFolder();
    const set = file("set.jsonl", jsonLines(...labelled));
    const tool = await evaluate(set, "--model", classifier, "--out", out);
    expect(tool).toMatchObject({ exitCode: 0, err: "" });
    expect(tool.out).toContain("labelled by: test/many-labels");
    expect(tool.out).toMatch(/^accuracy +1\.0000$/m);
    expect(tool.out).toContain("report.html and predictions.jsonl");
    expect(predictionsIn(out)).toEqual(labelled.map(({ label }) => label));
  });

  test(`tags words as ${library} ${version} does, and those behind the window as O`, async () => {
    const out = newFolder();
    const set = file("set.jsonl", jsonLines(...tagged));
    const tool = await evaluate(set, "--model", tagger, "--out", out);
    expect(tool).toMatchObject({ exitCode: 0, err: "" });
    expect(tool.out).toMatch(/^micro average +1\.0000 +1\.0000 +1\.0000/m);
    expect(predictionsIn(out)).toEqual(tagged.map(({ tags }) => tags));
    expect(tagged.length).toBeGreaterThan(8);
  });

  test("a true label that it does not predict costs accuracy", async () => {
    const [wrong, ...rest] = labelled;
    const label = manyLabels!.shape.labels.find((other) => other !== wrong!.label)!;
    const set = file("set.jsonl", jsonLines({ ...wrong, label }, ...rest.slice(0, 3)));
    expect((await evaluate(set, "--model", classifier)).out).toMatch(/^accuracy +0\.7500$/m);
  });

  test("a shorter window tags fewer words", async () => {
    const out = newFolder();
    const set = file("set.jsonl", jsonLines(...tagged));
    await evaluate(set, "--model", tagger, "--out", out, "--max-tokens", "4");
    const [tags] = predictionsIn(out) as string[][];
    expect(tags!.slice(1).every((tag) => tag === "O")).toBe(true);
  });

  test("its predictions are a file that --predictions reads", async () => {
    const out = newFolder();
    const set = file("set.jsonl", jsonLines(...labelled));
    await evaluate(set, "--model", classifier, "--out", out);
    const again = await evaluate(set, "--predictions", join(out, "predictions.jsonl"));
    expect(again.out).toMatch(/^accuracy +1\.0000$/m);
  });

  test("a run that was killed goes on: what is in the log is not asked for again", async () => {
    const out = newFolder();
    const set = file("set.jsonl", jsonLines(...labelled));
    await evaluate(set, "--model", classifier, "--out", out);
    const path = join(out, "scores.jsonl");
    const [head, first, second] = readFileSync(path, "utf8").split("\n");
    const { index } = JSON.parse(first!) as { index: number };
    const kept = JSON.stringify({ index, prediction: "kept" });
    writeFileSync(path, `${head}\n${kept}\n${second!.slice(0, 9)}`);
    expect((await evaluate(set, "--model", classifier, "--out", out)).exitCode).toBe(0);
    const expected = labelled.map(({ label }, place) => (place === index ? "kept" : label));
    expect(predictionsIn(out)).toEqual(expected);
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(labelled.length + 2);
  });

  test("a log of other texts or settings is an error that names them", async () => {
    const out = newFolder();
    const argv = ["--model", classifier, "--out", out];
    await evaluate(file("set.jsonl", jsonLines(...labelled)), ...argv);
    const { exitCode, err } = await evaluate(
      file("set.jsonl", jsonLines(...labelled.slice(1))),
      ...argv,
      "--max-tokens",
      "9",
    );
    expect(exitCode).toBe(1);
    expect(err).toMatch(/other settings \(dataSha256 .*; maxTokens 64 there, 9 now\)/);
  });
});

describe("a model that does not suit the set is an error that names both:", () => {
  const folders = new Map(
    [oneLogit!, manyLabels!, multiLabel!, bioTags!].map(({ shape }) => [
      shape.name,
      packedFolder(syntheticModel(shape)),
    ]),
  );
  const oneTag = packedFolder(syntheticModel({ ...bioTags!.shape, labels: ["O"] }));
  folders.set("one tag", oneTag);

  const csv = "text,label\na,card_arrival\n";
  const tags = jsonLines({ tokens: ["a"], tags: ["O"] });

  test.each<[model: string, set: string, text: string, saying: string]>([
    ["one logit", "l.csv", csv, "is a reranker (one label a text), and l.csv has texts with one"],
    ["BIO tags", "l.csv", csv, "is a token classifier of"],
    ["multi-label", "l.csv", csv, "is a classifier that gives a text any number of"],
    ["one logit", "t.jsonl", tags, "and t.jsonl has sentences with tags. Name a token classifier"],
    ["many labels", "t.jsonl", tags, "is a text classifier of"],
    ["many labels", "r.jsonl", rankings, "and r.jsonl is a ranking. Name a reranker"],
    ["BIO tags", "r.jsonl", rankings, "is a token classifier of"],
    ["one tag", "r.jsonl", rankings, "is a token classifier of 1 tag, and r.jsonl is a ranking"],
    [
      "many labels",
      "l.csv",
      "text,label\na,card_arrival\nb,pluto\nc,mars\n",
      "l.csv has 2 labels that",
    ],
    ["BIO tags", "t.conll", "a B-MOON\n", "t.conll has 1 tag that"],
  ])("%s and %s", async (name, set, text, saying) => {
    const model = folders.get(name)!;
    const { exitCode, out, err } = await evaluate(file(set, text), "--model", model);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: "" });
    expect(err).toContain(saying);
    expect(err).toContain(model);
  });

  test("the labels that it lacks are named, and those that it has", async () => {
    const set = file("l.csv", "text,label\na,pluto\nb,mars\n");
    const { err } = await evaluate(set, "--model", folders.get("many labels")!);
    expect(err).toContain("does not know: pluto, mars. It knows card_arrival");
  });
});

describe("a running service", () => {
  interface Asked {
    input_data: string[];
    params?: object;
  }
  const asked: Asked[] = [];
  let info: object | undefined;
  let answer: (text: string) => unknown;
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (bytes) => (text += bytes));
    request.on("end", () => {
      if (request.url === "/info" && info) return response.end(JSON.stringify(info));
      if (request.url !== "/score") return response.writeHead(404).end("{}");
      const body = JSON.parse(text) as Asked;
      asked.push(body);
      return response.end(JSON.stringify(body.input_data.map(answer)));
    });
  });
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    asked.length = 0;
    info = { model: "m", head: "sequence-classification", labels: ["x", "y"] };
    answer = (text) => ({ label: text.includes("x") ? "x" : "y", score: 0.9 });
  });

  const texts = Array.from({ length: 40 }, (_, index) => `${index},${index % 2 ? "x" : "y"}`);
  const csv = `text,label\n${texts.map((line) => `${line.replace(",", "")},${line.at(-1)}\n`).join("")}`;

  test.each(["", "/", "/score"])("with %j after its address labels texts", async (path) => {
    const tool = await evaluate(file("l.csv", csv), "--url", url + path);
    expect(tool).toMatchObject({ exitCode: 0, err: "" });
    expect(tool.out).toContain("labelled by: m");
    expect(tool.out).toMatch(/^accuracy +1\.0000$/m);
    expect(asked.flatMap((body) => body.input_data)).toHaveLength(40);
    expect(asked.every((body) => body.input_data.length <= 16 && !body.params)).toBe(true);
  });

  test("tags words by its pieces' places, which count code points", async () => {
    info = undefined;
    answer = (text) => [
      { entity: "B-loc", start: 3, end: 4 },
      { entity: "O", start: 4, end: Array.from(text).length },
    ];
    const set = file(
      "t.jsonl",
      jsonLines({ tokens: ["👍🏽", "Ulm", "!"], tags: ["O", "B-loc", "O"] }),
    );
    const tool = await evaluate(set, "--url", url);
    expect(tool).toMatchObject({ exitCode: 0, err: "" });
    expect(tool.out).toMatch(/^loc +1\.0000 +1\.0000 +1\.0000 +1$/m);
    expect(asked).toEqual([
      {
        input_data: ["👍🏽 Ulm !"],
        params: { aggregation_strategy: "none", ignore_labels: [] },
      },
    ]);
  });

  test("is asked what it serves before it is asked for labels", async () => {
    info = { model: "m", head: "sequence-classification", labels: ["LABEL_0"] };
    const ranker = await evaluate(file("l.csv", csv), "--url", url);
    expect(ranker.err).toContain(`${url} is a reranker (one label a text), and l.csv has texts`);
    info = { model: "m", head: "sequence-classification", labels: ["x", "z"] };
    const other = await evaluate(file("l.csv", csv), "--url", url);
    expect(other.err).toContain(`l.csv has 1 label that ${url} does not know: y. It knows x, z.`);
    expect(asked).toEqual([]);
  });

  test.each<[string, (text: string) => unknown]>([
    ["without labels", () => ({ "0": "x" })],
    ["of lists", () => []],
    ["of null", () => null],
  ])("with rows %s is an error that asks for its kind of model", async (_, own) => {
    info = undefined;
    answer = own;
    const { exitCode, err } = await evaluate(file("l.csv", csv), "--url", url);
    expect(exitCode).toBe(1);
    expect(err).toContain(`${url}/score did not answer with a label and a score for each of 16`);
  });

  test("with entities that are none is such an error, too", async () => {
    info = undefined;
    answer = () => [null];
    const set = file("t.jsonl", jsonLines({ tokens: ["a"], tags: ["O"] }));
    const { exitCode, err } = await evaluate(set, "--url", url);
    expect(exitCode).toBe(1);
    expect(err).toContain("did not answer with a list of entities for each of 1 texts");
  });

  test("in another protocol, or beside a file of predictions, is an error", async () => {
    const set = file("l.csv", csv);
    const tei = await evaluate(set, "--backend", `tei:${url}`);
    expect(tei.err).toContain("--backend tei ranks, and l.csv has labels.");
    const both = await evaluate(set, "--url", url, "--predictions", set);
    expect(both).toMatchObject({ exitCode: 2 });
    expect(both.err).toContain("Choose one.");
  });
});
