/** Several models behind one Worker: two that it was built with, and more in a bucket of R2. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestHarness } from "wrangler";
import { loadCrossEncoder, type PackedModel } from "../../engine/index.ts";
import { engineModule } from "../fixtures/engine.ts";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { sealedManifest } from "../fixtures/sealed-manifest.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { stagedProject } from "../staged-project.ts";

const SHAPE = { ...SMALL_SHAPE, name: "first" };

const first = syntheticModel(SHAPE);
const second = syntheticModel({ ...SHAPE, name: "second", seed: 2 });
const stored = syntheticModel({ ...SHAPE, name: "as packed", seed: 3 });

const IN_BUCKET = ["mine", "absent", "tampered", "edited", "unsealed", "no json", "large"];
const { digest } = stored.manifest as { digest: string };
const MODELS = [
  ...IN_BUCKET.map((name) => ({ name, source: "r2", prefix: `models/${name}/` })),
  { name: "pinned", source: "r2", prefix: "models/mine/", digest },
  { name: "replaced", source: "r2", prefix: "models/replaced/", digest },
  { name: "x/far", source: "backend", url: "http://127.0.0.1:1", protocol: "tei" },
];
const NAMES = ["test/first", "test/second", ...MODELS.map(({ name }) => name)];

const project = stagedProject();
appendFileSync(
  join(project, "wrangler.toml"),
  '\n[[r2_buckets]]\nbinding = "MODEL_BUCKET"\nbucket_name = "models"\n',
);
const server = createTestHarness({
  root: project,
  workers: [
    {
      configPath: "wrangler.toml",
      vars: { RERANK_AUTH: "off", MODELS: JSON.stringify(MODELS), MODEL_ALIASES: "rerank-v3.5" },
    },
  ],
});
const folders = [first, second].map(packedFolder);

let url: URL;
let bucket: R2Bucket;

beforeAll(async () => {
  // Read by the build command that wrangler runs first.
  process.env["MODEL"] = folders.join(",");
  ({ url } = await server.listen());
  bucket = (await server.getWorker<{ MODEL_BUCKET: R2Bucket }>().getEnv()).MODEL_BUCKET;
  await store("mine", stored);
  await store("tampered", { ...stored, weights: tamper(stored.weights) });
  await store("edited", stored);
  await edit("edited", (manifest) => {
    (manifest["architecture"] as { numHeads: number }).numHeads = 4;
  });
  await store("unsealed", stored);
  await edit("unsealed", (manifest) => delete manifest["digest"]);
  await store("replaced", second);
  await bucket.put("models/no json/model.json", "{");
  const weights = { file: "weights.safetensors", bytes: 110_000_000, sha256: "0".repeat(64) };
  await store("large", { ...stored, manifest: { ...(stored.manifest as object), weights } });
});
afterAll(() => server.close());

async function store(name: string, { manifest, weights, tokenizer }: PackedModel): Promise<void> {
  await bucket.put(`models/${name}/model.json`, JSON.stringify(sealedManifest(manifest)));
  await bucket.put(`models/${name}/weights.safetensors`, weights);
  await bucket.put(`models/${name}/tokenizer.json`, tokenizer);
}

/** Changes a model.json that lies in the bucket, as by hand. */
async function edit(
  name: string,
  change: (manifest: Record<string, unknown>) => void,
): Promise<void> {
  const key = `models/${name}/model.json`;
  const manifest = (await (await bucket.get(key))!.json()) as Record<string, unknown>;
  change(manifest);
  await bucket.put(key, JSON.stringify(manifest));
}

