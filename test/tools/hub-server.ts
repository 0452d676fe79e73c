/**
 * Answers the paths of the Hugging Face hub that a download needs, the way the hub does: a model's API, its tree in pages, `resolve` with
 * redirects, and large files from a second host that takes ranges and no credentials.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

export interface HubOptions {
  /** `org/name`. */
  name: string;
  /** Files at the commit. Those over 4 kB are in Git LFS. */
  files: Record<string, Uint8Array>;
  /** Refuses requests without this token. */
  token?: string;
  /** Lets the token see the model, but not download it. */
  gated?: boolean;
  /** The file of which it hands out other bytes than listed. */
  tampered?: string;
  /** Sends whole files only. */
  ignoresRanges?: boolean;
}

export interface Hub {
  endpoint: string;
  commit: string;
  /** What was asked for, `METHOD path`, without queries. */
  requests: string[];
  /** `Range` of each request for the content of a large file, undefined where it had none. */
  ranges: (string | undefined)[];
  /** Called for each request to the API and `resolve`; a status it returns is answered in place of the file. */
  onRequest: (path: string) => number | undefined;
  /** Bytes after which the next transfer of a large file breaks: "close" drops the connection, "stall" sends no more. */
  breakNext: { afterBytes: number; how: "close" | "stall" } | undefined;
  /** Called when a transfer breaks. */
  onBreak: () => void;
}

const LFS_FROM_BYTES = 4000;
const PAGE_SIZE = 2;

/** Starts a hub with one model; it is closed after the tests of the file. */
export async function startHub(options: HubOptions): Promise<Hub> {
  const commit = createHash("sha1").update(options.name).digest("hex");
  const hub: Hub = {
    endpoint: "",
    commit,
    requests: [],
    ranges: [],
    onRequest: () => undefined,
    breakNext: undefined,
    onBreak: () => {},
  };
  const content = await listen((request, response) => {
    const path = pathOf(request);
    if (request.headers.authorization)
      return send(response, 400, "Only one auth mechanism allowed");
    hub.ranges.push(request.headers.range);
    const bytes = contentOf(path.slice(1))!;
    sendBytes(request, response, bytes, hub, options);
  });
  hub.endpoint = await listen((request, response) => {
    const path = pathOf(request);
    hub.requests.push(`${request.method} ${path}`);
    const status = hub.onRequest(path);
    if (status !== undefined) return sendError(response, status, "Try again");
    if (
      options.token !== undefined &&
      request.headers.authorization !== `Bearer ${options.token}`
    ) {
      return sendError(response, 401, "Invalid username or password.", "RepoNotFound");
    }
    if (path.startsWith("/api/")) return api(path, request, response);
    return resolve(path, request, response);
  });
  return hub;

  function api(path: string, request: IncomingMessage, response: ServerResponse): void {
    const [, model, kind, revision] =
      /^\/api\/models\/(.+)\/(revision|tree)\/([^/]+)$/.exec(path) ?? [];
    if (model !== options.name)
      return sendError(response, 404, "Repository not found", "RepoNotFound");
    if (!["main", commit, "refs%2Fpr%2F1"].includes(revision!)) {
      return sendError(response, 404, `Invalid rev id: ${revision}`, "RevisionNotFound");
    }
    if (kind === "revision") {
      return sendJson(response, { _id: "1", id: model, sha: commit, private: false, gated: false });
    }
    const cursor = Number(new URL(request.url!, hub.endpoint).searchParams.get("cursor") ?? 0);
    const entries = [
      { type: "directory", oid: "0", size: 0, path: "onnx" },
      ...Object.entries(options.files).map(treeEntry),
    ];
    const next = cursor + PAGE_SIZE;
    if (next < entries.length) {
      response.setHeader("link", `<${hub.endpoint}${path}?cursor=${next}>; rel="next"`);
    }
    sendJson(response, entries.slice(cursor, next));
  }

  function resolve(path: string, request: IncomingMessage, response: ServerResponse): void {
    const prefix = `/${options.name}/resolve/${commit}/`;
    const file = path.slice(prefix.length);
    const bytes = contentOf(file);
    if (!path.startsWith(prefix)) return sendError(response, 404, "Not found", "RevisionNotFound");
    if (!bytes) return sendError(response, 404, "Entry not found", "EntryNotFound");
    if (options.gated)
      return sendError(response, 403, "Access to this model is restricted.", "GatedRepo");
    response.setHeader("x-repo-commit", commit);
    if (bytes.length < LFS_FROM_BYTES) {
      response.setHeader("etag", `"${gitHash(bytes)}"`);
      return sendBytes(request, response, bytes, hub, { ...options, ignoresRanges: false });
    }
    response.setHeader("x-linked-size", bytes.length);
    response.setHeader("x-linked-etag", `"${sha256(bytes)}"`);
    if (request.headers.accept?.includes("application/vnd.xet-fileinfo+json")) {
      response.setHeader("x-xet-hash", "0".repeat(64));
      response.setHeader(
        "link",
        `<${hub.endpoint}/xet-auth>; rel="xet-auth", <${hub.endpoint}/xet>; rel="xet-reconstruction-info"`,
      );
      response.setHeader("content-type", "application/vnd.xet-fileinfo+json");
      return send(response, 200, "{}");
    }
    response.setHeader("location", `${content}/${file}`);
    send(response, 302, "");
  }

  function contentOf(file: string): Uint8Array | undefined {
    const bytes = options.files[file];
    return bytes && file === options.tampered ? altered(bytes) : bytes;
  }

  function treeEntry([path, bytes]: [string, Uint8Array]): object {
    const entry = { type: "file", path, size: bytes.length, oid: gitHash(bytes) };
    if (bytes.length < LFS_FROM_BYTES) return entry;
    return { ...entry, lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 } };
  }
}

function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  hub: Hub,
  { ignoresRanges }: HubOptions,
): void {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const ranged = first !== undefined && !ignoresRanges;
  const begin = ranged ? Number(first) : 0;
  const end = ranged && last ? Math.min(Number(last) + 1, bytes.length) : bytes.length;
  if (ranged) response.setHeader("content-range", `bytes ${begin}-${end - 1}/${bytes.length}`);
  response.setHeader("content-length", end - begin);
  response.writeHead(ranged ? 206 : 200);
  const { breakNext } = hub;
  if (!breakNext || bytes.length < LFS_FROM_BYTES)
    return void response.end(bytes.subarray(begin, end));
  hub.breakNext = undefined;
  response.write(bytes.subarray(begin, begin + breakNext.afterBytes), () => {
    if (breakNext.how === "close") setTimeout(() => response.destroy(), 50);
    hub.onBreak();
  });
}

async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server: Server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function pathOf(request: IncomingMessage): string {
  return request.url!.split("?")[0]!;
}

function sendError(response: ServerResponse, status: number, error: string, code = "Other"): void {
  response.setHeader("x-error-code", code);
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error }));
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status).end(text);
}

function gitHash(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function altered(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[copy.length - 1]! ^= 1;
  return copy;
}
