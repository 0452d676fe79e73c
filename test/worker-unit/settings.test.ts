import { describe, expect, test } from "vitest";
import { BACKEND_PROTOCOLS, BACKEND_VARIABLES } from "../../worker/backends/backend-settings.ts";
import {
  KEY,
  GPU,
  GPU_WITH_KEY,
  LOCAL,
  ENTRA,
  valid,
  problems,
  backend,
  type Environment,
} from "./settings-of.ts";

describe("settings that are not there", () => {
  test.each<[string, Environment]>([
    ["absent", {}],
    [
      "empty",
      {
        EDGE_MAX_TOKENS: "",
        EDGE_FALLBACK_MAX_TOKENS: "",
        REQUEST_TIMEOUT_MS: "",
        SCORE_CACHE: "",
        SCORE_CACHE_TTL_SECONDS: "",
        JOB_RETENTION_DAYS: "",
        JOB_STALE_SECONDS: "",
        JOB_BUCKET_NAME: "",
        RERANK_AUTH: "",
        RERANK_API_KEYS: "",
        LOG_LEVEL: "",
        RERANK_JWT_ISSUER: "",
        RERANK_JWT_SCOPES: "",
        MODELS: "",
        CORS_ALLOWED_ORIGINS: " , ",
        ALLOWED_HOSTS: "",
        BACKEND_URL: "",
        BACKEND_PROTOCOL: "",
        BACKEND_API_KEY: "",
        BACKEND_AUTH: "",
        BACKEND_CONCURRENCY: "",
      },
    ],
  ])("%s, mean the defaults and no backend", (_, env) => {
    expect(valid(env)).toEqual({
      auth: { isRequired: true, records: [], jwt: null },
      routing: { edgeMaxTokens: 4_096, edgeFallbackMaxTokens: 16_384 },
      requestTimeoutMs: 60_000,
      backends: new Map(),
      cache: { store: "off", ttlSeconds: 3_600 },
      jobs: { retentionDays: 30, staleSeconds: 30, bucketName: "rerank-jobs" },
      allowedOrigins: [],
      allowedHosts: [],
      logLevel: "info",
    });
  });

  test("of a backend mean six calls at once, ten seconds, two more tries, no copies", () => {
    expect(backend(GPU_WITH_KEY)).toEqual({
      address: new URL("https://gpu.example"),
      protocol: "tei",
      model: undefined,
      credentials: { kind: "key", key: KEY, header: "authorization" },
      deployment: undefined,
      azureGeneration: "c",
      limits: { maxConcurrency: 6, timeoutMs: 10_000, maxRetries: 2, hedge: false },
    });
  });
});

test("what is set is what is read", () => {
  expect(
    valid({
      EDGE_MAX_TOKENS: "0",
      EDGE_FALLBACK_MAX_TOKENS: "65536",
      REQUEST_TIMEOUT_MS: "1",
      SCORE_CACHE: "kv",
      SCORE_CACHE_KV: {},
      SCORE_CACHE_TTL_SECONDS: "60",
      JOB_RETENTION_DAYS: "3650",
      JOB_STALE_SECONDS: "1",
      JOB_BUCKET_NAME: "b-7",
      ALLOWED_HOSTS: "a.example, b",
      CORS_ALLOWED_ORIGINS: "https://a.example, http://localhost:5173,chrome-extension://abc,*",
      LOG_LEVEL: "error",
    }),
  ).toMatchObject({
    logLevel: "error",
    routing: { edgeMaxTokens: 0, edgeFallbackMaxTokens: 65_536 },
    requestTimeoutMs: 1,
    cache: { store: "kv", ttlSeconds: 60 },
    jobs: { retentionDays: 3_650, staleSeconds: 1, bucketName: "b-7" },
    allowedOrigins: ["https://a.example", "http://localhost:5173", "chrome-extension://abc", "*"],
    allowedHosts: ["a.example", "b"],
  });
  expect(
    backend({
      ...GPU_WITH_KEY,
      BACKEND_MODEL: "bge",
      BACKEND_DEPLOYMENT: "blue",
      BACKEND_AZURE_GENERATION: "a",
      BACKEND_MAX_DOCUMENTS: "8",
      BACKEND_MAX_TOKENS: "9",
      BACKEND_CONCURRENCY: "1",
      BACKEND_TIMEOUT_MS: "300000",
      BACKEND_RETRIES: "0",
      BACKEND_HEDGE: "on",
    }),
  ).toMatchObject({
    model: "bge",
    deployment: "blue",
    azureGeneration: "a",
    limits: {
      maxDocuments: 8,
      maxTokens: 9,
      maxConcurrency: 1,
      timeoutMs: 300_000,
      maxRetries: 0,
      hedge: true,
    },
  });
});

