import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Explanation } from "../../tools/explain/explain-request.ts";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { syntheticModel } from "../fixtures/synthetic-model.ts";
import { runTool, temporaryFolder } from "./run-tool.ts";

const newPath = temporaryFolder();

/** A file of settings of its own: the project's may change. */
function configFile(text = ""): string {
  const path = `${newPath()}.toml`;
  writeFileSync(path, `name = "rerank"\n${text}`);
  return path;
}

const CONFIG = configFile();

const SMALL = { query: "what is a cat", documents: ["a cat is an animal", "dogs bark"] };
/** What the default model's tokenizer makes of it, and what its 53 characters suggest. */
const SMALL_TOKENS = 21;
const SMALL_ESTIMATE = 18;

const LONG_DOCUMENT = "a cat is an animal that purrs. ".repeat(100);
/** 40 windows of 512 tokens. */
const LARGE = { query: "what is a cat", documents: Array(40).fill(LONG_DOCUMENT) };

const TEI = ["BACKEND_URL:http://127.0.0.1:9001", "BACKEND_PROTOCOL:tei"];

interface Asked {
  variables?: readonly string[];
  options?: readonly string[];
}

async function explain(
  body: object | string,
  { variables = [], options = [] }: Asked = {},
): Promise<Explanation> {
  const argv = ["--json", "--config", CONFIG, ...options];
  const stdin = typeof body === "string" ? body : JSON.stringify(body);
  const { exitCode, out, err } = await run([...argv, ...varsOf(variables)], stdin);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  return JSON.parse(out) as Explanation;
}

function run(argv: readonly string[], stdin: string) {
  return runTool(["explain-route", ...argv], {}, stdin);
}

function varsOf(variables: readonly string[]): string[] {
  return variables.flatMap((variable) => ["--var", variable]);
}

const at = (path: string) => ({ options: ["--path", path] });

describe("a small request", () => {
  test("without a backend is counted and stays at the edge, whatever its line", async () => {
    expect(await explain(SMALL, { variables: ["EDGE_MAX_TOKENS:1"] })).toEqual({
      path: "/v1/rerank",
      protocol: "rerank-v1",
      model: "x/rerank-minilm-l6",
      pairs: 2,
      characters: 53,
      estimate: SMALL_ESTIMATE,
      count: SMALL_TOKENS,
      limits: { edge_max_tokens: 1, edge_fallback_max_tokens: 16_384, max_edge_tokens: 65_536 },
      outcome: { served_by: "edge", reason: "no_backend" },
      outcome_if_backend_fails: null,
      backend: null,
    });
  });

  test("is at the edge up to its line by the count, however low the estimate", async () => {
    const limited = (tokens: number) =>
      explain(SMALL, { variables: [...TEI, `EDGE_MAX_TOKENS:${tokens}`] });
    expect(await limited(SMALL_TOKENS)).toMatchObject({
      outcome: { served_by: "edge", reason: "small" },
      outcome_if_backend_fails: null,
    });
    expect(await limited(SMALL_TOKENS - 1)).toMatchObject({
      count: SMALL_TOKENS,
      outcome: { served_by: "backend", reason: "large" },
      outcome_if_backend_fails: { served_by: "edge", reason: "backend_failed" },
    });
  });
});

describe("a large request", () => {
  test("goes to the backend uncounted, in as many calls as its limits need", async () => {
    const variables = [...TEI, "BACKEND_CONCURRENCY:3", "BACKEND_MAX_DOCUMENTS:15"];
    expect(await explain(LARGE, { variables })).toMatchObject({
      estimate: 40 * 512,
      count: null,
      outcome: { served_by: "backend", reason: "large" },
      backend: {
        protocol: "tei",
        max_documents: 15,
        max_tokens: 16_384,
        max_concurrency: 3,
        calls: 3,
      },
    });
  });

  test("when the backend fails, is computed in its stead, refused, or left unranked", async () => {
    const limited = async (tokens: number, further: object = {}) => {
      const variables = [...TEI, `EDGE_FALLBACK_MAX_TOKENS:${tokens}`];
      const explained = await explain({ ...LARGE, ...further }, { variables });
      return explained.outcome_if_backend_fails;
    };
    expect(await limited(40 * 512)).toEqual({ served_by: "edge", reason: "backend_failed" });
    expect(await limited(40 * 512 - 1)).toMatchObject({
      served_by: null,
      status: 503,
      code: "backend_unavailable",
      message: expect.stringContaining("fewer or shorter documents"),
    });
    expect(await limited(1, { fail_open: true })).toEqual({
      served_by: "none",
      reason: "backend_unavailable",
    });
  });

  test("over the hard limit is refused where there is no backend", async () => {
    const documents = Array(129).fill(LONG_DOCUMENT);
    expect((await explain({ ...LARGE, documents })).outcome).toEqual({
      served_by: null,
      status: 413,
      code: "over_limit",
      message: `The request is over the limit maxEdgeTokens of 65536: it has ${129 * 512}.`,
    });
  });
});

