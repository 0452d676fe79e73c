import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import {
  checkAuth,
  checkKeys,
  checkSecrets,
  setSecrets,
} from "../../../tools/deploy/check-access.ts";
import { checkLine } from "../../../tools/deploy/check.ts";
import {
  checkPlaceholders,
  checkSettings,
  neededSecrets,
} from "../../../tools/deploy/check-settings.ts";
import { checkSize } from "../../../tools/deploy/check-size.ts";
import { activeMs } from "../../../tools/deploy/check-startup.ts";
import { readWorkerConfig, type ConfigTable } from "../../../tools/worker-config.ts";
import { join } from "node:path";
import { standInWrangler } from "./stand-in-wrangler.ts";

const config = (toml: string): ConfigTable => parse(toml) as ConfigTable;

const MODELS = ["x/model"];
const MIB = 1024 * 1024;

describe("size", () => {
  const build = (worker: number, asset: number) => ({
    modules: [
      { path: "index.js", bytes: worker - 1 },
      { path: "engine.wasm", bytes: 1 },
    ],
    assets: [
      { path: "small", bytes: 1 },
      { path: "large", bytes: asset },
    ],
  });

  test("up to 64 MiB of modules and 25 MiB an asset pass", () => {
    expect(checkSize(build(64 * MIB, 25 * MIB)).state).toBe("ok");
  });

  test.each([
    ["a larger Worker", 64 * MIB + 1, 1, "the Worker has"],
    ["a larger asset", 2, 25 * MIB + 1, "the asset large has"],
  ])("%s does not", (_, worker, asset, says) => {
    const { state, detail } = checkSize(build(worker, asset));
    expect([state, detail]).toEqual(["failed", expect.stringContaining(says)]);
  });

  test("nor do too many assets", () => {
    const assets = Array.from({ length: 20_001 }, () => ({ path: "a", bytes: 1 }));
    expect(checkSize({ modules: [], assets }).state).toBe("failed");
  });
});

test("a start's time is that in which the thread was not idle", () => {
  const nodes = ["(root)", "(idle)", "work"].map((functionName, id) => ({
    id,
    callFrame: { functionName },
  }));
  expect(activeMs({ nodes, samples: [2, 1, 2, 0], timeDeltas: [100, 5_000, 900, 1_000] })).toBe(2);
});

describe("settings", () => {
  test("those of the project's wrangler.toml pass, and are no placeholders", () => {
    const own = readWorkerConfig(join(import.meta.dirname, "../../.."));
    expect(checkSettings(own, MODELS, [])).toMatchObject({ state: "ok" });
    expect(checkPlaceholders(own)).toMatchObject({ state: "ok" });
    expect(checkAuth(own)).toMatchObject({ state: "ok" });
  });

  test.each([
    ["a value out of range", '[vars]\nEDGE_MAX_TOKENS = "x"', "EDGE_MAX_TOKENS"],
    ["an unknown name", '[vars]\nEDGE_TOKENS = "1"', "EDGE_TOKENS is no setting"],
    ["a binding that is missing", '[vars]\nSCORE_CACHE = "kv"', "SCORE_CACHE_KV"],
    [
      "a bucket that the settings call otherwise",
      '[vars]\nJOB_BUCKET_NAME = "one"\n[[r2_buckets]]\nbinding = "JOB_BUCKET"\nbucket_name = "two"',
      "JOB_BUCKET is two",
    ],
  ])("%s fails", (_, toml, says) => {
    const { state, detail } = checkSettings(config(toml), MODELS, []);
    expect([state, detail]).toEqual(["failed", expect.stringContaining(says)]);
  });

  test("a binding that is there is found in any table", () => {
    const toml =
      '[vars]\nSCORE_CACHE = "kv"\n[[kv_namespaces]]\nbinding = "SCORE_CACHE_KV"\nid = "1"';
    expect(checkSettings(config(toml), MODELS, []).state).toBe("ok");
  });
});