describe("a value that cannot be is a sentence with its name:", () => {
  const edge = "a whole number from 0 to 65536";
  const bucket = "a bucket's name: 3 to 63 lower-case letters, digits and hyphens";
  const origins =
    "must be * or origins as browsers write them, such as https://app.example.com: a scheme and a host in lower case, no path, no port that is the scheme's own";
  test.each<[string, unknown, string]>([
    ["EDGE_MAX_TOKENS", "-1", `must be ${edge}`],
    ["EDGE_MAX_TOKENS", "65537", `must be ${edge}`],
    ["EDGE_MAX_TOKENS", "4k", `must be ${edge}`],
    ["EDGE_MAX_TOKENS", "1e3", `must be ${edge}`],
    ["EDGE_MAX_TOKENS", " ", `must be ${edge}`],
    ["EDGE_MAX_TOKENS", 4_096, `must be in quotes, ${edge}`],
    ["EDGE_FALLBACK_MAX_TOKENS", "65537", `must be ${edge}`],
    ["REQUEST_TIMEOUT_MS", "0", "must be a whole number from 1 to 300000"],
    ["SCORE_CACHE", "on", "must be one of off, cache, kv"],
    ["SCORE_CACHE", true, "must be one of off, cache, kv"],
    ["SCORE_CACHE_TTL_SECONDS", "59", "must be a whole number from 60 to 2592000"],
    ["JOB_RETENTION_DAYS", "0", "must be a whole number from 1 to 3650"],
    ["JOB_RETENTION_DAYS", "3651", "must be a whole number from 1 to 3650"],
    ["JOB_RETENTION_DAYS", 30, "must be in quotes, a whole number from 1 to 3650"],
    ["JOB_STALE_SECONDS", "0", "must be a whole number from 1 to 3600"],
    ["JOB_STALE_SECONDS", "3601", "must be a whole number from 1 to 3600"],
    ["LOG_LEVEL", "debug", "must be one of info, warn, error"],
    ["JOB_BUCKET_NAME", "Jobs", `must be ${bucket}`],
    ["JOB_BUCKET_NAME", "ab", `must be ${bucket}`],
    ["JOB_BUCKET_NAME", "a".repeat(64), `must be ${bucket}`],
    ["JOB_BUCKET_NAME", "jobs-", `must be ${bucket}`],
    ["JOB_BUCKET_NAME", "jobs/files", `must be ${bucket}`],
    ["JOB_BUCKET_NAME", 7, "must be a text"],
    ["CORS_ALLOWED_ORIGINS", 7, "must be a text"],
    ...[
      "null",
      "a.example",
      "https://",
      "https://a.example/",
      "https://a.example/path",
      "https://A.example",
      "https://a.example:443",
      "https://me@a.example",
      "https://*.example",
      "https://a.example https://b.example",
      "https://a.example, null",
      "file:///",
    ].map((value) => ["CORS_ALLOWED_ORIGINS", value, origins] as [string, unknown, string]),
    ["BACKEND_PROTOCOL", "TEI", `must be one of ${BACKEND_PROTOCOLS.join(", ")}`],
    ["BACKEND_AUTH", "bearer", "must be one of key, entra, none"],
    ["BACKEND_AZURE_GENERATION", "d", "must be one of a, b, c"],
    ["BACKEND_HEDGE", "yes", "must be one of on, off"],
    ["BACKEND_CONCURRENCY", "7", "must be a whole number from 1 to 6"],
    ["BACKEND_CONCURRENCY", "0", "must be a whole number from 1 to 6"],
    ["BACKEND_MAX_DOCUMENTS", "0", "must be a whole number from 1 to 10000"],
    ["BACKEND_MAX_TOKENS", "0", "must be a whole number from 1 to 10000000"],
    ["BACKEND_TIMEOUT_MS", "300001", "must be a whole number from 1 to 300000"],
    ["BACKEND_RETRIES", "11", "must be a whole number from 0 to 10"],
    ["BACKEND_MODEL", 7, "must be a text"],
    ["BACKEND_API_KEY_HEADER", "x key", "must be the name of a header"],
    ["BACKEND_URL", "gpu.example", "must be an address with http:// or https://"],
    ["BACKEND_URL", "ftp://gpu.example", "must be an address with http:// or https://"],
    ["BACKEND_URL", "https://me@gpu.example", "must have no user name, password or fragment"],
    ["BACKEND_URL", "https://:pw@gpu.example", "must have no user name, password or fragment"],
    ["BACKEND_URL", "https://gpu.example#a", "must have no user name, password or fragment"],
    ["MODELS", "[{", "is not JSON"],
    ...["a.example:8787", "https://a.example", "A.example", "a..example", "*.example", "a b"].map(
      (value) =>
        [
          "ALLOWED_HOSTS",
          value,
          "must be names of hosts in lower case, such as rerank.example.com, without a port",
        ] as [string, unknown, string],
    ),
  ])("%s %j", (name, value, problem) => {
    expect(problems({ ...GPU_WITH_KEY, [name]: value })).toEqual([`${name} ${problem}`]);
  });
});

