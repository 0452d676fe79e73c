import { describe, expect, test } from "vitest";
import { BACKEND_PROTOCOLS, BACKEND_VARIABLES } from "../../worker/backends/backend-settings.ts";
import { readSettings, type Settings } from "../../worker/settings.ts";

const BUNDLED = ["x/default", "x/second"];
const KEY = "s3cret-key";
const GPU = { BACKEND_URL: "https://gpu.example", BACKEND_PROTOCOL: "tei" };
const GPU_WITH_KEY = { ...GPU, BACKEND_API_KEY: KEY };
const LOCAL = { BACKEND_URL: "http://127.0.0.1:9001", BACKEND_PROTOCOL: "tei" };
const ENTRA = {
  ...GPU,
  BACKEND_AUTH: "entra",
  BACKEND_TENANT_ID: "t",
  BACKEND_CLIENT_ID: "c",
  BACKEND_CLIENT_SECRET: KEY,
};

type Environment = Readonly<Record<string, unknown>>;

function valid(env: Environment): Settings {
  const read = readSettings(env, BUNDLED);
  if (!read.ok) throw new Error(read.problems.join("; "));
  return read.value;
}

function problems(env: Environment): string[] {
  const read = readSettings(env, BUNDLED);
  return read.ok ? [] : read.problems;
}

function backend(env: Environment, model = "x/default") {
  const settings = valid(env).backends.get(model);
  if (!settings) throw new Error(`${model} has no backend`);
  return settings;
}

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

describe("a backend", () => {
  test("without a protocol is no backend but a mistake that names what was set", () => {
    expect(problems({ BACKEND_URL: "https://gpu.example", BACKEND_API_KEY: KEY })).toEqual([
      `BACKEND_PROTOCOL is missing beside BACKEND_URL, BACKEND_API_KEY: one of ${BACKEND_PROTOCOLS.join(", ")}`,
    ]);
  });

  test.each([
    ["tei", "BACKEND_PROTOCOL is tei, and BACKEND_URL is missing"],
    ["rerank", "BACKEND_PROTOCOL is rerank, and BACKEND_URL, or the binding BACKEND is missing"],
    ["workers-ai", "BACKEND_PROTOCOL is workers-ai, and BACKEND_URL, or the binding AI is missing"],
  ])("of %s without an address is a mistake", (protocol, problem) => {
    expect(problems({ BACKEND_PROTOCOL: protocol })).toEqual([problem]);
  });

  test.each([
    ["rerank", "BACKEND"],
    ["workers-ai", "AI"],
  ])("of %s may be the binding %s, which takes no key", (protocol, binding) => {
    expect(backend({ BACKEND_PROTOCOL: protocol, [binding]: {} })).toMatchObject({
      address: null,
      credentials: { kind: "none" },
    });
  });

  test("of another protocol may not be a binding", () => {
    expect(problems({ BACKEND_PROTOCOL: "tei", BACKEND: {}, AI: {} })).toHaveLength(1);
  });

  test("with an address and a binding is at the address", () => {
    const { address } = backend({ ...GPU_WITH_KEY, BACKEND_PROTOCOL: "rerank", BACKEND: {} });
    expect(address?.href).toBe("https://gpu.example/");
  });

  test.each(["cohere", "jina", "nim"])("of %s needs the model's name", (protocol) => {
    const env = { ...GPU_WITH_KEY, BACKEND_PROTOCOL: protocol };
    expect(problems(env)).toEqual([
      `BACKEND_PROTOCOL is ${protocol}, and BACKEND_MODEL, the model's name there, is missing`,
    ]);
    expect(backend({ ...env, BACKEND_MODEL: "m" }).model).toBe("m");
  });
});

describe("the key", () => {
  const MISSING =
    "BACKEND_API_KEY is missing: set it with `npx wrangler secret put BACKEND_API_KEY`, or BACKEND_AUTH to none if the backend takes no key";

  test("must be there for an address with https, or be said not to be", () => {
    expect(problems(GPU)).toEqual([MISSING]);
    expect(problems({ ...LOCAL, BACKEND_AUTH: "key" })).toEqual([MISSING]);
    expect(backend({ ...GPU, BACKEND_AUTH: "none" }).credentials).toEqual({ kind: "none" });
  });

  test("goes as a Bearer token, or bare in a header of its own", () => {
    const headerOf = (env: Environment) => (backend(env).credentials as { header: string }).header;
    expect(headerOf(GPU_WITH_KEY)).toBe("authorization");
    expect(headerOf({ ...GPU_WITH_KEY, BACKEND_API_KEY_HEADER: "X-Api-Key" })).toBe("x-api-key");
  });

  test("and the word that there is none contradict each other", () => {
    expect(problems({ ...GPU_WITH_KEY, BACKEND_AUTH: "none" })).toEqual([
      "BACKEND_API_KEY is set, and BACKEND_AUTH is none",
    ]);
  });

  test.each(["http://gpu.example", "http://10.0.0.7:8080", "http://127.0.0.1.gpu.example"])(
    "is not sent to %s",
    (url) => {
      const problem = "BACKEND_URL must have https://: a key would be sent for all to read";
      expect(problems({ ...GPU_WITH_KEY, BACKEND_URL: url })).toEqual([problem]);
      expect(problems({ ...ENTRA, BACKEND_URL: url })).toEqual([problem]);
      expect(backend({ ...GPU, BACKEND_URL: url }).credentials).toEqual({ kind: "none" });
    },
  );

  test.each(["http://localhost:9001", "http://127.0.0.1:9001", "http://127.8.9.1", "http://[::1]"])(
    "may go to this machine at %s",
    (url) => {
      const { credentials } = backend({ ...GPU_WITH_KEY, BACKEND_URL: url });
      expect(credentials).toMatchObject({ kind: "key", key: KEY });
    },
  );
});

