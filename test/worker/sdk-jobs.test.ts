/** Batch jobs through the SDK, against the Worker itself. */
import { beforeEach, describe, expect, test } from "vitest";
import {
  isRerankError,
  jobStatus,
  RerankClient,
  type Job,
  type JobFormat,
  type JobProgress,
  type UploadState,
} from "../../sdk/index.ts";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { useService } from "./service.ts";

const service = useService({ JOB_STALE_SECONDS: "5" }, packedFolder(syntheticModel(SMALL_SHAPE)));

const MIB = 1024 * 1024;

/** Paths with their queries that were asked for. */
let asked: string[] = [];
beforeEach(() => void (asked = []));

/** @param disturb - What becomes of an answer, or of a request that gets none */
function clientOf(
  apiKey: string,
  disturb = async (_path: string, send: () => Promise<Response>): Promise<Response> => send(),
): RerankClient {
  return new RerankClient({
    baseURL: "http://service.test",
    apiKey,
    logLevel: "off",
    fetch(url, init) {
      const { pathname, search } = new URL(url);
      asked.push(`${init.method} ${pathname}${search}`);
      return disturb(pathname + search, () => service.fetch(pathname + search, init));
    },
  });
}

const client = clientOf("sdk-jobs");

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function submit(Uri: string, properties: object = {}): Promise<Job> {
  const InputData = { data: { JobInputType: "UriFile", Uri } } as const;
  return client.jobs.create({ properties: { InputData, ...properties } });
}

const codeOf = async (promise: PromiseLike<unknown>): Promise<string | undefined> => {
  const error = await Promise.resolve(promise).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isRerankError(error) ? error.code : undefined;
};

describe("files", () => {
  test("are uploaded, described, listed by pages and deleted", async () => {
    const file = await client.files.upload("may/pairs é.csv", "query,document\na,b\n");
    expect(file).toMatchObject({
      name: "may/pairs é.csv",
      bytes: 19,
      uri: "files/may/pairs é.csv",
    });
    expect(await client.files.get("may/pairs é.csv")).toEqual(file);
    await client.files.upload("june/a", new Uint8Array(0));
    const pages = await all(client.files.list({ prefix: "may/" }));
    expect(pages.flatMap(({ value }) => value)).toEqual([file]);
    expect(pages[0]!.prefix).toMatch(/\/files\/$/);
    expect(await all(clientOf("another").files.list())).toMatchObject([{ value: [] }]);

    const headers = { "if-none-match": "*" };
    expect(await codeOf(client.files.upload("june/a", "b", { headers }))).toBe("file_exists");
    await client.files.delete("june/a");
    expect(await codeOf(client.files.get("june/a"))).toBe("unknown_file");
    expect(await codeOf(client.files.delete("june/a"))).toBe("unknown_file");
    expect(await codeOf(client.files.upload("a%20b", "c"))).toBe("invalid_value");
  });

  test("of more than 16 MiB go in parts, and go on after a break", async () => {
    const data = new Blob([new Uint8Array(16 * MIB).fill(1), new Uint8Array(4 * MIB).fill(2)]);
    const breaking = clientOf("sdk-jobs", async (path, send) => {
      if (path.endsWith("partNumber=2")) throw new TypeError("fetch failed");
      return send();
    });
    let state: UploadState | undefined;
    const onState = (reached: UploadState) => void (state = reached);
    const failing = breaking.files.upload("big", data, { onState, maxRetries: 0 });
    expect(await codeOf(failing)).toBe("connection");
    expect(state).toMatchObject({ partBytes: 16 * MIB });

    // What is under way when another part fails may or may not come to its end.
    const rest = [1, 2].filter(
      (number) => !state!.parts.some((part) => part.partNumber === number),
    );
    asked = [];
    const file = await client.files.upload("big", data, { resume: state, onState });
    expect(file).toMatchObject({ name: "big", bytes: 20 * MIB });
    expect(asked.filter((each) => each.includes("partNumber"))).toHaveLength(rest.length);
    expect(file.etag).toMatch(/-2$/);
    expect(
      await codeOf(client.files.upload("big", data, { resume: { ...state!, parts: [] } })),
    ).toBe("unknown_upload");
  });

  test("whose last answer got lost are there", async () => {
    let isLost = false;
    const losing = clientOf("sdk-jobs", async (path, send) => {
      const response = await send();
      if (isLost || !path.includes("uploadId") || path.includes("partNumber")) return response;
      isLost = true;
      throw new TypeError("terminated");
    });
    const file = await losing.files.upload("lost", new Uint8Array(17 * MIB));
    expect([isLost, file.bytes]).toEqual([true, 17 * MIB]);
  });
});

