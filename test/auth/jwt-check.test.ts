import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { isToken, tokenCheck, type TokenCheck } from "../../worker/auth/jwt-check.ts";
import type { JwtSettings } from "../../worker/auth/jwt-settings.ts";
import { AUDIENCE, ISSUER, startTokenIssuer, type Claims } from "./token-issuer.ts";

const START = Date.parse("2026-06-01T00:00:00.000Z");

const issuer = await startTokenIssuer(START);
afterAll(() => issuer.close());

let nowMs: number;
beforeEach(() => {
  nowMs = START;
  issuer.misbehave(undefined);
});

/** The checks of a fresh isolate. */
function freshCheck(settings: Partial<JwtSettings> = {}): TokenCheck {
  const all = {
    issuer: ISSUER,
    audiences: [AUDIENCE],
    jwksUrl: new URL(issuer.jwksUrl),
    scopes: undefined,
    requestsPerMinute: undefined,
    tokensPerDay: undefined,
    ...settings,
  };
  return tokenCheck(all, fetch, () => nowMs);
}

/** Its caller's name, or what is wrong. */
async function outcome(token: string, check = freshCheck()): Promise<string | undefined> {
  const result = await check(token);
  if (result.ok) return result.value.name;
  return result.failure.kind === "invalid_token" ? result.failure.problem : result.failure.kind;
}

const NAMED = /^jwt:[0-9a-f]{16}$/;

describe("a right token", () => {
  test("makes a caller whose name tells one subject from another, and not who it is", async () => {
    const [one, again, other] = await Promise.all([
      issuer.token().then((token) => outcome(token)),
      issuer.token({ jti: "another" }).then((token) => outcome(token)),
      issuer.token({ sub: "user-2" }).then((token) => outcome(token)),
    ]);
    expect(one).toMatch(NAMED);
    expect(again).toBe(one);
    expect(other).toMatch(NAMED);
    expect(other).not.toBe(one);
    expect(one).not.toContain("user");
  });

  test("may be for one of several audiences", async () => {
    const check = freshCheck({ audiences: ["a", AUDIENCE] });
    expect(await outcome(await issuer.token(), check)).toMatch(NAMED);
    expect(await outcome(await issuer.token({ aud: ["b", "a"] }), check)).toMatch(NAMED);
  });

  test("of a program at Cloudflare Access is known by its common name", async () => {
    const token = (common_name: string) => issuer.token({ sub: "", common_name });
    const [one, other] = [await outcome(await token("a.access")), await outcome(await token("b"))];
    expect(one).toMatch(NAMED);
    expect(other).not.toBe(one);
    expect(await outcome(await issuer.token({ sub: undefined }))).toBe("names no subject");
  });

  test.each<[Claims, string[]]>([
    [{}, []],
    [{ scp: "rerank score openid" }, ["rerank", "score"]],
    [{ scope: "jobs" }, ["jobs"]],
    [{ roles: ["metrics", "admin", 7] }, ["metrics"]],
    [{ scp: ["rerank"], roles: "score" }, ["rerank", "score"]],
    [{ scp: { rerank: true } }, []],
    [{ roles: ["Rerank", "rerank.all"] }, []],
  ])("with %j has the scopes %j", async (claims, scopes) => {
    expect(await freshCheck()(await issuer.token(claims))).toMatchObject({ value: { scopes } });
  });

  test("has the limits of the settings", async () => {
    const limits = { requestsPerMinute: 60, tokensPerDay: 1_000_000 };
    expect(await freshCheck(limits)(await issuer.token())).toMatchObject({ value: limits });
    const none = { requestsPerMinute: undefined, tokensPerDay: undefined };
    expect(await freshCheck()(await issuer.token())).toMatchObject({ value: none });
  });

  test("has the scopes of the setting, if there is one, and no others", async () => {
    const check = freshCheck({ scopes: ["rerank"] });
    const result = await check(await issuer.token({ scp: "jobs metrics" }));
    expect(result).toMatchObject({ value: { scopes: ["rerank"] } });
  });
});

