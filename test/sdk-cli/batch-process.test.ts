/** `rerank batch` as a process, and a service that fails in all the ways that a night has. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { useBatchPlace } from "./batch-place.ts";
import type { BatchRequest, Fault } from "./batch-service.ts";

const SCRIPT = join(import.meta.dirname, "../../sdk/cli/index.ts");

const place = useBatchPlace();
const { at } = place;

function start(...argv: string[]) {
  // Without warnings of a Node that reads TypeScript as an experiment.
  const args = ["--disable-warning=ExperimentalWarning", SCRIPT, "batch", ...argv];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, RERANK_BASE_URL: place.service.url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]).then(
    ([out, err, [code, signal]]) => ({ out, err, code, signal }),
  );
  return { child, ended };
}

/** Faults of the first requests of a kind, one after the other. */
function faultsOf(isMeant: (request: BatchRequest) => boolean, ...faults: Fault[]): void {
  place.service.fault = (request) => (isMeant(request) ? faults.shift() : undefined);
}

/** More than is sent in one request: four parts of the stub's. */
function largeFile(): string {
  const line = `red planet,${"Mars ".repeat(200)}\n`;
  writeFileSync(at("large.csv"), `query,document\n${line.repeat(17_000)}`);
  return at("large.csv");
}

function smallFile(): string {
  writeFileSync(at("pairs.csv"), `query,document\n${"red,planet\n".repeat(9)}`);
  return at("pairs.csv");
}

test("connections that break at every step are made again", async () => {
  const broken = new Set<string>();
  place.service.fault = ({ method, path }) => {
    const step = `${method} ${path.split("/")[1]} ${path.split("/")[3] ?? ""}`;
    if (broken.has(step)) return undefined;
    broken.add(step);
    return path.endsWith("/results") ? "cut-half" : "cut";
  };
  const { code, err } = await start(smallFile(), "-o", at("scores.csv")).ended;
  expect(err).toContain("The service does not answer, or cannot now: it is asked again.\n");
  expect(err).toMatch(/\n9 rows scored\.\n$/);
  expect(code).toBe(0);
  expect(readFileSync(at("scores.csv"), "utf8").split("\n")).toHaveLength(10);
  expect(place.service.jobs.size).toBe(1);
  expect(place.service.asked("GET", "/jobs/batchjob-1/results").at(-1)!.headers.range).toMatch(
    /^bytes=/,
  );
  // Files, jobs, their events, their results, the list of files, and each file's end.
  expect(broken.size).toBe(6);
});

test("a service that is away for seconds in the middle of a job is waited for", async () => {
  place.service.ending = undefined;
  const { child, ended } = start(smallFile(), "-o", at("scores.csv"));
  await untilStderr(child, "scoring");
  await place.service.stop();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  place.service.ending = "Completed";
  await place.service.start();
  const { code, err } = await ended;
  expect({ code, jobs: place.service.jobs.size }).toEqual({ code: 0, jobs: 1 });
  expect(err).toMatch(/\n9 rows scored\.\n$/);
});

test("a part of an upload that is lost is sent again, and no other", async () => {
  faultsOf(({ query }) => query.get("partNumber") === "2", "cut", 503);
  const { code } = await start(largeFile(), "-o", at("scores.csv")).ended;
  expect(code).toBe(0);
  const parts = place.service.asked("PUT", "/files/").map(({ query }) => query.get("partNumber"));
  expect(parts.sort()).toEqual(["1", "2", "2", "2", "3", "4"]);
});

test("a command that is killed while it uploads goes on with the parts that are missing", async () => {
  const argv = [largeFile(), "-o", at("scores.csv"), "--keep"];
  place.service.fault = ({ query }) => (query.get("partNumber") === "4" ? "hang" : undefined);
  const { child, ended } = start(...argv);
  await expect
    .poll(() => JSON.stringify(savedState().uploads), { timeout: 20_000 })
    .toMatch(/"partNumber":1.*"partNumber":2.*"partNumber":3/);
  child.kill("SIGKILL");
  expect((await ended).signal).toBe("SIGKILL");
  place.service.requests.length = 0;
  place.service.fault = () => undefined;
  const { code, err } = await start(...argv).ended;
  expect(code).toBe(0);
  expect(err).toMatch(/^Goes on with what an earlier command has begun\.\n/);
  const parts = place.service.asked("PUT", "/files/").map(({ query }) => query.get("partNumber"));
  expect(parts).toEqual(["4"]);
  expect([...place.service.files.values()][0]!.equals(readFileSync(at("large.csv")))).toBe(true);
  expect(readdirSync(place.folder).sort()).toEqual(["large.csv", "scores.csv"]);
});

