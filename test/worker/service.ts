import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { createTestHarness } from "wrangler";
import type { RerankRequestBody } from "../../sdk/index.ts";
import { stagedProject } from "../staged-project.ts";
import { WORKER_NAME } from "./worker-name.ts";

const MODEL_FOLDER = join(import.meta.dirname, "../../models/rerank-minilm-l6");

/** A running service. */
export interface Service {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** POST of a value as JSON. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The same, from a client that hangs up after some time; resolves when it has. */
  postAndHangUp(
    path: string,
    body: unknown,
    afterMs: number,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** Everything the service has logged so far. */
  logs(): string;
  /** Its bindings, as the Worker has them. */
  bindings<T>(): Promise<T>;
  /** Of that, the lines that are the service's own. */
  lines(): Record<string, unknown>[];
}

/**
 * Starts the service before the tests of a file and stops it after them.
 * @param vars - Settings over those of wrangler.toml. Default: no request needs a key.
 * @param model - Folder of a packed model. Default: the one that the expectations are of, whatever wrangler.toml has.
 */
export function useService(vars: Record<string, string> = {}, model = MODEL_FOLDER): Service {
  const server = createTestHarness({
    root: stagedProject(),
    workers: [
      { configPath: "wrangler.toml", vars: { RERANK_AUTH: "off", ...vars } },
      {
        config: {
          name: "hang-up",
          main: join(import.meta.dirname, "hang-up-worker.ts"),
          compatibility_date: "2026-11-01",
          services: [{ binding: "SERVICE", service: WORKER_NAME }],
        },
      },
    ],
  });
  let url: URL;
  beforeAll(async () => {
    // Read by the build command that wrangler runs first.
    process.env["MODEL"] = model;
    ({ url } = await server.listen());
  });
  afterAll(() => server.close());

  const json = (body: unknown, headers: Record<string, string>): RequestInit => ({
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });
  // The platform's own fetch, so that requests travel over TCP as any client's do.
  const service: Service = {
    fetch: (path, init) => fetch(new URL(path, url), init),
    post: (path, body, headers = {}) => service.fetch(path, json(body, headers)),
    postAndHangUp: async (path, body, afterMs, headers = {}) => {
      const init = json(body, { ...headers, "hang-up-ms": String(afterMs) });
      const response = await server
        .getWorker("hang-up")
        .fetch(`http://service${path}`, init as object);
      return new Response(await response.text(), { status: response.status });
    },
    logs: () => JSON.stringify(server.getLogs()),
    bindings: <T>() => server.getWorker(WORKER_NAME).getEnv() as Promise<T>,
    lines: () =>
      server
        .getLogs()
        .filter(({ message }) => message.startsWith('{"level":'))
        .map(({ message }) => JSON.parse(message) as Record<string, unknown>),
  };
  return service;
}

/** A request of about `windows` × 512 tokens, each window a slice of work of its own. */
export function longRequest(windows: number): RerankRequestBody {
  const sentence = "The quick brown fox jumps over the lazy dog near the river bank. ";
  return {
    query: "Which animal jumps?",
    documents: Array.from({ length: windows }, (_, index) => `${index} ${sentence.repeat(40)}`),
  };
}

export const CAPITALS: RerankRequestBody = {
  query: "What is the capital of France?",
  documents: [
    "The mitochondrion is the powerhouse of the cell.",
    "Paris is the capital and largest city of France.",
    "Berlin is the capital of Germany.",
    "Bread is baked from dough in an oven.",
  ],
};
