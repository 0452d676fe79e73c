import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  labelsFromFile,
  tagsFromFile,
} from "../../../tools/evaluation/classification/predictions.ts";
import { openDataset } from "../../../tools/evaluation/datasets/open-dataset.ts";
import { temporaryFolder } from "../run-tool.ts";
import { jsonLines, writeFiles } from "./write-files.ts";

const newFolder = temporaryFolder();
const OPTIONS = { data: undefined, split: "test", qrels: undefined };

function file(text: string, name: string): string {
  return join(writeFiles(newFolder(), { [name]: text }), name);
}

describe("labelled texts", () => {
  test("are read from JSON lines and from CSV, quotes, commas and line ends included", async () => {
    const texts = [
      { text: 'a "b", c\nd', label: "x" },
      { text: "", label: "7" },
    ];
    const csv = 'id,text,label\n1,"a ""b"", c\nd",x\n2,,7\n';
    expect(await openDataset(file(csv, "a.csv"), OPTIONS)).toMatchObject({ kind: "labels", texts });
    const lines = jsonLines({ text: 'a "b", c\nd', label: "x" }, { text: "", label: 7 });
    expect(await openDataset(file(lines, "a.jsonl"), OPTIONS)).toMatchObject({ texts });
  });

  test.each<[string, string, string, string]>([
    [
      "a CSV without a label",
      "a.csv",
      "text\nx\n",
      "line 2: the header names no column text, or no column label",
    ],
    [
      "a record that is too long",
      "a.csv",
      "text,label\nx,y,z\n",
      "line 2: there are 3 fields and 2 in the header",
    ],
    ["a quote that stays open", "a.csv", 'text,label\n"x,y\n', "line 2: a quote is opened here"],
    [
      "a quote inside a bare field",
      "a.csv",
      'text,label\nx"y",z\n',
      "line 2: there is a quote inside",
    ],
    [
      "a label that is a list",
      "a.jsonl",
      '{"text":"x","label":[]}\n',
      "line 1: label is not a string",
    ],
    [
      "a line of another kind",
      "a.jsonl",
      '{"x":1}\n',
      "line 1: this is neither a query with candidates",
    ],
    ["an empty file", "a.jsonl", "", "is empty"],
  ])("%s is an error that says so", async (_, name, text, saying) => {
    await expect(openDataset(file(text, name), OPTIONS)).rejects.toThrow(saying);
  });
});

describe("tagged sentences", () => {
  test("are read from JSON lines and from CoNLL's columns", async () => {
    const sentences = [
      { tokens: ["Ada", "wrote"], tags: ["B-per", "O"] },
      { tokens: ["#"], tags: ["O"] },
    ];
    const conll = "-DOCSTART- O\n\nAda NNP B-per\nwrote VBD O\n\n# NN O";
    expect(await openDataset(file(conll, "a.conll"), OPTIONS)).toMatchObject({
      kind: "tags",
      sentences,
    });
    expect(await openDataset(file(jsonLines(...sentences), "a.jsonl"), OPTIONS)).toMatchObject({
      sentences,
    });
  });

  test.each<[string, string, string, string]>([
    ["a token without a tag", "a.conll", "Ada\n", 'line 1: there is a token, "Ada", and no tag'],
    [
      "fewer tags than tokens",
      "a.jsonl",
      '{"tokens":["a","b"],"tags":["O"]}\n',
      "line 1: there are 2 tokens and 1 tags",
    ],
    [
      "tags that are numbers",
      "a.jsonl",
      '{"tokens":["a"],"tags":[0]}\n',
      "line 1: tokens or tags is not a list of strings",
    ],
  ])("%s is an error that says so", async (_, name, text, saying) => {
    await expect(openDataset(file(text, name), OPTIONS)).rejects.toThrow(saying);
  });
});

describe("predictions", () => {
  test("are bare values or objects, in the order of the set", async () => {
    const labels = file(
      jsonLines("a", { label: "b", score: 0.5 }, { prediction: "c" }, 4),
      "p.jsonl",
    );
    expect(await labelsFromFile(labels)(["1", "2", "3", "4"])).toEqual(["a", "b", "c", "4"]);
    const tags = file(jsonLines(["O"], { tags: ["B-x", "O"] }), "p.jsonl");
    expect(await tagsFromFile(tags)([["a"], ["b", "c"]])).toEqual([["O"], ["B-x", "O"]]);
  });

  test("of another number than the texts are an error", async () => {
    const path = file(jsonLines("a"), "p.jsonl");
    await expect(labelsFromFile(path)(["1", "2"])).rejects.toThrow("has 1 predictions for 2 texts");
  });

  test("that are no labels, or not a tag a token, are errors that name the line", async () => {
    await expect(labelsFromFile(file(jsonLines("a", {}), "p.jsonl"))(["1", "2"])).rejects.toThrow(
      "line 2: this is neither a label",
    );
    await expect(tagsFromFile(file(jsonLines(["O"]), "p.jsonl"))([["a", "b"]])).rejects.toThrow(
      "line 1: there are 1 tags for 2 tokens",
    );
  });
});