test("an upload that the service has given up is begun anew", async () => {
  const argv = [largeFile(), "-o", at("scores.csv")];
  place.service.fault = ({ query }) => (query.get("partNumber") === "4" ? "hang" : undefined);
  const { child, ended } = start(...argv);
  await expect
    .poll(() => JSON.stringify(savedState().uploads), { timeout: 20_000 })
    .toContain('"partNumber":3');
  child.kill("SIGKILL");
  await ended;
  place.service.uploads.clear();
  place.service.fault = () => undefined;
  expect((await start(...argv).ended).code).toBe(0);
});

test("a command that is killed while its job is at work takes that job up", async () => {
  place.service.ending = undefined;
  const argv = [smallFile(), "-o", at("scores.csv")];
  const { child, ended } = start(...argv);
  await untilStderr(child, "scoring");
  child.kill("SIGKILL");
  await ended;
  expect(savedState()).toMatchObject({ job: "batchjob-1", uploads: { "pairs.csv": "done" } });
  place.service.ending = "Completed";
  const { code, err } = await start(...argv).ended;
  expect({ code, jobs: place.service.jobs.size }).toEqual({ code: 0, jobs: 1 });
  expect(err).toContain(
    "Goes on with what an earlier command has begun.\nThe job is batchjob-1.\n",
  );
});

test("a command that is killed before it knows its job's name starts no second one", async () => {
  const argv = [smallFile(), "-o", at("scores.csv")];
  // The job is there, and its answer gets lost with the command.
  const { child, ended } = start(...argv);
  await expect.poll(() => place.service.jobs.size, { timeout: 20_000, interval: 1 }).toBe(1);
  child.kill("SIGKILL");
  await ended;
  const state = savedState();
  delete state.job;
  writeFileSync(at("scores.csv.batch-state"), JSON.stringify(state));
  expect((await start(...argv).ended).code).toBe(0);
  expect(place.service.jobs.size).toBe(1);
});

test("SIGINT without a terminal leaves the job at work, and says how to take it up again", async () => {
  place.service.ending = undefined;
  const { child, ended } = start(smallFile(), "-o", at("scores.csv"), "--keep");
  await untilStderr(child, "scoring");
  child.kill("SIGINT");
  const { code, out, err } = await ended;
  expect({ code, out }).toEqual({ code: 130, out: "" });
  expect(err).toContain(
    `The job batchjob-1 goes on. To take it up again:\n  rerank batch --resume batchjob-1 --output ${at("scores.csv")} --keep\n`,
  );
  expect(place.service.jobs.get("batchjob-1")!.status).toBe("Running");
  expect(place.service.asked("POST", "/jobs/")).toEqual([]);
});

test("SIGINT while a file is uploaded says that the same command goes on with it", async () => {
  place.service.fault = ({ method }) => (method === "PUT" ? "hang" : undefined);
  const { child, ended } = start(smallFile(), "-o", at("scores.csv"));
  await untilStderr(child, "uploading");
  child.kill("SIGINT");
  const { code, err } = await ended;
  expect(code).toBe(130);
  expect(err).toContain("the same command goes on with it.\n");
});

test("a download that fails for good leaves what was there, and says that the job has ended", async () => {
  writeFileSync(at("scores.csv"), "earlier");
  faultsOf(({ path }) => path.endsWith("/results"), "cut-half", 400);
  const { code } = await start(smallFile(), "-o", at("scores.csv")).ended;
  expect(code).toBe(1);
  expect(readFileSync(at("scores.csv"), "utf8")).toBe("earlier");
  expect(readdirSync(place.folder).sort()).toEqual([
    "pairs.csv",
    "scores.csv",
    "scores.csv.batch-state",
  ]);
  expect(place.service.files.size).toBe(1);
});

test("results are piped as bytes", async () => {
  const { code, out } = await start(smallFile(), "-o", "-", "--format", "parquet", "--quiet").ended;
  expect(code).toBe(0);
  expect(out.split("\n")).toHaveLength(10);
  expect(out).toMatch(/^parquet,0,/);
});

function savedState(): { job?: string; uploads: object } {
  try {
    return JSON.parse(readFileSync(at("scores.csv.batch-state"), "utf8"));
  } catch {
    return { uploads: {} };
  }
}

async function untilStderr(child: ReturnType<typeof start>["child"], saying: string) {
  let said = "";
  return new Promise<void>((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(saying)) resolve();
    });
  });
}
