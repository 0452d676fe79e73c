import { expect, test } from "vitest";
import { parseCommand } from "../../sdk/cli/command.ts";
import { batchCommand } from "../../sdk/cli/batch/index.ts";
import { batchPlan, formatOf } from "../../sdk/cli/batch/options.ts";
import { runRerank } from "./run-command-line.ts";

const planOf = (...argv: string[]) => {
  const { values, files } = parseCommand(batchCommand, argv);
  return batchPlan(values as Parameters<typeof batchPlan>[0], files);
};

test.each([
  ["scores.csv", "scores"],
  ["a/predictions.csv", "csv"],
  ["PREDICTIONS.CSV", "csv"],
  ["my-predictions.csv", "scores"],
  ["out.jsonl", "jsonl"],
  ["out.ndjson", "jsonl"],
  ["out.parquet", "parquet"],
  ["out.trec", "trec"],
  ["bm25.run", "trec"],
  ["out.tsv", undefined],
  ["out", undefined],
  ["folder.csv/out", undefined],
  ["-", undefined],
])("%s has the format %s", (output, format) => {
  expect(formatOf(output)).toBe(format);
});

test("options become what the job is told", () => {
  const options = "--error-threshold 5 --instances 3 --route edge --input-format csv".split(" ");
  expect(planOf("a.csv", "b.csv", "-o", "out.csv", "--errors", "e.jsonl", ...options)).toEqual({
    source: { kind: "new", inputs: { kind: "rows", files: ["a.csv", "b.csv"] } },
    results: { output: "out.csv", format: "scores" },
    errors: "e.jsonl",
    errorThreshold: 5,
    instances: 3,
    route: "edge",
    inputFormat: "csv",
  });
});

test("--format goes before the output's name", () => {
  expect(planOf("a.csv", "-o", "out.csv", "-f", "csv").results?.format).toBe("csv");
  expect(planOf("a.csv", "-o", "-", "-f", "jsonl").results).toEqual({
    output: "-",
    format: "jsonl",
  });
});

test("a TREC run is three files", () => {
  const argv = ["--run", "r.run", "--queries", "q.tsv", "--collection", "c.tsv", "-o", "out.run"];
  expect(planOf(...argv)).toMatchObject({
    source: { inputs: { kind: "run", files: { run: "r.run", queries: "q.tsv" } } },
    results: { format: "trec" },
  });
});

test.each<[string, string]>([
  ["-o out.csv", "Name the file whose rows are scored."],
  ["a.csv", "Say where the results go"],
  ["a.csv -o out.txt", "Say what form the results have"],
  ["a.csv -o -", "Say what form the results have"],
  ["a.csv -o out.csv -f xml", "--format takes one of csv, scores, jsonl, parquet, trec."],
  ["- -o out.csv", "batch reads files, not stdin"],
  ["a.csv - -o out.csv", "batch reads files, not stdin"],
  ["--run - --queries q --collection c -o out.run", "batch reads files, not stdin"],
  ["--run r.run -o out.run", "A TREC run is three files"],
  ["a.csv --run r --queries q --collection c -o o.run", "Either files of rows are scored, or"],
  ["a.csv --resume job -o out.csv", "--resume takes no files"],
  ["--resume /jobs/ -o out.csv", "--resume takes a job's name."],
  ["--resume job", "Say where the results go"],
  ["--resume job --detach", "give --resume or --detach"],
  ["a.csv --detach -o out.csv", "--detach takes neither --output nor --errors"],
  ["pairs.csv -o ./pairs.csv", "must be different files"],
  ["a.csv -o out.csv --errors out.csv", "must be different files"],
  ["a.csv -o - -f csv --errors -", "must be different files"],
  ["a.csv -o out.csv --instances 0", "--instances takes a whole number of at least 1."],
  ["a.csv -o out.csv --error-threshold -2", "--error-threshold"],
  ["a.csv -o out.csv --error-threshold 1.5", "--error-threshold takes a whole number"],
  ["a.csv -o out.csv --route moon", "--route takes one of auto, edge, backend."],
  ["a.csv -o out.csv --input-format xml", "--input-format takes one of csv, jsonl, parquet."],
  ["a.csv -o out.csv", "Say where the service is"],
  ["a.csv -o out.csv -s http://a --timeout soon", "--timeout takes seconds"],
  ["a.csv -o out.csv --local", "--local"],
])("`%s` is not understood: exit code 2, and how it goes", async (line, saying) => {
  const { exitCode, out, err } = await runRerank(["batch", ...line.split(" ")]);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
  expect(err).toContain(saying);
  expect(err).toContain("Usage: rerank batch ");
});

test("--help names every option", async () => {
  const { exitCode, out } = await runRerank(["batch", "--help"]);
  expect(exitCode).toBe(0);
  for (const option of Object.keys(batchCommand.options))
    expect(out).toMatch(new RegExp(`^ .*--${option} `, "m"));
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(144);
  expect((await runRerank(["--help"])).out).toMatch(/^ {2}batch +/m);
});
