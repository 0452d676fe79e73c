import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { resultsOf, useBatchPlace } from "./batch-place.ts";

const place = useBatchPlace();
const { at, file, batch } = place;

const jobBody = (): Record<string, unknown> =>
  [...place.service.jobs.values()].at(-1)!.body.properties;

test("a file's rows are scored, the results are there whole, and nothing else is left", async () => {
  const { exitCode, out, err } = await batch([file("pairs.csv", 10), "-o", at("scores.csv")]);
  expect({ exitCode, out }).toEqual({ exitCode: 0, out: "" });
  expect(err).toContain("The job is batchjob-1.\n");
  expect(err).toMatch(/\n10 rows scored\.\n$/);
  expect(readFileSync(at("scores.csv"), "utf8")).toBe(resultsOf("scores", 10));
  expect(readdirSync(place.folder).sort()).toEqual(["pairs.csv", "scores.csv"]);
  expect(place.service.files.size).toBe(0);
  expect(jobBody()["InputData"]).toMatchObject({
    rows: {
      JobInputType: "UriFile",
      Uri: expect.stringMatching(/^files\/batch-\w{32}\/pairs.csv$/),
    },
  });
});

test("what the job is told", async () => {
  const options = [
    "--columns",
    "query=question",
    "--delimiter",
    ";",
    "-m",
    "small",
    "--route",
    "edge",
  ];
  const more = ["--input-format", "csv", "--error-threshold", "7", "--instances", "4", "--quiet"];
  const { err } = await batch([file("a.csv", 1), "-o", at("out.csv"), ...options, ...more]);
  expect(err).toBe("");
  expect(jobBody()).toMatchObject({
    errorThreshold: 7,
    compute: { instanceCount: 4 },
    properties: {
      columns: "query=question",
      delimiter: ";",
      model: "small",
      route: "edge",
      inputFormat: "csv",
    },
  });
  expect(place.service.asked("POST", "/jobs")[0]!.headers["idempotency-key"]).toMatch(/^\w{32}$/);
});

test("a folder's files are one job: not hidden ones, not folders, not what the command writes", async () => {
  mkdirSync(at("in/deeper"), { recursive: true });
  file("in/b.csv", 2);
  file("in/a.csv", 3);
  file("in/.hidden.csv", 3);
  file("in/deeper/c.csv", 3);
  file("in/scores.csv", 5);
  const { exitCode, err } = await batch([at("in"), "-o", at("in/scores.csv"), "--keep"]);
  expect(exitCode).toBe(0);
  expect(err).toContain("5 rows scored.");
  expect([...place.service.files.keys()].map((name) => name.split("/")[1])).toEqual([
    "a.csv",
    "b.csv",
  ]);
  expect(jobBody()["InputData"]).toMatchObject({
    rows: { JobInputType: "UriFolder", Uri: expect.stringMatching(/^files\/batch-\w{32}\/$/) },
  });
});

test("of many files, those that are there are not sent again", async () => {
  mkdirSync(at("in"));
  for (let each = 0; each < 20; each++) file(`in/${each}.csv`, 1);
  place.service.fault = ({ path }) => (path.endsWith("/7.csv") ? 403 : undefined);
  const argv = [at("in"), "-o", at("out.csv")];
  expect((await batch(argv)).exitCode).toBe(1);
  const there = place.service.files.size;
  expect(there).toBeGreaterThan(0);
  place.service.requests.length = 0;
  place.service.fault = () => undefined;
  expect((await batch(argv)).err).toContain("20 rows scored.");
  // Of the last three, the service may have some whose answers were not waited for.
  expect(place.service.asked("PUT", "/files/").length).toBeLessThanOrEqual(20 - there + 2);
});

test("a TREC run is three inputs", async () => {
  const run = ["--run", file("bm25.run", 1), "--queries", file("q.tsv", 1)];
  const { exitCode } = await batch([
    ...run,
    "--collection",
    file("c.tsv", 1),
    "-o",
    at("out.trec"),
  ]);
  expect(exitCode).toBe(0);
  expect(readFileSync(at("out.trec"), "utf8")).toMatch(/^trec,/);
  const ending = (name: string) => ({
    JobInputType: "UriFile",
    Uri: expect.stringMatching(new RegExp(`^files/batch-\\w{32}/${name}$`)),
  });
  expect(jobBody()["InputData"]).toEqual({
    run: ending("run/bm25.run"),
    queries: ending("queries/q.tsv"),
    collection: ending("collection/c.tsv"),
  });
});

test("-o - writes the results, and nothing else, to stdout", async () => {
  const { out, err } = await batch([file("a.csv", 4), "-o", "-", "-f", "jsonl"]);
  expect(out).toBe(resultsOf("jsonl", 4));
  expect(err).toContain("4 rows scored.");
  expect(readdirSync(place.folder)).toEqual(["a.csv"]);
});

test("rows that failed are told, and no failure: exit code 0, even if the user wants quiet", async () => {
  place.service.failedRows = 2;
  const files = [file("a.csv", 10_000), "-o", at("out.csv")];
  const { exitCode, err } = await batch([...files, "--quiet"]);
  expect({ exitCode, err }).toEqual({
    exitCode: 0,
    err: "9,998 rows scored, 2 not: see --errors.\n",
  });
  const errors = await batch([...files, "--errors", at("errors.jsonl")]);
  expect(errors.err).toContain(`2 not: see ${at("errors.jsonl")}.`);
  expect(readFileSync(at("errors.jsonl"), "utf8")).toBe(resultsOf("errors", 2));
});