describe("a job", () => {
  const ROWS = 400;
  const rankings = Array.from({ length: ROWS }, (_, row) =>
    JSON.stringify({ query: "a b", query_id: `q${row}`, documents: ["c", `w${row % 5} a b`] }),
  );

  test("tells its progress, ends, and has its results in each format", async () => {
    const { uri } = await client.files.upload("r.jsonl", [...rankings, "{}"].join("\n"));
    const job = await submit(uri, { tags: { night: "may 4" } });
    expect(await codeOf(client.jobs.download(job, { maxRetries: 0 }))).toBe("job_not_ended");

    const told: JobProgress[] = [];
    const events = client.jobs.events(job);
    let next = await events.next();
    for (; !next.done; next = await events.next()) told.push(next.value);
    const ended = next.value;
    expect(ended).toMatchObject({ name: job.name, properties: { status: "Completed" } });
    const counts = { rows: ROWS + 1, scored: ROWS, failed: 1 };
    expect(told.at(-1)).toMatchObject({ status: "Completed", ...counts });
    expect(await client.jobs.wait(job)).toEqual(ended);
    expect(await client.jobs.get(job.name)).toEqual(ended);
    expect(ended.properties).toMatchObject({
      progress: counts,
      failedFiles: 0,
      input: { data: { uri } },
      tags: { night: "may 4" },
    });

    const lines = await all(client.jobs.results(job, { format: "jsonl" }));
    expect(lines.map(({ row, query_id }) => [row, query_id])).toEqual(
      rankings.map((_, row) => [row, `q${row}`]),
    );
    const predictions = await all(client.jobs.results(job));
    expect(predictions.map(({ row, prediction }) => [row, JSON.parse(prediction)])).toEqual(
      lines.map(({ row, results }) => [row, results!.map(({ index }) => index)]),
    );
    const scores = await all(client.jobs.results(job, { format: "scores" }));
    expect(scores).toEqual(
      lines.flatMap(({ file, row, results }) =>
        results!.map(({ index, score }) => ({ file, row, index, label: null, score })),
      ),
    );
    expect(await all(client.jobs.results(job, { format: "errors" }))).toMatchObject([
      { file: "r.jsonl", row: ROWS, code: expect.stringMatching(/^[a-z_]+$/) },
    ]);
    const bytesOf = async (format: JobFormat) =>
      Buffer.from(await new Response(await client.jobs.download(job, { format })).arrayBuffer());
    const parquet = await bytesOf("parquet");
    expect([parquet.subarray(0, 4).toString(), parquet.subarray(-4).toString()]).toEqual([
      "PAR1",
      "PAR1",
    ]);
    expect((await bytesOf("trec")).toString()).toMatch(/^q0 Q0 [01] 1 /);
    expect(Object.keys(ended.properties.results!).toSorted()).toEqual([
      "csv",
      "errors",
      "jsonl",
      "parquet",
      "scores",
      "trec",
    ]);

    // The same bytes over connections that break.
    const breaking = clientOf("sdk-jobs", async (_path, send) => {
      const response = await send();
      return new Response(response.body!.pipeThrough(cutAfter(6_000)), response);
    });
    const whole = await bytesOf("jsonl");
    asked = [];
    const stream = await breaking.jobs.download(job, { format: "jsonl" });
    expect(Buffer.from(await new Response(stream).arrayBuffer()).equals(whole)).toBe(true);
    expect(asked.length).toBeGreaterThan(2);
  });

  test("is cancelled, listed and deleted", async () => {
    const rows = Array.from({ length: 60_000 }, (_, row) => `w${row % 5} a,b c w${row % 3}`);
    const { uri } = await client.files.upload("l.csv", `query,document\n${rows.join("\n")}\n`);
    const job = await submit(uri);
    expect(await codeOf(client.jobs.delete(job, { maxRetries: 0 }))).toBe("job_not_ended");
    await client.jobs.cancel(job);
    expect(jobStatus(await client.jobs.wait(job, { pollInterval: 100 }))).toBe("Canceled");
    const pages = await all(client.jobs.list());
    expect(pages.flatMap(({ value }) => value.map(({ name }) => name))).toContain(job.name);
    await client.jobs.delete(job);
    expect(await codeOf(client.jobs.get(job))).toBe("unknown_job");
    expect(await codeOf(client.jobs.delete(job))).toBe("unknown_job");
    expect(await codeOf(client.jobs.events(job).next())).toBe("unknown_job");
  });
});

/** Breaks after so many bytes, as a connection does. */
function cutAfter(bytes: number): TransformStream<Uint8Array, Uint8Array> {
  let left = bytes;
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, left));
      left -= chunk.length;
      if (left < 0) controller.error(new TypeError("terminated"));
    },
  });
}
