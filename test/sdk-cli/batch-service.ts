/** Files and jobs of a rerank service in miniature, which breaks as it is told. A job gives each line of its files but the header a score. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, json } from "node:stream/consumers";

export interface BatchRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
}

/** In place of an answer: the connection breaks before it, after half of it, the answer never comes, or it has that status. */
export type Fault = "cut" | "cut-half" | "hang" | number | undefined;

export interface StubJob {
  name: string;
  body: { properties: Record<string, unknown> & { tags?: Record<string, string> } };
  status: string;
  rows: number;
  scored: number;
  failed: number;
}

export class BatchService {
  readonly requests: BatchRequest[] = [];
  readonly files = new Map<string, Buffer>();
  readonly uploads = new Map<string, Map<number, Buffer>>();
  readonly jobs = new Map<string, StubJob>();
  /** Asked before each answer. */
  fault: (request: BatchRequest) => Fault = () => undefined;
  /** What becomes of jobs; undefined leaves them running. */
  ending: "Completed" | "Failed" | undefined = "Completed";
  /** Rows that no job can score. */
  failedRows = 0;
  /** Bytes of a part of an upload. */
  partBytes = 5 * 1024 * 1024;
  readonly #keys = new Map<string, string>();
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#server = createServer((incoming, outgoing) => {
      this.#answer(incoming, outgoing).catch(() => incoming.destroy());
    });
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections, as if its process was killed. What it has is kept, and it can start again at the same address. */
  async stop(): Promise<void> {
    const server = this.#server!;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }

  /** Requests of a method and the beginning of a path, in their order. */
  asked(method: string, path: string): BatchRequest[] {
    return this.requests.filter((each) => each.method === method && each.path.startsWith(path));
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(incoming.url ?? "", "http://stub");
    const { method = "", headers } = incoming;
    const request = { method, path: decodeURIComponent(pathname), query: searchParams, headers };
    this.requests.push(request);
    const fault = this.fault(request);
    if (fault === "cut") return void incoming.destroy();
    if (fault === "hang") return;
    if (typeof fault === "number") {
      incoming.resume();
      const body = { code: "stub", message: "The stub was told to fail." };
      return send(outgoing, fault, body, { "retry-after-ms": "1" });
    }
    const [, root, name = ""] = /^\/(files|jobs)(?:\/(.*))?$/.exec(request.path) ?? [];
    if (root === "files") return this.#file(request, name, incoming, outgoing);
    if (root === "jobs") return this.#job(request, name, incoming, outgoing, fault);
    send(outgoing, 404, { code: "not_found", message: "There is no such path." });
  }

  async #file(
    { method, query }: BatchRequest,
    name: string,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<void> {
    const described = (bytes: number) => ({ name, bytes, etag: '"1"', uri: `files/${name}` });
    const uploadId = query.get("uploadId");
    const parts = this.uploads.get(uploadId ?? "");
    if (name === "") {
      const prefix = query.get("prefix") ?? "";
      const names = [...this.files.keys()].filter((each) => each.startsWith(prefix));
      send(outgoing, 200, { value: names.map((each) => ({ name: each })) });
    } else if (method === "GET" && this.files.has(name)) {
      send(outgoing, 200, described(this.files.get(name)!.length));
    } else if (method === "POST" && query.has("uploads")) {
      const id = randomUUID();
      this.uploads.set(id, new Map());
      send(outgoing, 201, { uploadId: id, partBytes: this.partBytes });
    } else if (uploadId !== null && parts === undefined) {
      send(outgoing, 404, { code: "unknown_upload", message: "There is no such upload." });
    } else if (method === "PUT" && parts !== undefined) {
      const partNumber = Number(query.get("partNumber"));
      parts.set(partNumber, await buffer(incoming));
      send(outgoing, 200, { partNumber, etag: `"${partNumber}"` });
    } else if (method === "POST" && parts !== undefined) {
      const listed = ((await json(incoming)) as { parts: { partNumber: number }[] }).parts;
      const bytes = Buffer.concat(listed.map(({ partNumber }) => parts.get(partNumber)!));
      this.files.set(name, bytes);
      this.uploads.delete(uploadId!);
      send(outgoing, 201, described(bytes.length));
    } else if (method === "PUT") {
      const bytes = await buffer(incoming);
      this.files.set(name, bytes);
      send(outgoing, 201, described(bytes.length));
    } else {
      const isThere = method === "DELETE" && this.files.delete(name);
      send(outgoing, isThere ? 204 : 404, { code: "unknown_file", message: "No such file." });
    }
  }

  async #job(
    { method, path, query, headers }: BatchRequest,
    rest: string,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    fault: Fault,
  ): Promise<void> {
    if (method === "POST" && rest === "") {
      const body = (await json(incoming)) as StubJob["body"];
      const key = String(headers["idempotency-key"]);
      const known = this.#keys.get(key);
      const job = known === undefined ? this.#create(body) : this.jobs.get(known)!;
      this.#keys.set(key, job.name);
      return send(outgoing, known === undefined ? 201 : 200, envelope(job));
    }
    const [name = "", action] = rest.split("/");
    const job = this.jobs.get(name);
    if (!job) return send(outgoing, 404, { code: "unknown_job", message: "There is no such job." });
    if (action === "cancel") {
      job.status = "Canceled";
      return send(outgoing, 202, envelope(job));
    }
    if (action === "events") return this.#events(job, outgoing);
    if (action === undefined) {
      this.#advance(job);
      return send(outgoing, 200, envelope(job), { "retry-after-ms": "20" });
    }
    const bytes = Buffer.from(resultOf(job, query.get("format") ?? "csv"));
    const start = Number(/^bytes=(\d+)-/.exec(headers.range ?? "")?.[1] ?? 0);
    outgoing.writeHead(start > 0 ? 206 : 200, {
      etag: `"${path}"`,
      "content-length": bytes.length - start,
      ...(start > 0 && { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (fault !== "cut-half") return void outgoing.end(bytes.subarray(start));
    outgoing.write(bytes.subarray(start, (start + bytes.length) >> 1), () => incoming.destroy());
  }

  #events(job: StubJob, outgoing: ServerResponse): void {
    outgoing.writeHead(200, { "content-type": "text/event-stream" });
    const tell = (event: string, data: object): void =>
      void outgoing.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const look = (): void => {
      this.#advance(job);
      tell("progress", { status: job.status, ...progressOf(job) });
      if (!/^(Completed|Failed|Canceled)$/.test(job.status)) return;
      clearInterval(timer);
      tell("end", envelope(job));
      outgoing.end();
    };
    const timer = setInterval(look, 20);
    outgoing.on("close", () => clearInterval(timer));
  }

  #create(body: StubJob["body"]): StubJob {
    const name = `batchjob-${this.jobs.size + 1}`;
    const uris = JSON.stringify(body.properties["InputData"]);
    const read = [...this.files].filter(([file]) => uris.includes(file.split("/")[0]!));
    const rows = read.reduce(
      (sum, [, bytes]) => sum + bytes.toString().trim().split("\n").length - 1,
      0,
    );
    const job = { name, body, status: "NotStarted", rows, scored: 0, failed: 0 };
    this.jobs.set(name, job);
    return job;
  }

  /** A third of the rows a look. */
  #advance(job: StubJob): void {
    if (job.status === "NotStarted") job.status = "Running";
    else if (job.status === "Running" && this.ending !== undefined) {
      const scorable = job.rows - this.failedRows;
      job.scored = Math.min(scorable, job.scored + Math.ceil(scorable / 3));
      if (job.scored < scorable) return;
      job.failed = this.failedRows;
      job.status = this.ending;
    }
  }
}

function progressOf({ rows, scored, failed }: StubJob) {
  return { rows, shards: 1, shardsDone: 0, scored, failed, tokens: 0 };
}

function envelope(job: StubJob): object {
  const { name, status, failed, body } = job;
  const has = status === "Completed" || status === "Failed";
  return {
    id: `/jobs/${name}`,
    name,
    type: "batchjob",
    properties: {
      status,
      progress: progressOf(job),
      tags: body.properties.tags,
      ...(status === "Failed" && { error: { code: "model", message: "The model is gone" } }),
      results: has && failed > 0 ? { errors: `/jobs/${name}/results?format=errors` } : {},
    },
  };
}

/** Names the format, and has some bytes a row. */
export function resultOf(
  { scored, failed }: Pick<StubJob, "scored" | "failed">,
  format: string,
): string {
  const count = format === "errors" ? failed : scored;
  return Array.from({ length: count }, (_, row) => `${format},${row},${"x".repeat(20)}\n`).join("");
}

function send(
  outgoing: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  outgoing.writeHead(status, { "content-type": "application/json", ...headers });
  outgoing.end(status === 204 ? undefined : JSON.stringify(body));
}
