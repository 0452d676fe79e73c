/** Batch jobs as their callers see them: files in, a job, results out. */
import { describe, expect, test } from "vitest";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { useService } from "./service.ts";

const service = useService({ JOB_STALE_SECONDS: "5" }, packedFolder(syntheticModel(SMALL_SHAPE)));

interface Envelope {
  id: string;
  name: string;
  properties: {
    status: string;
    provisioningState: string;
    error?: { code: string; message: string };
    progress: { rows: number; scored: number; failed: number; shards: number; shardsDone: number };
    results: Record<string, string>;
  };
}

async function upload(name: string, body: BodyInit, headers: Record<string, string> = {}) {
  const response = await service.fetch(`/files/${name}`, { method: "PUT", body, headers });
  expect(response.status, await response.clone().text()).toBeLessThan(202);
}

const inputOf = (Uri: string, JobInputType = "UriFile") => ({ data: { JobInputType, Uri } });

function submit(properties: object, headers: Record<string, string> = {}): Promise<Response> {
  return service.post("/jobs", { properties }, headers);
}

async function ended(name: string, headers: Record<string, string> = {}): Promise<Envelope> {
  for (;;) {
    const response = await service.fetch(`/jobs/${name}`, { headers });
    const job = (await response.json()) as Envelope;
    if (/^(Completed|Failed|Canceled)$/.test(job.properties.status)) return job;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function run(properties: object): Promise<Envelope> {
  const response = await submit(properties);
  const job = (await response.json()) as Envelope;
  expect(response.status, JSON.stringify(job)).toBe(201);
  expect(response.headers.get("location")).toBe(`/jobs/${job.name}`);
  return ended(job.name);
}

async function result({ name }: Envelope, format: string): Promise<string> {
  const response = await service.fetch(`/jobs/${name}/results?format=${format}`);
  expect(response.status).toBe(200);
  return response.text();
}

async function lines(job: Envelope, format: string): Promise<Record<string, unknown>[]> {
  const text = await result(job, format);
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const PAIRS = 'query,document\na b,c d\nw1,"w2, w3"\nw4 e,f\n';

describe("a job of pairs", () => {
  test("scores each row as a request does", async () => {
    await upload("pairs.csv", PAIRS);
    const job = await run({ InputData: inputOf("files/pairs.csv") });
    expect(job.properties).toMatchObject({
      status: "Completed",
      provisioningState: "Succeeded",
      progress: { rows: 3, scored: 3, failed: 0, shards: 1, shardsDone: 1 },
    });
    expect(await result(job, "csv")).toBe(
      "0,LABEL_0,pairs.csv\n1,LABEL_0,pairs.csv\n2,LABEL_0,pairs.csv\n",
    );
    const scored = await lines(job, "jsonl");
    const pairs: [string, string][] = [
      ["a b", "c d"],
      ["w1", "w2, w3"],
      ["w4 e", "f"],
    ];
    for (const [row, [query, document]] of pairs.entries()) {
      const answer = await service.post("/v1/rerank", { query, documents: [document] });
      const { results } = (await answer.json()) as { results: { relevance_score: number }[] };
      expect(scored[row]).toMatchObject({
        file: "pairs.csv",
        row,
        score: results[0]!.relevance_score,
      });
    }
  });

  test("rows that cannot be read are told, and the counts add up", async () => {
    await upload("holes.csv", 'query,document\na,b\nonly one\nc,d\ne,"f" g\nh,i\n');
    const job = await run({ InputData: inputOf("files/holes.csv") });
    expect(job.properties.progress).toMatchObject({ rows: 5, scored: 3, failed: 2 });
    const errors = await lines(job, "errors");
    expect(errors.map(({ file, row }) => [file, row])).toEqual([
      ["holes.csv", 1],
      ["holes.csv", 3],
    ]);
    const scored = await lines(job, "jsonl");
    expect(scored.map(({ row }) => row)).toEqual([0, 2, 4]);
  });

  test("one problem over errorThreshold fails it, and keeps what is wrong", async () => {
    const InputData = inputOf("files/holes.csv");
    const within = await run({ InputData, errorThreshold: 2 });
    expect(within.properties.status).toBe("Completed");
    const over = await run({ InputData, errorThreshold: 1 });
    expect(over.properties).toMatchObject({
      status: "Failed",
      provisioningState: "Failed",
      error: { code: "error_threshold" },
    });
    expect(await lines(over, "errors")).toHaveLength(2);
    expect(Object.keys(over.properties.results)).toEqual(["errors"]);
  });
});

describe("inputs", () => {
  test("a folder: each row says its file, and a file that is none is told", async () => {
    await upload("folder/a.csv", PAIRS);
    await upload("folder/b.jsonl", '{"input_string": "a b c"}\n{"input_string": ["a", "b"]}\n');
    await upload("folder/c.csv", "question,answer\na,b\n");
    await upload("folder/deeper/d.csv", PAIRS);
    const job = await run({ InputData: inputOf("files/folder/", "UriFolder") });
    expect(job.properties).toMatchObject({
      status: "Completed",
      progress: { rows: 5, scored: 5, failed: 0 },
    });
    const scored = await lines(job, "jsonl");
    expect(scored.map(({ file, row }) => `${file} ${row}`)).toEqual([
      "a.csv 0",
      "a.csv 1",
      "a.csv 2",
      "b.jsonl 0",
      "b.jsonl 1",
    ]);
    expect(await lines(job, "errors")).toMatchObject([
      { file: "c.csv", row: null, code: "missing_column" },
    ]);
  });

  test("columns by other names", async () => {
    await upload("other.csv", "question;passage\na;b\n");
    const job = await run({
      InputData: inputOf("files/other.csv"),
      properties: { columns: "query=question,document=passage", delimiter: ";" },
    });
    expect(job.properties.progress).toMatchObject({ rows: 1, scored: 1 });
  });

  test("gzip", async () => {
    const stream = new Blob([PAIRS]).stream().pipeThrough(new CompressionStream("gzip"));
    await upload("pairs.csv.gz", await new Response(stream).arrayBuffer());
    const job = await run({ InputData: inputOf("files/pairs.csv.gz") });
    expect(job.properties.progress).toMatchObject({ rows: 3, scored: 3 });
  });

  test("rankings, and their TREC run", async () => {
    const row = { query: "a b", query_id: "q1", documents: ["c", "a b", "w1 w2 w3"] };
    await upload("rankings.jsonl", `${JSON.stringify(row)}\n`);
    const job = await run({ InputData: inputOf("files/rankings.jsonl") });
    const [ranking] = await lines(job, "jsonl");
    const { query, documents } = row;
    const answer = await service.post("/v1/rerank", { query, documents });
    const { results } = (await answer.json()) as { results: { index: number }[] };
    expect((ranking!["results"] as { index: number }[]).map(({ index }) => index)).toEqual(
      results.map(({ index }) => index),
    );
    const run_ = (await result(job, "trec")).split("\n").filter(Boolean);
    expect(run_.map((line) => line.split(" ").slice(0, 4).join(" "))).toEqual(
      results.map(({ index }, place) => `q1 Q0 ${index} ${place + 1}`),
    );
  });

  test("a TREC run, its queries and its collection", async () => {
    await upload("trec/run.txt", "q1 Q0 d2 1 9.5 bm25\nq1 Q0 d1 2 9.1 bm25\nq2 Q0 d1 1 3 bm25\n");
    await upload("trec/queries.tsv", "q1\ta b\nq2\tw1 w2\n");
    await upload("trec/collection.tsv", "d1\tc d\nd2\te f\nd3\tw3\n");
    const file = (name: string) => ({ JobInputType: "UriFile", Uri: `files/trec/${name}` });
    const job = await run({
      InputData: {
        run: file("run.txt"),
        queries: file("queries.tsv"),
        collection: file("collection.tsv"),
      },
    });
    expect(job.properties.progress).toMatchObject({ rows: 3, scored: 3 });
    const ranked = (await result(job, "trec")).split("\n").filter(Boolean);
    expect(ranked.map((line) => line.split(" ")[0])).toEqual(["q1", "q1", "q2"]);
  });

  test.each([
    ["empty.csv", "", "empty_file"],
    ["open.csv", 'query,document\na,b\nc,"d\n', "unclosed_quote"],
    ["other.csv", "a,b\n1,2\n", "missing_column"],
    ["zip.csv", "PK\u0003\u0004\0\0\0", "not_text"],
    ["lines.jsonl", "[1, 2]", "not_json_lines"],
  ])("%s is refused for what it is", async (name, text, code) => {
    await upload(`bad/${name}`, text);
    const job = await run({ InputData: inputOf(`files/bad/${name}`) });
    expect(job.properties).toMatchObject({ status: "Failed", error: { code } });
  });
});

describe("a job is refused", () => {
  test.each([
    ["files/nowhere.csv", 400],
    ["https://example.com/pairs.csv", 400],
    ["file:///etc/passwd", 400],
    ["files/../secret", 400],
    ["r2://another/pairs.csv", 400],
  ])("for %s", async (uri, status) => {
    const response = await submit({ InputData: inputOf(uri) });
    expect(response.status).toBe(status);
  });

  test("for a model that is not there", async () => {
    await upload("pairs.csv", PAIRS);
    const InputData = inputOf("files/pairs.csv");
    const response = await submit({ InputData, properties: { model: "another" } });
    expect(response.status).toBe(404);
  });

  test("for an output that exists", async () => {
    await upload("pairs.csv", PAIRS);
    const OutputData = { score: { JobOutputType: "UriFile", Uri: "files/out/p.csv" } };
    const job = await run({ InputData: inputOf("files/pairs.csv"), OutputData });
    expect(job.properties.status).toBe("Completed");
    const again = await submit({ InputData: inputOf("files/pairs.csv"), OutputData });
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: "output_exists" });
  });
});

describe("callers", () => {
  test("a repeated key is the same job, with another body it is refused", async () => {
    await upload("pairs.csv", PAIRS);
    const InputData = inputOf("files/pairs.csv");
    const headers = { "idempotency-key": "night of May 4" };
    const both = await Promise.all([
      submit({ InputData }, headers),
      submit({ InputData }, headers),
    ]);
    const [one, two] = (await Promise.all(both.map((each) => each.json()))) as Envelope[];
    expect(one!.name).toBe(two!.name);
    const third = await submit({ InputData }, headers);
    expect(third.status).toBe(200);
    expect(((await third.json()) as Envelope).name).toBe(one!.name);
    const other = await submit({ InputData, errorThreshold: 3 }, headers);
    expect([other.status, await other.json()]).toMatchObject([409, { code: "key_reused" }]);
    await ended(one!.name);
  });

  test("see only their own files and jobs", async () => {
    const anna = { authorization: "Bearer anna" };
    await upload("own.csv", PAIRS, anna);
    const submitted = await submit({ InputData: inputOf("files/own.csv") }, anna);
    const job = (await submitted.json()) as Envelope;
    await ended(job.name, anna);
    const paths = [`/jobs/${job.name}`, `/jobs/${job.name}/results`, `/jobs/${job.name}/events`];
    for (const path of paths) {
      expect((await service.fetch(path)).status).toBe(404);
      const response = await service.fetch(path, { headers: anna });
      expect(response.status).toBe(200);
      await response.text();
    }
    expect((await service.post(`/jobs/${job.name}/cancel`, {})).status).toBe(404);
    expect((await submit({ InputData: inputOf("files/own.csv") })).status).toBe(400);
    const list = (await (await service.fetch("/jobs", { headers: anna })).json()) as {
      value: Envelope[];
    };
    expect(list.value.map(({ name }) => name)).toEqual([job.name]);
  });

  test("list their jobs by pages, the youngest first", async () => {
    const ben = { "api-key": "ben" };
    await upload("own.csv", PAIRS, ben);
    const names: string[] = [];
    for (let index = 0; index < 3; index++) {
      const response = await submit({ InputData: inputOf("files/own.csv") }, ben);
      names.unshift(((await response.json()) as Envelope).name);
    }
    const listed: string[] = [];
    for (let path: string | undefined = "/jobs?limit=2"; path;) {
      const page = (await (await service.fetch(path, { headers: ben })).json()) as {
        value: Envelope[];
        nextLink?: string;
      };
      listed.push(...page.value.map(({ name }) => name));
      path = page.nextLink;
    }
    expect(listed).toEqual(names);
    for (const name of names) await ended(name, ben);
  });
});

test("a job's events end with the job", async () => {
  await upload("pairs.csv", PAIRS);
  const submitted = await submit({ InputData: inputOf("files/pairs.csv") });
  const { name } = (await submitted.json()) as Envelope;
  const response = await service.fetch(`/jobs/${name}/events`);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const events = (await response.text()).trim().split("\n\n");
  expect(events.at(0)).toMatch(/^event: progress\ndata: \{"status":/);
  const last = events.at(-1)!.split("\n");
  expect(last[0]).toBe("event: end");
  const job = JSON.parse(last[1]!.slice("data: ".length)) as Envelope;
  expect(job).toMatchObject({ name, properties: { status: "Completed" } });
});

test("a job that is cancelled stops, and is deleted when its caller wants", async () => {
  const rows = Array.from({ length: 60_000 }, (_, row) => `w${row % 5} a,b c w${row % 3}`);
  await upload("long.csv", `query,document\n${rows.join("\n")}\n`);
  const submitted = await submit({ InputData: inputOf("files/long.csv") });
  const { name } = (await submitted.json()) as Envelope;
  const early = await service.fetch(`/jobs/${name}/results`);
  expect([early.status, await early.json()]).toMatchObject([409, { code: "job_not_ended" }]);
  expect((await service.fetch(`/jobs/${name}`, { method: "DELETE" })).status).toBe(409);
  const canceled = await service.post(`/jobs/${name}/cancel`, {});
  expect(canceled.status).toBe(202);
  expect(((await canceled.json()) as Envelope).properties.status).toBe("CancelRequested");
  expect((await ended(name)).properties).toMatchObject({
    status: "Canceled",
    provisioningState: "Canceled",
  });
  expect((await service.fetch(`/jobs/${name}`, { method: "DELETE" })).status).toBe(204);
  expect((await service.fetch(`/jobs/${name}`)).status).toBe(404);
});

test("of a job that failed, the rows before its end are counted", async () => {
  await upload("faulty.csv", "query,document\na,b\none\ntwo\nc,d\n");
  const job = await run({ InputData: inputOf("files/faulty.csv"), errorThreshold: 0 });
  expect(job.properties).toMatchObject({
    status: "Failed",
    progress: { rows: 4, scored: 2, failed: 2, shards: 1, shardsDone: 1 },
  });
});
