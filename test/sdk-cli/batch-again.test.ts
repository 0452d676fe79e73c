import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { resultsOf, useBatchPlace } from "./batch-place.ts";

const place = useBatchPlace();
const { at, file, batch } = place;

test("after a job that failed, the same command starts another one of the same uploads", async () => {
  place.service.ending = "Failed";
  const argv = [file("a.csv", 3), "-o", at("out.csv")];
  const failed = await batch(argv);
  expect(failed.err).toMatch(
    /Its uploaded files are kept for the same command, also with other options: files\/batch-\w{32}\/\.\n$/,
  );
  place.service.ending = "Completed";
  const { exitCode, err } = await batch([...argv, "--delimiter", ";"]);
  expect(exitCode).toBe(0);
  expect(err).toContain("The job is batchjob-2.");
  expect(place.service.asked("PUT", "/files/")).toHaveLength(1);
  expect(readdirSync(place.folder).sort()).toEqual(["a.csv", "out.csv"]);
});

test("uploads that are not there any longer are made again", async () => {
  place.service.ending = "Failed";
  const argv = [file("a.csv", 3), "-o", at("out.csv")];
  await batch(argv);
  place.service.ending = "Completed";
  place.service.files.clear();
  expect((await batch(argv)).err).toContain("3 rows scored.");
  expect(place.service.asked("PUT", "/files/")).toHaveLength(2);
});

test("when a service stays away, the command ends and says how its job is taken up again", async () => {
  place.service.fault = ({ path }) => (path.startsWith("/jobs/") ? 503 : undefined);
  const { exitCode, err } = await batch([file("a.csv", 9), "-o", at("out.csv")]);
  expect(exitCode).toBe(1);
  expect(err).toMatch(
    /\nThe job batchjob-1 goes on\. To take it up again:\n {2}rerank batch --resume batchjob-1 --output \S+out\.csv\nrerank batch: 503: /,
  );
  expect(place.service.asked("GET", "/jobs/").length).toBeGreaterThan(60);
  expect(existsSync(at("out.csv.batch-state"))).toBe(true);
});

/** Runs the command until its job is at work, and ends it then, as a kill does: its state stays. */
async function begun(argv: readonly string[]) {
  const interruption = new AbortController();
  const { ending } = place.service;
  place.service.ending = undefined;
  const { exitCode } = await batch(argv, {
    signal: interruption.signal,
    onStderr: (text) => void (text.startsWith("scoring") && interruption.abort()),
  });
  place.service.ending = ending;
  expect(exitCode).toBe(130);
  expect(existsSync(at("out.csv.batch-state"))).toBe(true);
}

test("the same command goes on with the job that it started, in another format, too", async () => {
  const argv = [file("a.csv", 3), "-o", at("out.csv")];
  await begun(argv);
  const { exitCode, err } = await batch([...argv, "--format", "csv"]);
  expect(exitCode).toBe(0);
  expect(err).toMatch(
    /^Goes on with what an earlier command has begun\.\nThe job is batchjob-1\.\n/,
  );
  expect(readFileSync(at("out.csv"), "utf8")).toBe(resultsOf("csv", 3));
  expect(place.service.jobs.size).toBe(1);
  expect(existsSync(at("out.csv.batch-state"))).toBe(false);
});

test("a state of other options is not used, and its job is named", async () => {
  const argv = [file("a.csv", 3), "-o", at("out.csv")];
  await begun(argv);
  const { err } = await batch([...argv, "--columns", "query=q"]);
  expect(err).toContain(
    "Begins anew: an earlier command had other options. Its job is batchjob-1.",
  );
  expect(err).toContain("The job is batchjob-2.");
});

test("a state of other files is not used", async () => {
  const argv = [file("a.csv", 3), "-o", at("out.csv")];
  await begun(argv);
  file("a.csv", 4);
  const { err } = await batch(argv);
  expect(err).toContain("Begins anew: an earlier command had other files. Its job is batchjob-1.");
  expect(readFileSync(at("out.csv"), "utf8")).toBe(resultsOf("scores", 4));
});

test("a state whose job was deleted is not used", async () => {
  const argv = [file("a.csv", 3), "-o", at("out.csv")];
  await begun(argv);
  place.service.jobs.set("batchjob-9", place.service.jobs.get("batchjob-1")!);
  place.service.jobs.delete("batchjob-1");
  const { exitCode, err } = await batch(argv);
  expect(exitCode).toBe(0);
  expect(err).toContain(
    "Begins anew: the job batchjob-1 of an earlier command is not there any longer.",
  );
});

test("a state that cannot be read is none", async () => {
  writeFileSync(at("out.csv.batch-state"), '{"files": 1');
  const { exitCode, err } = await batch([file("a.csv", 3), "-o", at("out.csv")]);
  expect(exitCode).toBe(0);
  expect(err).not.toContain("Goes on");
});

test("an option that the service refuses can be mended without another upload", async () => {
  place.service.fault = ({ method, path }) =>
    method === "POST" && path === "/jobs" ? 422 : undefined;
  const argv = [file("a.csv", 3), "-o", at("out.csv")];
  expect((await batch([...argv, "-m", "wrong"])).exitCode).toBe(1);
  place.service.fault = () => undefined;
  const { exitCode, err } = await batch([...argv, "-m", "right"]);
  expect(exitCode).toBe(0);
  expect(err).toMatch(
    /^Goes on with the uploads of an earlier command, for a job of other options\./,
  );
  expect(place.service.asked("PUT", "/files/")).toHaveLength(1);
});

test("an answer about the new job that is lost starts no second one", async () => {
  let answers = 0;
  place.service.fault = ({ method, path }) => {
    if (method !== "POST" || path !== "/jobs") return undefined;
    return ++answers === 1 ? 503 : undefined;
  };
  const { exitCode } = await batch([file("a.csv", 3), "-o", at("out.csv")]);
  expect(exitCode).toBe(0);
  const keys = place.service
    .asked("POST", "/jobs")
    .map(({ headers }) => headers["idempotency-key"]);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});
