/** Backends that are bindings and not addresses: a second copy of the service, and Workers AI. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestHarness } from "wrangler";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { stagedProject } from "../staged-project.ts";

const model = syntheticModel(SMALL_SHAPE);

const QUERY = "a b w1";
const DOCUMENTS = ["w2 w3 c", "d", "w4 e f", "w1 a b"];

const FAKE_AI = {
  config: {
    name: "fake-ai",
    main: join(import.meta.dirname, "fake-ai-worker.ts"),
    compatibility_date: "2026-11-01",
  },
};

/** The project again, as another Worker. */
function secondCopy() {
  const configPath = join(stagedProject(), "wrangler.toml");
  const text = readFileSync(configPath, "utf8");
  writeFileSync(configPath, text.replace('name = "rerank"', 'name = "copy"'));
  return { configPath, vars: { RERANK_AUTH: "off" } };
}

/** A service with another Worker bound to it. */
function useBound(
  vars: Record<string, string>,
  binding: string,
  service: string,
  other: typeof FAKE_AI | ReturnType<typeof secondCopy>,
) {
  const project = stagedProject();
  appendFileSync(
    join(project, "wrangler.toml"),
    `\n[[services]]\nbinding = "${binding}"\nservice = "${service}"\n`,
  );
  const server = createTestHarness({
    root: project,
    workers: [{ configPath: "wrangler.toml", vars: { RERANK_AUTH: "off", ...vars } }, other],
  });
  const folder = packedFolder(model);
  let url: URL;
  beforeAll(async () => {
    process.env["MODEL"] = folder;
    ({ url } = await server.listen());
  });
  afterAll(() => server.close());
  return (body: unknown, headers: Record<string, string> = {}) =>
    fetch(new URL("/v1/rerank", url), {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
}

describe("a second copy of the service", () => {
  const post = useBound({ BACKEND_PROTOCOL: "rerank" }, "BACKEND", "copy", secondCopy());

  test("scores as the first, and is told to do so itself", async () => {
    const body = { query: QUERY, documents: DOCUMENTS };
    const edge = await post(body, { "x-rerank-route": "edge" });
    const backend = await post(body, { "x-rerank-route": "backend" });
    expect([edge.status, backend.status]).toEqual([200, 200]);
    expect(backend.headers.get("x-rerank-served-by")).toBe("backend");
    expect(backend.headers.get("x-rerank-tokens")).toBe(edge.headers.get("x-rerank-tokens"));
    const [own, theirs] = [await edge.json(), await backend.json()] as { results: unknown[] }[];
    expect(theirs!.results).toEqual(own!.results);
  });
});

describe("Workers AI", () => {
  const post = useBound({ BACKEND_PROTOCOL: "workers-ai" }, "AI", "fake-ai", FAKE_AI);

  test("ranks by its logits", async () => {
    const response = await post(
      { query: "q", documents: ["aa", "aaaa", "a"], raw_scores: true },
      { "x-rerank-route": "backend" },
    );
    expect(await response.json()).toMatchObject({
      results: [
        { index: 1, relevance_score: 4 },
        { index: 0, relevance_score: 2 },
        { index: 2, relevance_score: 1 },
      ],
    });
  });

  test("that has no room is a backend that cannot answer", async () => {
    const response = await post(
      { query: "fail", documents: DOCUMENTS },
      { "x-rerank-route": "backend" },
    );
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "backend_unavailable" });
  });
});