describe("--route", () => {
  test("edge keeps a large request, and backend sends a small one", async () => {
    const forced = (body: object, route: string) =>
      explain(body, { variables: TEI, options: ["--route", route] });
    expect((await forced(LARGE, "edge")).outcome).toEqual({
      served_by: "edge",
      reason: "requested",
    });
    expect(await forced(SMALL, "backend")).toMatchObject({
      count: null,
      outcome: { served_by: "backend", reason: "requested" },
      outcome_if_backend_fails: { status: 503, code: "backend_unavailable" },
    });
  });

  test("backend is refused where there is none", async () => {
    const { outcome } = await explain(SMALL, { options: ["--route", "backend"] });
    expect(outcome).toMatchObject({ status: 400, code: "no_such_route" });
  });
});

describe("--path", () => {
  const texts = { query: "q", texts: ["a", "b"] };
  const azure = { input_data: [{ text: "q", text_pair: "a" }, "alone"] };
  test.each<[string, object, string]>([
    ["/v1/rerank", SMALL, "rerank-v1"],
    ["/v2/rerank", SMALL, "rerank-v2"],
    ["/v2/rerank", { ...SMALL, truncate_prompt_tokens: 9 }, "vllm"],
    ["/rerank", SMALL, "rerank-v2"],
    ["/rerank", texts, "tei"],
    ["/score", azure, "azure-ml"],
    ["/score", { text_1: "q", text_2: ["a", "b"] }, "vllm"],
  ])("%s with %j is the protocol %s", async (path, body, protocol) => {
    const explained = await explain(body, at(path));
    expect(explained).toMatchObject({ protocol, pairs: 2, outcome: { reason: "no_backend" } });
  });

  test("/score with texts that stand alone is not told to a backend that ranks", async () => {
    const variables = [...TEI, "EDGE_MAX_TOKENS:0"];
    const { outcome } = await explain(azure, { ...at("/score"), variables });
    expect(outcome).toEqual({ served_by: "edge", reason: "edge_only_option" });
  });
});

describe("a request that the service refuses is told with its own sentence:", () => {
  const long = { text_1: "q", text_2: ["a", LONG_DOCUMENT] };
  test.each<[string, object | string, string, object]>([
    [
      "no documents",
      { query: "q", documents: [] },
      "/v1/rerank",
      { status: 400, code: "invalid_value", message: "documents must not be empty." },
    ],
    ["no JSON", "{", "/v1/rerank", { status: 400, code: "invalid_json" }],
    ["nothing", "", "/v1/rerank", { status: 400, code: "empty_body" }],
    [
      "another model",
      { ...SMALL, model: "m" },
      "/v1/rerank",
      { status: 404, code: "unknown_model" },
    ],
    ["no rows", {}, "/score", { status: 400, code: "missing_value" }],
    [
      "too long a text that must not be cut",
      long,
      "/score",
      { code: "over_window", message: expect.stringMatching(/^text_2\[1\] has \d+ tokens/) },
    ],
  ])("%s", async (_, body, path, refused) => {
    const { outcome } = await explain(body, at(path));
    expect(outcome).toMatchObject({ served_by: null, ...refused });
  });

  test("settings that are wrong", async () => {
    const { outcome } = await explain(SMALL, { variables: ["BACKEND_ULR:https://a.example"] });
    expect(outcome).toMatchObject({
      status: 500,
      code: "misconfigured",
      message: expect.stringContaining("BACKEND_ULR is no setting of this service"),
    });
  });
});

describe("a model of the setting MODELS", () => {
  const models = (model: object) => [`MODELS:${JSON.stringify([{ name: "x/large", ...model }])}`];

  test("at a backend is asked there, and nobody stands in", async () => {
    const variables = [...TEI, ...models({ source: "backend" })];
    expect(await explain({ ...SMALL, model: "large" }, { variables })).toMatchObject({
      model: "x/large",
      count: null,
      outcome: { served_by: "backend", reason: "backend_model" },
      outcome_if_backend_fails: { status: 503 },
      backend: { calls: 1 },
    });
  });

  test("in R2 cannot be read from here", async () => {
    const config = configFile('[[r2_buckets]]\nbinding = "MODEL_BUCKET"\nbucket_name = "models"\n');
    const variables = varsOf(models({ source: "r2", prefix: "a/" }));
    const body = JSON.stringify({ ...SMALL, model: "x/large" });
    expect(await run(["--config", config, ...variables], body)).toEqual({
      exitCode: 1,
      out: "",
      err: "explain-route: The model x/large is in R2. Give its packed folder with --model.\n",
    });
  });
});

