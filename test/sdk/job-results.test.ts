import { getEventListeners } from "node:events";
import { afterEach, describe, expect, test, vi } from "vitest";
import { bodyOf, inPieces, type Ending } from "./broken-body.ts";
import { failure, hanging, reply, stubService, unreachable, type Reply } from "./stub-service.ts";

afterEach(() => void vi.useRealTimers());

const BYTES: Uint8Array = Uint8Array.from({ length: 1_000 }, (_, at) => (at * 7) % 256);

/**
 * The bytes from where the request wants them, as the service sends them, up to `upTo`.
 *
 * @param headers - null takes one of the service's away.
 */
function bytesUpTo(
  upTo: number,
  ending: Ending = "closed",
  headers: Record<string, string | null> = {},
  bytes: Uint8Array = BYTES,
): Reply {
  return (sent) => {
    const range = /^bytes=(\d+)-\d*$/.exec(sent.headers.get("range") ?? "");
    const isRange = range !== null && sent.headers.get("if-range") === '"tag"';
    const start = isRange ? Number(range[1]) : 0;
    const all: Record<string, string | null> = {
      etag: '"tag"',
      "content-length": String(bytes.length - start),
      ...(isRange && { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
      ...headers,
    };
    const kept = Object.entries(all).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    const init = { status: isRange ? 206 : 200, headers: Object.fromEntries(kept) };
    return bodyOf(inPieces(bytes.subarray(start, upTo), 64), ending, init).response;
  };
}

const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream as BodyInit).arrayBuffer());

const rangesOf = (sent: readonly { headers: Headers }[]) =>
  sent.map(({ headers }) => headers.get("range"));