test("everything that is wrong is said, not only the first", () => {
  expect(problems({ EDGE_MAX_TOKENS: "x", SCORE_CACHE: "x", BACKEND_HEDGE: "x" })).toEqual([
    "EDGE_MAX_TOKENS must be a whole number from 0 to 65536",
    "SCORE_CACHE must be one of off, cache, kv",
    "BACKEND_HEDGE must be one of on, off",
  ]);
});

describe("a name that is nearly a setting's", () => {
  test.each([
    "BACKEND_ULR",
    "EDGE_MAX_TOKEN",
    "REQUEST_TIMEOUT",
    "SCORE_CACHE_TTL",
    "MODEL",
    "MODELL",
    "JOB_BUCKET_NAMES",
    "JOB_RETENTION",
    "CORS_ORIGINS",
    "LOG_LEVELS",
  ])("%s is refused", (name) => {
    expect(problems({ [name]: "1" })).toEqual([
      `${name} is no setting of this service: docs/deployment.md lists them all`,
    ]);
  });

  test("stands for nothing if it is not ours: other variables, bindings, a model's secret", () => {
    expect(
      problems({
        DEPLOYMENT_NAME: "x",
        CORS_ALLOWED_ORIGINS: "*",
        MODEL_ALIASES: "a",
        ASSETS: {},
        SCORE_CACHE_KV: {},
        MODEL_BUCKET: {},
        JOB_BUCKET: {},
        JOBS: {},
        BACKEND_LARGE_KEY: KEY,
        MODELS: [
          {
            name: "m",
            source: "backend",
            url: "https://other.example",
            protocol: "tei",
            api_key: "BACKEND_LARGE_KEY",
          },
        ],
      }),
    ).toEqual([]);
  });
});

test("a cache in KV needs its binding", () => {
  expect(problems({ SCORE_CACHE: "kv" })).toEqual([
    "SCORE_CACHE is kv, and the binding SCORE_CACHE_KV is missing",
  ]);
});

describe("what a variable was set to is in no sentence:", () => {
  const CANARY = "c4n4ry";
  const names = [
    ...BACKEND_VARIABLES,
    "EDGE_MAX_TOKENS",
    "EDGE_FALLBACK_MAX_TOKENS",
    "REQUEST_TIMEOUT_MS",
    "SCORE_CACHE",
    "SCORE_CACHE_TTL_SECONDS",
    "JOB_RETENTION_DAYS",
    "JOB_STALE_SECONDS",
    "JOB_BUCKET_NAME",
    "LOG_LEVEL",
    "MODELS",
    "MODEL_ALIASES",
    "BACKEND_ULR",
  ];
  // Each so wrong as the rest of the variables lets it be: alone, with a backend, with Entra, without a key, at a binding.
  const surroundings: Environment[] = [
    {},
    GPU,
    GPU_WITH_KEY,
    ENTRA,
    LOCAL,
    { ...GPU, BACKEND_AUTH: "none" },
    { BACKEND_PROTOCOL: "rerank", BACKEND: {} },
  ];
  const values = [
    CANARY,
    `https://${CANARY}`,
    `http://${CANARY}.example`,
    `https://me:${CANARY}@gpu.example`,
    `ftp://${CANARY}`,
    [CANARY],
    { name: CANARY },
    `[{"api_key": "${CANARY}",}]`,
    [{ name: "m", source: "backend", api_key: CANARY }],
    [{ name: "m", source: "backend", url: CANARY, protocol: CANARY }],
    [
      {
        name: "m",
        source: "backend",
        url: "https://gpu.example",
        protocol: "tei",
        api_key: CANARY,
      },
    ],
    [{ name: "m", source: "r2", prefix: CANARY }],
  ];

  test.each(names)("%s", (name) => {
    for (const env of surroundings) {
      for (const value of values) {
        expect(problems({ ...env, [name]: value }).join("\n")).not.toContain(CANARY);
      }
    }
  });

  test("and all of them at once are told apart by their names", () => {
    const all = Object.fromEntries(names.map((name) => [name, CANARY]));
    const sentences = problems(all).join("\n");
    expect(sentences).not.toContain(CANARY);
    for (const name of ["BACKEND_ULR", "EDGE_MAX_TOKENS", "BACKEND_HEDGE", "MODELS"])
      expect(sentences).toContain(name);
  });
});