describe("refused is a token", () => {
  test.each<[string, Claims, string]>([
    ["of another issuer", { iss: "https://evil.example" }, "has not the right iss"],
    ["of an issuer that only begins so", { iss: `${ISSUER}/` }, "has not the right iss"],
    ["for another audience", { aud: "api://another" }, "has not the right aud"],
    ["for none", { aud: undefined }, "has not the right aud"],
    ["that never expires", { exp: undefined }, "has not the right exp"],
    ["that has expired", { exp: START / 1_000 - 31 }, "has expired"],
    ["that is not good yet", { nbf: START / 1_000 + 31 }, "has not the right nbf"],
  ])("%s", async (_, claims, problem) => {
    expect(await outcome(await issuer.token(claims))).toBe(problem);
  });

  test("without a signature", async () => {
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: "user-1", exp: START / 1_000 + 300 };
    const problem = "is signed by an algorithm that is not taken";
    expect(await outcome(new UnsecuredJWT(claims).encode())).toBe(problem);
    const [, payload] = (await issuer.token()).split(".");
    for (const alg of ["none", "None", "NONE"]) {
      const header = Buffer.from(JSON.stringify({ alg })).toString("base64url");
      expect(await outcome(`${header}.${payload}.`), alg).toBe(problem);
    }
  });

  test("signed with the public key as a secret", async () => {
    const { kid, pem } = issuer.publicKey();
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: "user-1", exp: START / 1_000 + 300 };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", kid })
      .sign(new TextEncoder().encode(pem));
    expect(await outcome(token)).toBe("is signed by an algorithm that is not taken");
  });

  test("of another issuer's key under the same id, or whose claims were changed", async () => {
    const evil = await startTokenIssuer(START);
    const { kid } = issuer.publicKey();
    const problem = "is not signed by a key of the issuer";
    expect(await outcome(await evil.token({}, { kid }))).toBe(problem);
    evil.close();
    const [header, , signature] = (await issuer.token()).split(".");
    const [, payload] = (await issuer.token({ sub: "admin" })).split(".");
    expect(await outcome([header, payload, signature].join("."))).toBe(problem);
  });

  test("that only looks like one", async () => {
    expect(isToken("a.b.c")).toBe(true);
    expect(await outcome("a.b.c")).toBe("cannot be read");
    for (const text of ["", "a.b", "a.b.c.d", "rk_a", "a b.c.d", "..", "a.b.c\n"])
      expect(isToken(text), text).toBe(false);
  });
});

describe("the issuer's keys", () => {
  test("are asked for once and not for every token", async () => {
    const check = freshCheck();
    const before = issuer.asked();
    for (let index = 0; index < 5; index++) await check(await issuer.token());
    expect(issuer.asked() - before).toBe(1);
  });

  test("are not asked for again for each token of an unknown key", async () => {
    const check = freshCheck();
    const before = issuer.asked();
    for (let index = 0; index < 5; index++) {
      const token = await issuer.token({}, { kid: `unknown-${index}` });
      expect(await outcome(token, check)).toBe("is not signed by a key of the issuer");
    }
    expect(issuer.asked() - before).toBe(1);
  });

  test("are asked for again when a token of a new one comes, after a while", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const check = freshCheck();
      expect(await outcome(await issuer.token(), check)).toMatch(NAMED);
      await issuer.rotate();
      const token = await issuer.token();
      expect(await outcome(token, check)).toBe("is not signed by a key of the issuer");
      vi.setSystemTime(Date.now() + 30_000);
      expect(await outcome(token, check)).toMatch(NAMED);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each<[string, Parameters<typeof issuer.misbehave>[0]]>([
    ["an error", { status: 500, body: "{}" }],
    ["a redirect", { status: 302, body: "" }],
    ["no JSON", { status: 200, body: "<html>" }],
    ["no keys", { status: 200, body: "{}" }],
    ["nothing", "hang"],
  ])("that come as %s let nobody in, and are no fault of the token", async (_, answer) => {
    const log = vi.spyOn(console as Console, "error").mockImplementation(() => {});
    issuer.misbehave(answer);
    const token = await issuer.token();
    expect(await outcome(token)).toBe("api_keys_unavailable");
    expect(JSON.stringify(log.mock.calls)).not.toContain(token);
    log.mockRestore();
  });

  test("are left alone for a moment when they do not come, and then asked for again", async () => {
    const log = vi.spyOn(console as Console, "error").mockImplementation(() => {});
    const check = freshCheck();
    issuer.misbehave({ status: 503, body: "" });
    const before = issuer.asked();
    for (let index = 0; index < 5; index++)
      expect(await outcome(await issuer.token(), check)).toBe("api_keys_unavailable");
    expect(issuer.asked() - before).toBe(1);
    issuer.misbehave(undefined);
    nowMs += 5_000;
    expect(await outcome(await issuer.token(), check)).toMatch(NAMED);
    log.mockRestore();
  });
});