test("a model that labels is always at the edge, and ranks nothing", async () => {
  const shape = {
    name: "small classifier",
    hiddenSize: 32,
    numLayers: 1,
    numHeads: 2,
    intermediateSize: 64,
    vocabSize: 500,
    maxSeqLength: 64,
    labels: 3,
    seed: 1,
  };
  const model = ["--model", packedFolder(syntheticModel(shape))];
  const variables = [...TEI, "EDGE_MAX_TOKENS:0"];
  const options = [...model, "--path", "/score"];
  expect(await explain({ input_data: ["a", "b"] }, { variables, options })).toMatchObject({
    model: "test/small-classifier",
    outcome: { served_by: "edge", reason: "classifier" },
    backend: null,
  });
  expect((await explain(SMALL, { variables, options: model })).outcome).toMatchObject({
    status: 424,
    code: "not_a_ranker",
  });
});

describe("settings", () => {
  test("are those of the file, its bindings are there, and --var goes before them", async () => {
    const config = configFile(`
[[services]]
binding = "BACKEND"
service = "another"

[[kv_namespaces]]
binding = "SCORE_CACHE_KV"
id = "0"

[vars]
SCORE_CACHE = "kv"
BACKEND_PROTOCOL = "rerank"
EDGE_MAX_TOKENS = "7"
EDGE_FALLBACK_MAX_TOKENS = "8"
`);
    const options = ["--config", config, "--var", "EDGE_FALLBACK_MAX_TOKENS:9"];
    expect(await explain(SMALL, { options })).toMatchObject({
      limits: { edge_max_tokens: 7, edge_fallback_max_tokens: 9 },
      outcome: { served_by: "backend", reason: "large" },
      backend: { protocol: "rerank" },
    });
  });

  test("of the project itself are right", async () => {
    const { exitCode, out } = await run(["--json"], JSON.stringify(SMALL));
    expect(exitCode).toBe(0);
    expect((JSON.parse(out) as Explanation).outcome).toMatchObject({ served_by: "edge" });
  });

  test("from a file that is not there are an error", async () => {
    const { exitCode, err } = await run(["--config", "/nowhere.toml"], "{}");
    expect(exitCode).toBe(1);
    expect(err).toContain("explain-route: /nowhere.toml cannot be read");
  });
});

test("for people it is a few lines, without an address, a key or a text", async () => {
  const url = "BACKEND_URL:https://gpu.example";
  const variables = [url, "BACKEND_PROTOCOL:tei", "BACKEND_API_KEY:s3cret", "EDGE_MAX_TOKENS:20"];
  const { out } = await run(["--config", CONFIG, ...varsOf(variables)], JSON.stringify(SMALL));
  expect(out).toBe(`request      POST /v1/rerank, protocol rerank-v1, route auto
model        x/rerank-minilm-l6
pairs        2
estimate     18 tokens from 53 characters
count        21 tokens
limits       edge 20 tokens (EDGE_MAX_TOKENS), in place of a failing backend 16,384 (EDGE_FALLBACK_MAX_TOKENS), at all 65,536 (maxEdgeTokens)
decision     backend (large): it has more tokens than EDGE_MAX_TOKENS
calls        1 call to tei, each of at most 32 documents and 16,384 tokens, 6 at once
if it fails  edge (backend_failed): the backend has failed with it
`);
});

test.each([
  [
    ["--path", "/v1/rank"],
    '--path is "/v1/rank". It may be /v1/rerank, /v2/rerank, /rerank, /score.',
  ],
  [["--route", "gpu"], '--route is "gpu". It may be auto, edge, backend.'],
  [["--var", "EDGE_MAX_TOKENS"], '--var is "EDGE_MAX_TOKENS". It must be NAME:VALUE.'],
  [["--var", ":1"], '--var is ":1". It must be NAME:VALUE.'],
  [["request.json"], '"request.json" is one argument too many.'],
])("%j is not understood", async (argv, saying) => {
  const { exitCode, out, err } = await run(argv, "{}");
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
  expect(err).toContain(saying);
});