describe("a download", () => {
  test.each(["csv", "scores", "jsonl", "parquet", "trec", "errors"] as const)(
    "of %s is the file's bytes",
    async (format) => {
      const { client, sent } = stubService(bytesUpTo(1_000));
      expect(await bytesOf(await client.jobs.download("job-1", { format }))).toEqual(BYTES);
      const search = format === "csv" ? "" : `?format=${format}`;
      expect(sent.map(({ url }) => url)).toEqual([
        `https://rerank.test/jobs/job-1/results${search}`,
      ]);
      expect(sent[0]!.headers.has("x-request-timeout-ms")).toBe(false);
    },
  );

  test("may be empty", async () => {
    const { client } = stubService(bytesUpTo(0, "closed", {}, new Uint8Array(0)));
    expect(await bytesOf(await client.jobs.download("job-1"))).toHaveLength(0);
  });

  test.each<[string, Ending, number]>([
    ["breaks", "broken", 300],
    ["breaks before the first byte", "broken", 0],
    ["ends too early", "closed", 300],
    ["hangs", "hung", 300],
  ])("goes on where it was if its connection %s", async (_, ending, upTo) => {
    vi.useFakeTimers();
    const { client, sent } = stubService([bytesUpTo(upTo, ending), bytesUpTo(1_000)]);
    const headers = { "x-mine": "1" };
    const all = client.jobs.download("job-1", { headers }).then(bytesOf);
    await vi.runAllTimersAsync();
    expect(await all).toEqual(BYTES);
    expect(rangesOf(sent)).toEqual([null, `bytes=${upTo}-999`]);
    expect(sent[1]!.headers.get("if-range")).toBe('"tag"');
    expect(sent[1]!.headers.get("x-mine")).toBe("1");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("of a range that the caller's headers ask for goes on in it", async () => {
    vi.useFakeTimers();
    const { client, sent } = stubService([bytesUpTo(700, "broken"), bytesUpTo(1_000)]);
    const headers = { Range: "bytes=600-", "If-Range": '"tag"' };
    const all = client.jobs.download("job-1", { headers }).then(bytesOf);
    await vi.runAllTimersAsync();
    expect(await all).toEqual(BYTES.subarray(600));
    expect(rangesOf(sent)).toEqual(["bytes=600-", "bytes=700-999"]);
  });

  test("goes on for as long as each connection brings something", async () => {
    vi.useFakeTimers();
    const steps = Array.from({ length: 10 }, (_, step) => bytesUpTo((step + 1) * 90, "broken"));
    const { client, sent } = stubService([...steps, bytesUpTo(1_000)]);
    const all = client.jobs.download("job-1", { maxRetries: 1 }).then(bytesOf);
    await vi.runAllTimersAsync();
    expect(await all).toEqual(BYTES);
    expect(sent).toHaveLength(11);
  });

  test("goes on after answers that are none", async () => {
    vi.useFakeTimers();
    const broken = [bytesUpTo(64, "broken"), unreachable, reply(503)];
    const { client, sent } = stubService([...broken, bytesUpTo(1_000)], { maxRetries: 3 });
    const all = client.jobs.download("job-1").then(bytesOf);
    await vi.runAllTimersAsync();
    expect(await all).toEqual(BYTES);
    expect(rangesOf(sent)).toEqual([null, "bytes=64-999", "bytes=64-999", "bytes=64-999"]);
  });

  test("gives up after maxRetries connections in a row that bring nothing", async () => {
    vi.useFakeTimers();
    const { client, sent } = stubService([bytesUpTo(64, "broken"), unreachable]);
    const failed = failure(client.jobs.download("job-1", { maxRetries: 2 }).then(bytesOf));
    await vi.runAllTimersAsync();
    expect(await failed).toMatchObject({ kind: "connection" });
    expect(sent).toHaveLength(3);
  });

  test("that breaks after its last byte is complete", async () => {
    vi.useFakeTimers();
    const { client, sent } = stubService(bytesUpTo(1_000, "broken"));
    const all = client.jobs.download("job-1").then(bytesOf);
    await vi.runAllTimersAsync();
    expect(await all).toEqual(BYTES);
    expect(sent).toHaveLength(1);
  });

  test.each<[string, Reply]>([
    ["the results have changed", bytesUpTo(1_000, "closed", { etag: '"other"' })],
    ["the service has no ranges", bytesUpTo(1_000, "closed", { "content-range": null })],
    [
      "the range is another one",
      bytesUpTo(1_000, "closed", { "content-range": "bytes 0-999/1000" }),
    ],
  ])("never mixes two answers: %s", async (why, second) => {
    vi.useFakeTimers();
    const changed: Reply = (sent) => {
      if (why === "the results have changed") sent.headers.delete("range");
      return second(sent);
    };
    const { client, sent } = stubService([bytesUpTo(300, "broken"), changed]);
    const failed = failure(client.jobs.download("job-1").then(bytesOf));
    await vi.runAllTimersAsync();
    expect(await failed).toMatchObject({ kind: "server", code: "invalid_response" });
    expect(sent).toHaveLength(2);
  });

  test.each<[string, Record<string, string | null>]>([
    ["without an ETag", { etag: null }],
    ["with a weak ETag", { etag: 'W/"tag"' }],
    ["that is packed", { "content-encoding": "br" }],
  ])("%s is not taken up again", async (_, headers) => {
    const { client, sent } = stubService(bytesUpTo(300, "broken", headers));
    const failed = failure(client.jobs.download("job-1").then(bytesOf));
    expect(await failed).toMatchObject({ kind: "connection" });
    expect(sent).toHaveLength(1);
  });

  test.each([
    [404, "no_such_result", 1],
    [404, "unknown_job", 1],
    [409, "job_not_ended", 1],
    [501, "jobs_not_set_up", 1],
  ])("of %i %s fails before its stream", async (status, code, tries) => {
    const headers = { "x-should-retry": "false" };
    const { client, sent } = stubService(reply(status, { code, message: "No." }, headers));
    expect(await failure(client.jobs.download("job-1"))).toMatchObject({ status, code });
    expect(sent).toHaveLength(tries);
  });

  test("ends with its signal, whether it is read or not", async () => {
    vi.useFakeTimers();
    for (const isRead of [true, false]) {
      const body = bodyOf([BYTES.subarray(0, 9), BYTES.subarray(9, 20)], "hung");
      const { client } = stubService(() => body.response);
      const controller = new AbortController();
      const { signal } = controller;
      const reader = (await client.jobs.download("job-1", { signal })).getReader();
      await reader.read();
      if (isRead) await reader.read();
      const read = isRead ? failure(reader.read()) : undefined;
      await vi.advanceTimersByTimeAsync(10);
      controller.abort(new Error("enough"));
      await vi.advanceTimersByTimeAsync(10);
      expect(body.wasCancelled()).toBe(true);
      expect(await (read ?? failure(reader.read()))).toMatchObject({
        kind: "aborted",
        cause: { message: "enough" },
      });
      expect([vi.getTimerCount(), getEventListeners(signal, "abort").length]).toEqual([0, 0]);
    }
  });

  test("ends with its stream", async () => {
    vi.useFakeTimers();
    const body = bodyOf([BYTES], "hung");
    const { client } = stubService(() => body.response);
    const { signal } = new AbortController();
    const stream = await client.jobs.download("job-1", { signal });
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    await vi.advanceTimersByTimeAsync(10);
    expect(body.wasCancelled()).toBe(true);
    expect([vi.getTimerCount(), getEventListeners(signal, "abort").length]).toEqual([0, 0]);
  });

  test("that nobody answers is a timeout, after the tries", async () => {
    vi.useFakeTimers();
    const { client, sent } = stubService(hanging, { timeout: 1_000, maxRetries: 1 });
    const failed = failure(client.jobs.download("job-1"));
    await vi.runAllTimersAsync();
    expect(await failed).toMatchObject({ kind: "timeout" });
    expect(sent).toHaveLength(2);
  });
});

describe("rows", () => {
  const encoded = (text: string) => new TextEncoder().encode(text);

  async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
    const items: T[] = [];
    for await (const row of rows) items.push(row);
    return items;
  }

  test("of scores have numbers, and nulls for what a row has not", async () => {
    const csv =
      'file,row,index,label,score\na.csv,0,,LABEL_0,0.5\n"b, ""c"".csv",7,2,,1e-7\nd,1,0,B-PER,0.25\n';
    const { client, sent } = stubService(bytesUpTo(1_000, "closed", {}, encoded(csv)));
    expect(await all(client.jobs.results("job-1", { format: "scores" }))).toEqual([
      { file: "a.csv", row: 0, index: null, label: "LABEL_0", score: 0.5 },
      { file: 'b, "c".csv', row: 7, index: 2, label: null, score: 1e-7 },
      { file: "d", row: 1, index: 0, label: "B-PER", score: 0.25 },
    ]);
    expect(sent[0]!.headers.get("accept")).toBe("text/csv");
  });

  test("of scores may be none", async () => {
    const csv = "file,row,index,label,score\n";
    const { client } = stubService(bytesUpTo(1_000, "closed", {}, encoded(csv)));
    expect(await all(client.jobs.results("job-1", { format: "scores" }))).toEqual([]);
  });

  test("of errors say what stands against a row or a file", async () => {
    const problems = [
      { file: "a", row: 3, column: "query", code: "missing_value", reason: "It is empty." },
      { file: "b", row: null, column: null, code: "missing_column", reason: "It has none." },
    ];
    const lines = problems.map((each) => `${JSON.stringify(each)}\n`).join("");
    const { client, sent } = stubService(bytesUpTo(1_000, "closed", {}, encoded(lines)));
    expect(await all(client.jobs.results("job-1", { format: "errors" }))).toEqual(problems);
    expect(sent[0]!.url).toBe("https://rerank.test/jobs/job-1/results?format=errors");
  });

  test("come once each, though their connection breaks in the middle of one", async () => {
    vi.useFakeTimers();
    const bytes = encoded(Array.from({ length: 200 }, (_, row) => `${row},é${row},f\n`).join(""));
    const breaks = [65, 130, 777, 1_501].map((upTo) => bytesUpTo(upTo, "broken", {}, bytes));
    const { client } = stubService([...breaks, bytesUpTo(bytes.length, "closed", {}, bytes)]);
    const rows = all(client.jobs.results("job-1"));
    await vi.runAllTimersAsync();
    expect(await rows).toEqual(
      Array.from({ length: 200 }, (_, row) => ({ row, prediction: `é${row}`, file: "f" })),
    );
  });
});