describe("Entra", () => {
  test("needs a tenant, a client and its secret", () => {
    expect(backend(ENTRA).credentials).toEqual({
      kind: "entra",
      authority: "https://login.microsoftonline.com",
      tenantId: "t",
      clientId: "c",
      clientSecret: KEY,
    });
    for (const name of ["BACKEND_TENANT_ID", "BACKEND_CLIENT_ID", "BACKEND_CLIENT_SECRET"])
      expect(problems({ ...ENTRA, [name]: undefined })).toEqual([
        "BACKEND_AUTH is entra, which needs BACKEND_TENANT_ID, BACKEND_CLIENT_ID and the secret BACKEND_CLIENT_SECRET",
      ]);
  });

  test("is asked elsewhere over https alone, but on this machine", () => {
    for (const authority of ["https://login.example", "http://127.0.0.1:9002"])
      expect(backend({ ...ENTRA, BACKEND_AUTHORITY: authority }).credentials).toMatchObject({
        authority,
      });
    for (const authority of ["http://login.example", "login.example"])
      expect(problems({ ...ENTRA, BACKEND_AUTHORITY: authority })).toEqual([
        "BACKEND_AUTHORITY must be an address with https://",
      ]);
  });
});

describe("a model that is only at a backend", () => {
  const LARGE = { name: "large", source: "backend" };
  const OWN = { ...LARGE, url: "https://other.example", protocol: "vllm" };
  const withModel = (model: object, env: Environment = {}) => ({ ...env, MODELS: [model] });

  test("is at the default model's backend under its own name, if it does not say where", () => {
    const env = withModel(LARGE, GPU_WITH_KEY);
    expect(backend(env, "large")).toEqual({ ...backend(GPU_WITH_KEY), model: "large" });
    expect(backend(env).model).toBeUndefined();
    expect(backend(withModel({ ...LARGE, model: "bge" }, GPU_WITH_KEY), "large").model).toBe("bge");
  });

  test("is at its own with the secret that it names, and with nothing of the default's", () => {
    const env = withModel(
      { ...OWN, api_key: "OTHER_KEY" },
      { ...GPU_WITH_KEY, BACKEND_CONCURRENCY: "1", OTHER_KEY: "0ther" },
    );
    const settings = backend(env, "large");
    expect(settings).toMatchObject({
      protocol: "vllm",
      model: "large",
      credentials: { kind: "key", key: "0ther" },
      limits: { maxConcurrency: 6 },
    });
    expect(settings.address?.href).toBe("https://other.example/");
    expect(backend(env).credentials).toMatchObject({ key: KEY });
  });

  test("may be the only one that has a backend", () => {
    const { backends } = valid(withModel({ ...OWN, url: "http://127.0.0.1:1" }));
    expect([...backends.keys()]).toEqual(["large"]);
  });

  test.each<[string, object, Environment, string]>([
    ["there is no backend at all", LARGE, {}, "it has no url, and there is no BACKEND_PROTOCOL"],
    [
      "its secret is not set",
      { ...OWN, api_key: "OTHER_KEY" },
      GPU_WITH_KEY,
      "api_key must be the name of a secret that is set, and not the key itself",
    ],
    [
      "its secret is not set, and its address would do without one",
      { ...OWN, url: "http://127.0.0.1:1", api_key: "OTHER_KEY" },
      {},
      "api_key must be the name of a secret that is set, and not the key itself",
    ],
    [
      "a secret stands without an address",
      { ...LARGE, api_key: "OTHER_KEY" },
      { ...GPU_WITH_KEY, OTHER_KEY: "0ther" },
      `BACKEND_PROTOCOL is missing beside BACKEND_MODEL, BACKEND_API_KEY: one of ${BACKEND_PROTOCOLS.join(", ")}`,
    ],
    [
      "its protocol is unknown",
      { ...OWN, protocol: "grpc" },
      {},
      `BACKEND_PROTOCOL must be one of ${BACKEND_PROTOCOLS.join(", ")}`,
    ],
    [
      "its address is none",
      { ...OWN, url: "gpu" },
      {},
      "BACKEND_URL must be an address with http:// or https://",
    ],
  ])("is refused if %s", (_, model, env, problem) => {
    expect(problems(withModel(model, env))).toEqual([`MODELS, large: ${problem}`]);
  });
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
