import { describe, expect, test } from "vitest";
import { readSettings } from "../../worker/settings.ts";
import { testKey } from "./keys.ts";

function read(env: Record<string, unknown>) {
  return readSettings(env, ["x/default"]);
}

function authOf(env: Record<string, unknown>) {
  const settings = read(env);
  if (!settings.ok) throw new Error(settings.problems.join("; "));
  return settings.value.auth;
}

function problems(env: Record<string, unknown>): string[] {
  const settings = read(env);
  return settings.ok ? [] : settings.problems;
}

describe("RERANK_AUTH", () => {
  test.each([[{}], [{ RERANK_AUTH: "" }], [{ RERANK_AUTH: "required" }]])(
    "%j asks every caller for a key",
    (env) => expect(authOf(env).isRequired).toBe(true),
  );

  test("off asks nobody", () => expect(authOf({ RERANK_AUTH: "off" }).isRequired).toBe(false));

  test.each(["Off", "false", "none", "0", " off"])(
    "%j is refused, and not taken for off",
    (word) => {
      expect(problems({ RERANK_AUTH: word })).toEqual(["RERANK_AUTH must be one of required, off"]);
    },
  );

  test("a name like it is told", () => {
    expect(problems({ RERANK_AUHT: "off" })).toEqual([
      "RERANK_AUHT is no setting of this service: docs/deployment.md lists them all",
    ]);
  });
});

describe("RERANK_API_KEYS", () => {
  const shop = testKey("shop", { requestsPerMinute: 600, expiresAt: "2030-01-01T00:00:00.000Z" });
  const web = testKey("web", { origins: ["https://a.example"] }, "publishable");
  const lines = [shop, web].map(({ record }) => JSON.stringify(record));

  test("is a record a line", () => {
    for (const text of [lines.join("\n"), `\n${lines.join("\r\n")}\n\n`])
      expect(authOf({ RERANK_API_KEYS: text }).records).toEqual([shop.record, web.record]);
  });

  test.each<[string, object | string, string]>([
    ["no JSON", "rk_secret", "is no record of a key"],
    ["a name that could be a token's", { name: "jwt:a" }, "name must be 1 to 64 letters"],
    ["no name", { name: "" }, "name must be"],
    ["a key for its hash", { sha256: shop.key }, "sha256 must be 64 hexadecimal digits"],
    ["no scope", { scopes: [] }, "scopes must name one at least"],
    [
      "another scope",
      { scopes: ["admin"] },
      "scopes.0 must be one of rerank, score, jobs, metrics",
    ],
    ["an expiry that is no time", { expiresAt: "tomorrow" }, "expiresAt"],
    [
      "a page that may read jobs",
      { origins: ["https://a.example"], scopes: ["jobs"] },
      "scopes of a publishable key can be rerank, score",
    ],
    ["a path for an origin", { origins: ["https://a.example/"] }, "origins.0 must be such as"],
    ["any origin", { origins: ["*"] }, "origins.0 must be such as"],
    ["a misspelt field", { expires: "2030-01-01T00:00:00.000Z" }, "is no record of a key"],
  ])("refuses %s, by its line, without quoting it", (_, wrong, problem) => {
    const line = typeof wrong === "string" ? wrong : JSON.stringify({ ...shop.record, ...wrong });
    const found = problems({ RERANK_API_KEYS: `${lines[1]}\n${line}` });
    expect(found).toEqual([expect.stringContaining(`RERANK_API_KEYS, line 2: ${problem}`)]);
    expect(found.join()).not.toContain(shop.key);
    expect(found.join()).not.toContain(shop.record.sha256);
  });
});

describe("RERANK_JWT", () => {
  const ACCESS = {
    RERANK_JWT_ISSUER: "https://team.cloudflareaccess.com",
    RERANK_JWT_AUDIENCE: "4714c1",
  };
  const ENTRA = {
    RERANK_JWT_ISSUER: "https://login.microsoftonline.com/t/v2.0",
    RERANK_JWT_AUDIENCE: "api://a, api://b",
    RERANK_JWT_JWKS_URL: "https://login.microsoftonline.com/t/discovery/v2.0/keys",
  };

  test("of Cloudflare Access needs no address of keys", () => {
    expect(authOf(ACCESS).jwt).toEqual({
      issuer: "https://team.cloudflareaccess.com",
      audiences: ["4714c1"],
      jwksUrl: new URL("https://team.cloudflareaccess.com/cdn-cgi/access/certs"),
      scopes: undefined,
      requestsPerMinute: undefined,
      tokensPerDay: undefined,
    });
  });

  test("of another issuer is what is set", () => {
    const set = {
      RERANK_JWT_SCOPES: "rerank, score",
      RERANK_JWT_RATE: "60",
      RERANK_JWT_TOKENS_PER_DAY: "2000000",
    };
    expect(authOf({ ...ENTRA, ...set }).jwt).toEqual({
      issuer: "https://login.microsoftonline.com/t/v2.0",
      audiences: ["api://a", "api://b"],
      jwksUrl: new URL("https://login.microsoftonline.com/t/discovery/v2.0/keys"),
      scopes: ["rerank", "score"],
      requestsPerMinute: 60,
      tokensPerDay: 2_000_000,
    });
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "no issuer",
      { RERANK_JWT_AUDIENCE: "a" },
      "RERANK_JWT_ISSUER is missing beside RERANK_JWT_AUDIENCE",
    ],
    [
      "no audience",
      { ...ACCESS, RERANK_JWT_AUDIENCE: " , " },
      "RERANK_JWT_AUDIENCE is missing: what tokens are for",
    ],
    [
      "no address of keys",
      { ...ENTRA, RERANK_JWT_JWKS_URL: "" },
      "RERANK_JWT_JWKS_URL is missing: where the issuer's keys are",
    ],
    [
      "a host that only ends like Access",
      { ...ACCESS, RERANK_JWT_ISSUER: "https://evilcloudflareaccess.com" },
      "RERANK_JWT_JWKS_URL is missing: where the issuer's keys are",
    ],
    [
      "keys that come in the open",
      { ...ENTRA, RERANK_JWT_JWKS_URL: "http://login.example/keys" },
      "RERANK_JWT_JWKS_URL must be an address with https://",
    ],
    [
      "no address",
      { ...ENTRA, RERANK_JWT_JWKS_URL: "keys" },
      "RERANK_JWT_JWKS_URL must be an address with https://",
    ],
    [
      "another scope",
      { ...ACCESS, RERANK_JWT_SCOPES: "all" },
      "RERANK_JWT_SCOPES must be of rerank, score, jobs, metrics",
    ],
    [
      "no requests a minute",
      { ...ACCESS, RERANK_JWT_RATE: "0" },
      "RERANK_JWT_RATE must be a whole number from 1 to 1000000",
    ],
    [
      "tokens a day in words",
      { ...ACCESS, RERANK_JWT_TOKENS_PER_DAY: "many" },
      "RERANK_JWT_TOKENS_PER_DAY must be a whole number from 1 to 1000000000000",
    ],
    [
      "limits without an issuer",
      { RERANK_JWT_RATE: "60" },
      "RERANK_JWT_ISSUER is missing beside RERANK_JWT_RATE",
    ],
    [
      "another name",
      { RERANK_JWT_AUD: "a" },
      "RERANK_JWT_AUD is no setting of this service: docs/deployment.md lists them all",
    ],
  ])("with %s is refused", (_, env, problem) => {
    expect(problems(env)).toEqual([problem]);
  });
});
