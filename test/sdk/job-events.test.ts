import { getEventListeners } from "node:events";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Job, JobProgress } from "../../sdk/index.ts";
import { serverSentEvents } from "../../sdk/server-sent-events.ts";
import { bodyOf, inPieces, type Ending } from "./broken-body.ts";
import { failure, hanging, reply, stubService, unreachable, type Reply } from "./stub-service.ts";

afterEach(() => void vi.useRealTimers());

const progress = (scored: number): JobProgress => ({
  status: "Running",
  rows: 9,
  shards: 1,
  shardsDone: 0,
  scored,
  failed: 0,
  tokens: scored * 10,
});

const JOB: Job = {
  id: "/jobs/job-1",
  name: "job-1",
  type: "batchjob",
  properties: { status: "Completed" },
};

const event = (name: string, data: unknown): string =>
  `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const told = (scored: number): string => event("progress", progress(scored));
const END = event("end", JOB);
const HEARTBEAT = ": still at work\n\n";

const stream =
  (pieces: readonly string[], ending?: Ending): Reply =>
  () =>
    bodyOf(pieces, ending, { headers: { "content-type": "text/event-stream" } }).response;

/** All that is told, and what is returned. */
async function heard(events: AsyncGenerator<JobProgress, Job>): Promise<[number[], Job]> {
  const scored: number[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done) return [scored, next.value];
    scored.push(next.value.scored);
  }
}

describe("a job's events", () => {
  test("tell its progress until its end, and return the job", async () => {
    const { client, sent } = stubService(stream([told(0), HEARTBEAT, told(4) + told(9), END]));
    expect(await heard(client.jobs.events("job-1"))).toEqual([[0, 4, 9], JOB]);
    expect(sent).toMatchObject([{ method: "GET", url: "https://rerank.test/jobs/job-1/events" }]);
    expect(sent[0]!.headers.get("accept")).toBe("text/event-stream");
    expect(sent[0]!.headers.has("x-request-timeout-ms")).toBe(false);
  });

  test.each<[string, Reply]>([
    ["breaks", stream([told(0), told(4)], "broken")],
    ["ends too early", stream([told(0), told(4)])],
    [
      "breaks in the middle of an event",
      stream([told(0), told(4), told(9).slice(0, 30)], "broken"),
    ],
  ])(
    "go on over another connection if one %s, without telling anything twice",
    async (_, first) => {
      vi.useFakeTimers();
      const { client, sent } = stubService([first, stream([told(4), told(9), END])]);
      const all = heard(client.jobs.events("job-1"));
      await vi.runAllTimersAsync();
      expect(await all).toEqual([[0, 4, 9], JOB]);
      expect(sent).toHaveLength(2);
    },
  );

  test("go on over connections that break for ever, as long as each brings something", async () => {
    vi.useFakeTimers();
    const flaky = Array.from({ length: 20 }, () => stream([told(1), HEARTBEAT], "broken"));
    const { client } = stubService([...flaky, stream([END])]);
    const all = heard(client.jobs.events("job-1"));
    await vi.runAllTimersAsync();
    expect(await all).toEqual([[1], JOB]);
  });

  test("give up after maxRetries connections in a row that bring nothing", async () => {
    vi.useFakeTimers();
    const replies = [stream([told(1)], "broken"), unreachable, reply(503), stream([])];
    const { client, sent } = stubService([...replies, unreachable]);
    const failed = failure(heard(client.jobs.events("job-1", { maxRetries: 3 })));
    await vi.runAllTimersAsync();
    expect(await failed).toMatchObject({ kind: "connection" });
    expect(sent).toHaveLength(4);
  });

  test("of a connection that hangs are asked for again", async () => {
    vi.useFakeTimers();
    const { client } = stubService([stream([told(0)], "hung"), hanging, stream([END])], {
      timeout: 20_000,
    });
    const all = heard(client.jobs.events("job-1"));
    await vi.runAllTimersAsync();
    expect(await all).toEqual([[0], JOB]);
    expect(Date.now()).toBeGreaterThan(40_000);
  });

  test("end after totalTimeout", async () => {
    vi.useFakeTimers({ now: 0 });
    const { client } = stubService(stream([told(0)], "hung"));
    const failed = failure(heard(client.jobs.events("job-1", { totalTimeout: 90_000 })));
    await vi.runAllTimersAsync();
    expect(await failed).toMatchObject({ kind: "timeout" });
    expect([Date.now(), vi.getTimerCount()]).toEqual([90_000, 0]);
  });

  test("end with their signal, and with the loop, and leave nothing open", async () => {
    vi.useFakeTimers();
    for (const how of ["signal", "loop"]) {
      const body = bodyOf([told(0)], "hung");
      const { client } = stubService(() => body.response);
      const controller = new AbortController();
      const events = client.jobs.events("job-1", { signal: controller.signal });
      await events.next();
      if (how === "signal") {
        const failed = failure(events.next());
        controller.abort();
        expect(await failed).toMatchObject({ kind: "aborted" });
      } else await events.return({} as Job);
      expect(body.wasCancelled()).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
      expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    }
  });

  test.each([404, 501])("of a service that has none are an error: %i", async (status) => {
    const { client, sent } = stubService(reply(status, { code: "unknown_job", message: "None." }));
    expect(await failure(heard(client.jobs.events("job-1")))).toMatchObject({ status });
    expect(sent).toHaveLength(1);
  });

  test("that are no JSON are an error, which does not show them", async () => {
    const { client } = stubService(stream(["event: progress\ndata: canary\n\n"]));
    const error = await failure(heard(client.jobs.events("job-1")));
    expect(error).toMatchObject({ kind: "server", code: "invalid_response" });
    expect(`${error.message} ${error.cause}`).not.toContain("canary");
  });
});

describe("server-sent events", () => {
  const TEXT =
    ": hi\n\nevent: a\r\ndata: 1\r\n\r\nid: 7\ndata:é😀\ndata:  two\ndata\n\nevent: none\n\nretry: 5\ndata: x:y\n\ndata: cut";

  test.each([1, 2, 3, 1_000])("are read from pieces of %i bytes", async (size) => {
    const decoder = new TextDecoder();
    async function* text() {
      for (const piece of inPieces(new TextEncoder().encode(TEXT), size))
        yield decoder.decode(piece, { stream: true });
    }
    const events = [];
    for await (const each of serverSentEvents(text(), () => {})) events.push(each);
    expect(events).toEqual([
      { event: "a", data: "1" },
      { event: "message", data: "é😀\n two\n" },
      { event: "message", data: "x:y" },
    ]);
  });
});
