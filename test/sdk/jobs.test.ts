import { afterEach, describe, expect, test, vi } from "vitest";
import { jobStatus, type Job, type JobStatus } from "../../sdk/index.ts";
import { failure, hanging, reply, stubService, type Reply } from "./stub-service.ts";

afterEach(() => void vi.useRealTimers());

function job(status: JobStatus, name = "job-1"): Job {
  const id = `/subscriptions/s/batchEndpoints/e/jobs/${name}`;
  return { id, name, type: "jobs", properties: { status, provisioningState: "InProgress" } };
}

const REQUEST = {
  properties: {
    InputData: { pairs: { JobInputType: "UriFile", Uri: "files/pairs.csv" } },
    OutputData: { score: { JobOutputType: "UriFile", Uri: "files/out.csv" } },
    errorThreshold: -1,
    retrySettings: { maxRetries: 3, timeout: "PT30S" },
  },
} as const;

async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

describe("create", () => {
  test("posts Azure's body as it is to a batch endpoint's address", async () => {
    const { client, sent } = stubService(reply(201, job("NotStarted"), { "x-request-id": "r" }), {
      baseURL: "https://mine.westeurope.inference.ml.azure.com/jobs",
    });
    const created = await client.jobs.create(REQUEST, { deployment: "blue" });
    expect(created).toEqual(job("NotStarted"));
    expect(created.requestId).toBe("r");
    expect(sent).toMatchObject([
      {
        method: "POST",
        url: "https://mine.westeurope.inference.ml.azure.com/jobs",
        body: REQUEST,
      },
    ]);
    expect(sent[0]!.headers.get("azureml-model-deployment")).toBe("blue");
  });

  test("has one idempotency key for all tries of a call, and another for the next call", async () => {
    const retried = reply(503, {}, { "retry-after-ms": "0" });
    const { client, sent } = stubService([retried, reply(201, job("NotStarted"))]);
    await client.jobs.create(REQUEST);
    await client.jobs.create(REQUEST);
    await client.jobs.create(REQUEST, { idempotencyKey: "mine" });
    const keys = sent.map(({ headers }) => headers.get("idempotency-key"));
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys).toEqual([keys[0], keys[0], expect.stringMatching(/^[0-9a-f]{32}$/), "mine"]);
    expect(keys[2]).not.toBe(keys[0]);
  });
});

test.each([
  ["its name", "job 1"],
  ["its id", "/subscriptions/s/batchEndpoints/e/jobs/job 1"],
  ["itself", job("Running", "job 1")],
])("a job is got by %s", async (_, named) => {
  const { client, sent } = stubService(reply(200, job("Running", "job 1")));
  expect(jobStatus(await client.jobs.get(named))).toBe("Running");
  expect(sent[0]).toMatchObject({ method: "GET", url: "https://rerank.test/jobs/job%201" });
});

test.each(["", "jobs/", ".", "jobs/.."])("%j names no job", async (name) => {
  const { client, sent } = stubService(reply(200, job("Running")));
  const get = async () => client.jobs.get(name);
  expect(await failure(get())).toMatchObject({ kind: "invalid_request", param: "job" });
  expect(sent).toEqual([]);
});

test("a status may stand beside the properties or in them", () => {
  expect(jobStatus({ ...job("Running"), status: "Finalizing" })).toBe("Finalizing");
  expect(jobStatus(job("Queued"))).toBe("Queued");
  expect(jobStatus({} as Job)).toBe("Unknown");
});

describe("list", () => {
  test("gives pages, each asked for only when the loop comes to it", async () => {
    const { client, sent } = stubService([
      reply(200, { value: [job("Running")], nextLink: "https://rerank.test/jobs?%24skip=1" }),
      reply(200, { value: [job("Failed")], nextLink: null }),
    ]);
    const pages = client.jobs.list();
    expect(sent).toEqual([]);
    expect((await pages.next()).value).toMatchObject({ value: [{ name: "job-1" }] });
    expect(sent.map(({ url }) => url)).toEqual(["https://rerank.test/jobs"]);
    expect(await all(pages)).toHaveLength(1);
    expect(sent[1]!.url).toBe("https://rerank.test/jobs?%24skip=1");
  });

  test("never takes the key to another host", async () => {
    const nextLink = "https://elsewhere.test/steal?page=2";
    const { client, sent } = stubService(
      [reply(200, { value: [], nextLink }), reply(200, { value: [] })],
      { apiKey: "k" },
    );
    await all(client.jobs.list());
    expect(sent[1]!.url).toBe("https://rerank.test/jobs?page=2");
  });

  test("of an answer that is no list is an error", async () => {
    const { client } = stubService(reply(200, []));
    expect(await failure(all(client.jobs.list()))).toMatchObject({ code: "invalid_response" });
  });
});