/** One bit of the last weight is another. */
function tamper(weights: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const copy = weights.slice();
  copy[copy.length - 1]! ^= 1;
  return copy;
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(new URL(path, url), {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });

const get = async (path: string): Promise<unknown> => (await fetch(new URL(path, url))).json();

const QUERY = "a b w1";
const DOCUMENTS = ["w2 w3 c", "d", "w4 e f", "w1 a b"];

/** Logits in the documents' order, of the model that a request means. */
async function logits(model?: string): Promise<number[]> {
  const body = { query: QUERY, documents: DOCUMENTS, raw_scores: true, model };
  const response = await post("/v1/rerank", body);
  expect(response.status).toBe(200);
  const { results } = (await response.json()) as {
    results: { index: number; relevance_score: number }[];
  };
  return results.toSorted((a, b) => a.index - b.index).map(({ relevance_score: logit }) => logit);
}

/** The same by the engine in Node. */
async function expected(model: PackedModel): Promise<number[]> {
  const engine = await loadCrossEncoder(engineModule, model);
  return [...engine.score(DOCUMENTS.map((document) => [QUERY, document]))];
}

describe("a request's model", () => {
  test.each<[string, string | undefined, PackedModel]>([
    ["none", undefined, first],
    ["default", "default", first],
    ["an alias of the operator's", "rerank-v3.5", first],
    ["the default one by its name", "test/first", first],
    ["another that was built in", "test/second", second],
    ["the same without its organisation", "second", second],
    ["one of R2", "mine", stored],
    ["one of R2 whose digest is named", "pinned", stored],
    ["and back", "first", first],
  ])("%s", async (_, requested, model) => {
    expect(await logits(requested)).toEqual(await expected(model));
  });

  test("is named by the answer's body and header", async () => {
    for (const [requested, name] of [
      ["second", "test/second"],
      ["mine", "mine"],
      ["default", "test/first"],
    ]) {
      const body = { query: QUERY, documents: DOCUMENTS, model: requested };
      const response = await post("/jina/v1/rerank", body);
      expect(response.headers.get("x-rerank-model")).toBe(name);
      expect(await response.json()).toMatchObject({ model: name });
    }
  });

  test("picks it for vLLM's score, too", async () => {
    const body = { text_1: QUERY, text_2: DOCUMENTS, model: "second" };
    const response = await post("/v1/score", body);
    const { data, model } = (await response.json()) as {
      data: { score: number }[];
      model: string;
    };
    expect(model).toBe("test/second");
    const logistic = (await expected(second)).map((logit) => 1 / (1 + Math.exp(-logit)));
    for (const [index, { score }] of data.entries()) expect(score).toBeCloseTo(logistic[index]!, 6);
  });

  test("that nobody serves is 404 with the list", async () => {
    const response = await post("/v1/rerank", { query: "a", documents: ["b"], model: "secon" });
    expect(response.status).toBe(404);
    const { code, message } = (await response.json()) as { code: string; message: string };
    expect(code).toBe("unknown_model");
    for (const name of NAMES) expect(message).toContain(JSON.stringify(name));
  });
});

describe("Azure ML's deployments", () => {
  const body = { input_data: [{ text: QUERY, text_pair: DOCUMENTS[0] }] };

  test.each([
    ["test/second", "test/second"],
    ["mine", "mine"],
    ["test/first", "test/first"],
  ])("%s is pinned by the header", async (pinned, model) => {
    const response = await post("/score", body, { "azureml-model-deployment": pinned });
    expect(response.status).toBe(200);
    expect(response.headers.get("azureml-model-deployment")).toBe(pinned);
    expect(response.headers.get("x-rerank-model")).toBe(model);
  });

  test("a pinned one is what vLLM's body means that names no model", async () => {
    const vllm = { text_1: QUERY, text_2: DOCUMENTS };
    const response = await post("/score", vllm, { "azureml-model-deployment": "mine" });
    expect(await response.json()).toMatchObject({ model: "mine" });
  });

  test("another is 404", async () => {
    const response = await post("/score", body, { "azureml-model-deployment": "blue" });
    expect(response.status).toBe(404);
    expect(response.headers.get("azureml-model-deployment")).toBeNull();
  });
});

test("the lists have every model, the default one first and under its aliases", async () => {
  const ids = ["test/first", "rerank-v3.5", ...NAMES.slice(1)];
  for (const path of ["/v1/models", "/models", "/infinity/models"]) {
    const { data } = (await get(path)) as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(ids);
  }
  const { data } = (await get("/infinity/models")) as {
    data: { id: string; backend: string; capabilities: string[] }[];
  };
  const listed = new Map(data.map(({ id, ...rest }) => [id, rest]));
  expect(listed.get("mine")).toMatchObject({ backend: "wasm", capabilities: ["rerank"] });
  expect(listed.get("absent")).toMatchObject({ backend: "wasm", capabilities: [] });
  expect(listed.get("x/far")).toMatchObject({ backend: "upstream", capabilities: [] });
  expect(await get("/info")).toMatchObject({ model: "test/first", models: NAMES });
});

test.each([
  "/models.json",
  "/models/test-second/tokenizer.json",
  "/models/test-second/weights.safetensors.0",
])("nobody but the Worker can read %s", async (path) => {
  expect((await fetch(new URL(path, url))).status).toBe(404);
});

describe("a model of R2 that cannot be had is a declared failure, logged by its name, and the others live on:", () => {
  test.each([
    ["absent", "the bucket has no models/absent/model.json"],
    ["no json", "its model.json is not JSON"],
    ["tampered", "SHA-256"],
    ["edited", "model.json was changed after it was written"],
    ["unsealed", "model.json has no digest"],
    ["replaced", "model.json is of another model"],
    ["large", "takes about 111 MB of memory"],
  ])("%s", async (model, problem) => {
    for (const path of ["/v1/rerank", "/vllm/rerank"]) {
      const response = await post(path, { query: "a", documents: ["b"], model });
      expect(response.status).toBe(503);
      expect(await response.text()).toContain(`The model \\"${model}\\" cannot be loaded`);
    }
    const logs = JSON.stringify(server.getLogs());
    expect(logs).toContain(problem);
    expect(logs).not.toContain("TypeError");
    expect(await logits()).toEqual(await expected(first));
    expect(await logits("mine")).toEqual(await expected(stored));
  });

  test("once its files are whole it answers", async () => {
    const other = syntheticModel({ ...SHAPE, seed: 5 });
    for (const name of ["tampered", "absent"]) {
      await store(name, other);
      await expect.poll(() => logits(name)).toEqual(await expected(other));
    }
  });
});