test("without rows that failed, the file of errors is empty", async () => {
  await batch([file("a.csv", 1), "-o", at("out.csv"), "--errors", at("errors.jsonl")]);
  expect(readFileSync(at("errors.jsonl"), "utf8")).toBe("");
});

test("a job that failed: exit code 1 and its reason; what was there before stays", async () => {
  place.service.ending = "Failed";
  place.service.failedRows = 1;
  writeFileSync(at("out.csv"), "earlier");
  const argv = [file("a.csv", 3), "-o", at("out.csv"), "--errors", at("errors.jsonl")];
  const { exitCode, err } = await batch(argv);
  expect(exitCode).toBe(1);
  expect(err).toMatch(/\nrerank batch: The job batchjob-1 failed: The model is gone\. .*\n$/);
  expect(err).toContain(`see ${at("errors.jsonl")}.`);
  expect(readFileSync(at("out.csv"), "utf8")).toBe("earlier");
  expect(readFileSync(at("errors.jsonl"), "utf8")).toBe(resultsOf("errors", 1));
  expect(readdirSync(place.folder).sort()).toEqual([
    "a.csv",
    "errors.jsonl",
    "out.csv",
    "out.csv.batch-state",
  ]);
});

test("a job that somebody canceled: exit code 1, and where its uploads are", async () => {
  place.service.ending = undefined;
  const running = batch([file("a.csv", 3), "-o", at("out.csv")], {
    onStderr(text) {
      if (text.startsWith("scoring")) place.service.jobs.get("batchjob-1")!.status = "Canceled";
    },
  });
  const { exitCode, err } = await running;
  expect(exitCode).toBe(1);
  expect(err).toMatch(
    /The job batchjob-1 was canceled\. Its uploaded files are kept for the same command, also with other options: files\/batch-\w{32}\/\.\n$/,
  );
  expect(place.service.files.size).toBe(1);
});

test("a job can be left to itself, and its results fetched later; its uploads go then", async () => {
  const detached = await batch([file("a.csv", 3), "--detach", "--quiet"]);
  expect(detached).toEqual({ exitCode: 0, out: "batchjob-1\n", err: "" });
  expect(place.service.files.size).toBe(1);
  const { exitCode, err } = await batch(["--resume", "/jobs/batchjob-1", "-o", at("out.jsonl")]);
  expect(exitCode).toBe(0);
  expect(err).toContain("3 rows scored.");
  expect(readFileSync(at("out.jsonl"), "utf8")).toBe(resultsOf("jsonl", 3));
  expect(place.service.files.size).toBe(0);
});

test("--resume of a job that is not there says so", async () => {
  const { exitCode, err } = await batch(["--resume", "nothing", "-o", at("out.csv")]);
  expect(exitCode).toBe(1);
  expect(err).toBe("rerank batch: 404: There is no such job.\n");
});

test("--keep leaves the uploads, and no upload takes the place of another file", async () => {
  place.service.files.set("a.csv", Buffer.from("the user's"));
  const argv = [file("a.csv", 1), "-o", at("out.csv"), "--keep"];
  await batch(argv);
  await batch(argv);
  expect(place.service.files.size).toBe(3);
  expect(place.service.files.get("a.csv")!.toString()).toBe("the user's");
});

test("uploads that cannot be deleted are told, and no failure", async () => {
  place.service.fault = ({ method }) => (method === "DELETE" ? 403 : undefined);
  const { exitCode, err } = await batch([file("a.csv", 1), "-o", at("out.csv")]);
  expect(exitCode).toBe(0);
  expect(err).toMatch(/The uploaded files could not be deleted: files\/batch-\w{32}\/\.\n/);
});

test("where there are no events, the job is asked", async () => {
  place.service.fault = ({ path }) => (path.endsWith("/events") ? 404 : undefined);
  const { exitCode, err } = await batch([file("a.csv", 9), "-o", at("out.csv")]);
  expect(exitCode).toBe(0);
  expect(err).toContain("scoring  ");
  expect(place.service.asked("GET", "/jobs/batchjob-1").length).toBeGreaterThan(3);
});

test.each<[string, () => string[], string]>([
  ["a file that is not there", () => [at("no.csv")], "cannot be read: there is no such file."],
  ["an empty folder", () => (mkdirSync(at("empty")), [at("empty")]), "has no files."],
  [
    "two files of one name",
    () => (mkdirSync(at("b")), [file("a.csv", 1), file("b/a.csv", 1)]),
    "Two files are named a.csv",
  ],
  [
    "a folder in place of a run",
    () => ["--run", place.folder, "--queries", file("q", 1), "--collection", file("c", 1)],
    "cannot be read: it is a folder.",
  ],
  ["a device", () => ["/dev/null"], "is no file that could be read again"],
])("%s: exit code 1 and one line, before anything is sent", async (_, argv, saying) => {
  const { exitCode, err } = await batch([...argv(), "-o", at("out.run")]);
  expect(exitCode).toBe(1);
  expect(err).toContain(saying);
  expect(err.trimEnd()).not.toContain("\n");
  expect(place.service.requests).toEqual([]);
});

test("an output that cannot be written is told before anything is sent", async () => {
  const { exitCode, err } = await batch([file("a.csv", 1), "-o", at("no/out.csv")]);
  expect(exitCode).toBe(1);
  expect(err).toContain("cannot be written: there is no such file.");
  mkdirSync(at("folder.csv"));
  const folderGiven = await batch([file("a.csv", 1), "-o", at("folder.csv")]);
  expect(folderGiven.err).toContain("folder.csv cannot be written: it is a folder.");
  expect(place.service.requests).toEqual([]);
});
