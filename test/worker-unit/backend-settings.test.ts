import { describe, expect, test } from "vitest";
import { BACKEND_PROTOCOLS } from "../../worker/backends/backend-settings.ts";
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