test("delete deletes a job, and says what stands against it", async () => {
  const running = { code: "job_not_ended", message: "It is Running." };
  const { client, sent } = stubService([
    () => new Response(null, { status: 204 }),
    reply(409, running, { "x-should-retry": "false" }),
  ]);
  expect(await client.jobs.delete(job("Completed"))).toBeUndefined();
  expect(sent[0]).toMatchObject({ method: "DELETE", url: "https://rerank.test/jobs/job-1" });
  expect(await failure(client.jobs.delete("job-1"))).toMatchObject({ code: "job_not_ended" });
});

test("cancel posts, and heeds no body", async () => {
  const { client, sent } = stubService(reply(202, ""));
  expect(await client.jobs.cancel("job-1")).toBeUndefined();
  expect(sent[0]).toMatchObject({ method: "POST", url: "https://rerank.test/jobs/job-1/cancel" });
});

describe("wait", () => {
  /** When the job was looked at, in ms after the start. */
  function looks(replies: Reply[]) {
    vi.useFakeTimers({ now: 0 });
    const times: number[] = [];
    const stub = stubService(
      replies.map((each) => (sent) => {
        times.push(Date.now());
        return each(sent);
      }),
    );
    return { ...stub, times };
  }

  test("looks at growing intervals until the job has ended, and tells each look", async () => {
    const running = Array.from({ length: 12 }, () => reply(200, job("Running")));
    const { client, times } = looks([...running, reply(200, job("Completed"))]);
    const seen: string[] = [];
    const onProgress = (each: Job) => void seen.push(jobStatus(each));
    const done = client.jobs.wait("job-1", { onProgress });
    await vi.runAllTimersAsync();
    expect(jobStatus(await done)).toBe("Completed");
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    expect(gaps.slice(0, 4)).toEqual([1_000, 1_500, 2_250, 3_375]);
    expect(gaps.slice(-3)).toEqual([30_000, 30_000, 30_000]);
    expect(seen).toEqual([...Array.from({ length: 12 }, () => "Running"), "Completed"]);
  });

  test("heeds Retry-After", async () => {
    const { client, times } = looks([
      reply(200, job("Queued"), { "retry-after": "90" }),
      reply(200, job("Completed")),
    ]);
    const done = client.jobs.wait("job-1");
    await vi.runAllTimersAsync();
    await done;
    expect(times).toEqual([0, 90_000]);
  });

  test.each(["Completed", "Failed", "Canceled"] as const)("ends at %s", async (status) => {
    const { client } = stubService(reply(200, job(status)));
    expect(jobStatus(await client.jobs.wait(job("Running")))).toBe(status);
  });

  test("ends with its signal, also between two looks", async () => {
    const { client, sent } = looks([reply(200, job("Running"))]);
    const controller = new AbortController();
    const failed = failure(client.jobs.wait("job-1", { signal: controller.signal }));
    await vi.advanceTimersByTimeAsync(500);
    controller.abort();
    expect(await failed).toMatchObject({ kind: "aborted" });
    expect([sent.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  test("ends at once with a signal that is aborted in onProgress", async () => {
    const { client } = looks([reply(200, job("Running"))]);
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const call = client.jobs.wait("job-1", { signal: controller.signal, onProgress });
    expect(await failure(call)).toMatchObject({ kind: "aborted" });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("ends after totalTimeout, and says how the job is", async () => {
    const { client } = looks([reply(200, job("Running"))]);
    const failed = failure(client.jobs.wait("job-1", { totalTimeout: 10_000 }));
    await vi.runAllTimersAsync();
    const error = await failed;
    expect(error).toMatchObject({ kind: "timeout" });
    expect(error.message).toContain("Running");
    expect(Date.now()).toBeLessThan(10_000);
  });

  test("goes on after a look that failed for a moment", async () => {
    const { client } = looks([reply(503), reply(200, job("Completed"))]);
    const done = client.jobs.wait("job-1");
    await vi.runAllTimersAsync();
    expect(jobStatus(await done)).toBe("Completed");
  });
});

/** A body that comes in pieces of a few bytes, so that rows and characters are cut. */
function pieces(
  text: string,
  size: number,
  then?: (controller: ReadableStreamDefaultController) => void,
) {
  const bytes = new TextEncoder().encode(text);
  let next = 0;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (next < bytes.length) controller.enqueue(bytes.slice(next, (next += size)));
      else if (then) then(controller);
      else controller.close();
    },
    cancel: () => void (cancelled = true),
  });
  return { reply: () => new Response(stream), wasCancelled: () => cancelled };
}

describe("results", () => {
  const CSV = '0,LABEL_0,a.csv\r\n1,"a, ""quoted""\nlabel é😀",a.csv\n2,,"b.csv"\n';

  test.each([1, 2, 3, 7, 1_000])(
    "of predictions.csv come row by row, in pieces of %i bytes",
    async (size) => {
      const { client, sent } = stubService(pieces(CSV, size).reply);
      expect(await all(client.jobs.results("job-1"))).toEqual([
        { row: 0, prediction: "LABEL_0", file: "a.csv" },
        { row: 1, prediction: 'a, "quoted"\nlabel é😀', file: "a.csv" },
        { row: 2, prediction: "", file: "b.csv" },
      ]);
      expect(sent[0]!.url).toBe("https://rerank.test/jobs/job-1/results");
      expect(sent[0]!.headers.get("accept")).toBe("text/csv");
      expect(sent[0]!.headers.has("x-request-timeout-ms")).toBe(false);
    },
  );

  test("need no line break at their end, and may be none", async () => {
    const rowsOf = async (text: string) =>
      all(stubService(pieces(text, 5).reply).client.jobs.results("job-1"));
    expect(await rowsOf("0,a,f")).toEqual([{ row: 0, prediction: "a", file: "f" }]);
    expect(await rowsOf("")).toEqual([]);
  });

  test.each([1, 4, 1_000])("of JSON lines come as objects, in pieces of %i bytes", async (size) => {
    const { client, sent } = stubService(
      pieces('{"row":0,"s":"é"}\n\n{"row":1}\r\n{"row":2}', size).reply,
    );
    const rows = await all(client.jobs.results(job("Completed"), { format: "jsonl" }));
    expect(rows).toEqual([{ row: 0, s: "é" }, { row: 1 }, { row: 2 }]);
    expect(sent[0]!.url).toBe("https://rerank.test/jobs/job-1/results?format=jsonl");
  });

  test.each([
    ["csv", '0,"a quote that is never closed'],
    ["jsonl", '{"canary":'],
    ["jsonl", "canary\n"],
  ] as const)(
    "as %s that break off are an error which does not show them",
    async (format, text) => {
      const { client } = stubService(pieces(text, 4).reply);
      const rows: AsyncIterable<unknown> =
        format === "csv" ? client.jobs.results("job-1") : client.jobs.results("job-1", { format });
      const error = await failure(all(rows));
      expect(error).toMatchObject({ kind: "server", code: "invalid_response" });
      expect(`${error.message} ${error.cause}`).not.toContain("canary");
    },
  );

  test("end their connection if the loop is left early", async () => {
    const body = pieces(CSV, 16);
    const { client } = stubService(body.reply);
    for await (const { row } of client.jobs.results("job-1")) {
      expect(row).toBe(0);
      break;
    }
    expect(body.wasCancelled()).toBe(true);
  });

  test("whose connection breaks are a ConnectionError after the rows that came", async () => {
    const broken = pieces("0,a,f\n1,b", 1_000, (body) => body.error(new TypeError("terminated")));
    const { client } = stubService(broken.reply);
    const rows = client.jobs.results("job-1");
    expect((await rows.next()).value).toMatchObject({ row: 0 });
    expect(await failure(rows.next())).toMatchObject({ kind: "connection" });
  });

  test.each(["timeout", "aborted"])("that hang in the middle are ended: %s", async (kind) => {
    vi.useFakeTimers();
    const hung = pieces("0,a,f\n", 1_000, () => {});
    const { client } = stubService(hung.reply, { timeout: 1_000 });
    const controller = new AbortController();
    const rows = client.jobs.results("job-1", { signal: controller.signal });
    await rows.next();
    const failed = failure(rows.next());
    await vi.advanceTimersByTimeAsync(999);
    if (kind === "aborted") controller.abort();
    else await vi.advanceTimersByTimeAsync(1);
    expect(await failed).toMatchObject({ kind });
    expect([hung.wasCancelled(), vi.getTimerCount()]).toEqual([true, 0]);
  });

  test("of a service that does not answer are a timeout, after the tries", async () => {
    vi.useFakeTimers();
    const { client, sent } = stubService(hanging, { timeout: 1_000, maxRetries: 1 });
    const failed = failure(all(client.jobs.results("job-1")));
    await vi.runAllTimersAsync();
    expect(await failed).toMatchObject({ kind: "timeout" });
    expect(sent).toHaveLength(2);
  });
});