describe("secrets", () => {
  const backend = '[vars]\nBACKEND_URL = "https://gpu.host"\nBACKEND_PROTOCOL = "tei"';
  const further =
    '[vars]\nMODELS = [{ name = "far", source = "backend", url = "https://far.host", protocol = "vllm", api_key = "FAR_KEY" }]';

  test.each<[string, string, string[]]>([
    ["nothing is needed without a backend", "", []],
    ["a backend's key", backend, ["BACKEND_API_KEY"]],
    ["none of one that takes no key", `${backend}\nBACKEND_AUTH = "none"`, []],
    ["that which a further model names", further, ["FAR_KEY"]],
    [
      "a service principal's",
      '[vars]\nBACKEND_URL = "https://a.host/score"\nBACKEND_PROTOCOL = "azure-ml"\nBACKEND_AUTH = "entra"\nBACKEND_TENANT_ID = "11111111-1111-1111-1111-111111111111"\nBACKEND_CLIENT_ID = "22222222-2222-2222-2222-222222222222"',
      ["BACKEND_CLIENT_SECRET"],
    ],
  ])("%s", (_, toml, needed) => {
    expect(neededSecrets(config(toml), MODELS)).toEqual(needed);
    expect(checkSettings(config(toml), MODELS, needed).state).toBe("ok");
  });

  test("one that is not set fails, and one that is set does not", async () => {
    const others = await setSecrets(standInWrangler({ "secret list": '[{"name": "OTHER"}]' }));
    expect(others).toEqual(["OTHER"]);
    expect(checkSecrets(["BACKEND_API_KEY"], others)).toMatchObject({
      state: "failed",
      detail: expect.stringContaining("BACKEND_API_KEY"),
    });
    expect(checkSecrets(["OTHER"], others).state).toBe("ok");
  });

  test("a Worker that is not there yet has none", async () => {
    expect(await setSecrets(standInWrangler({}))).toEqual([]);
  });
});

test.each(["THE_ID", "<your id>", "https://gpu.example.com", "YOUR_TENANT"])(
  "%s is a placeholder, and its place is named",
  (value) => {
    const { state, detail } = checkPlaceholders(
      config(`[[kv_namespaces]]\nbinding = "KEYS"\nid = "${value}"`),
    );
    expect([state, detail]).toEqual(["failed", expect.stringContaining("kv_namespaces[0].id")]);
  },
);

describe("access", () => {
  test("RERANK_AUTH must not be off", () => {
    expect(checkAuth(config('[vars]\nRERANK_AUTH = "off"')).state).toBe("failed");
    expect(checkAuth(config('[vars]\nRERANK_AUTH = ""')).state).toBe("ok");
  });

  const bound = config('[[kv_namespaces]]\nbinding = "KEYS"');
  const keys = async (toml: ConfigTable, found: Record<string, string>, secrets: string[] = []) =>
    checkKeys(toml, standInWrangler(found), secrets, "create me");

  test("where keys can be kept nowhere, nobody could get in", async () => {
    expect((await keys(config(""), {})).state).toBe("failed");
    expect((await keys(config(""), {}, ["RERANK_API_KEYS"])).state).toBe("ok");
    const tokens = config('[vars]\nRERANK_JWT_ISSUER = "https://issuer.host"');
    expect((await keys(tokens, {})).state).toBe("ok");
  });

  test("without a key the command is told that makes one", async () => {
    const warning = { state: "warning", detail: expect.stringContaining("create me") };
    expect(await keys(bound, { "kv key": "[]" })).toMatchObject(warning);
    // Before the first deployment.
    expect(await keys(bound, {})).toMatchObject(warning);
    expect((await keys(bound, { "kv key": '[{"name": "key:1"}]' })).state).toBe("ok");
  });
});

test("a result is a line of a table", () => {
  expect(checkLine({ name: "a", state: "ok", detail: "one" })).toBe(
    "a             ok           one",
  );
});
