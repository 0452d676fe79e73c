import { beforeEach, describe, expect, test } from "vitest";
import {
  authorizationHeaders,
  refuseHeaders,
  type Credentials,
} from "../../../worker/backends/credentials.ts";
import { EntraTokens, EXPIRY_MARGIN_MS } from "../../../worker/backends/entra-token.ts";
import { answerWith, localServer } from "./local-server.ts";

const SECRET = "s3cr&t=";
const server = localServer();
const clock = { ms: 0 };
let tokens: EntraTokens;

beforeEach(() => {
  server.requests.length = 0;
  server.answer = (response) => {
    const access_token = `token ${server.requests.length}`;
    answerWith(200, { token_type: "Bearer", expires_in: 3_600, access_token })(response);
  };
  clock.ms = 0;
  tokens = new EntraTokens(() => clock.ms);
});

function entra(changed: { tenantId?: string; authority?: string } = {}): Credentials {
  return {
    kind: "entra",
    authority: server.url,
    tenantId: "tenant",
    clientId: "client",
    clientSecret: SECRET,
    ...changed,
  };
}

function headersFor(credentials: Credentials, signal = new AbortController().signal) {
  return authorizationHeaders(credentials, { signal, remainingMs: 1_000, fetch, tokens });
}

test("no credentials are no header", async () => {
  expect(await headersFor({ kind: "none" })).toEqual({ ok: true, headers: {} });
});

test.each([
  ["authorization", "Bearer k"],
  ["api-key", "k"],
])("a key goes with the header %s as %s", async (header, value) => {
  const result = await headersFor({ kind: "key", key: "k", header });
  expect(result).toEqual({ ok: true, headers: { [header]: value } });
});

describe("an Entra token", () => {
  test("is asked for with the client's credentials", async () => {
    const result = await headersFor(entra({ authority: `${server.url}/` }));
    expect(result).toEqual({ ok: true, headers: { authorization: "Bearer token 1" } });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: "POST", url: "/tenant/oauth2/v2.0/token" });
    expect(request!.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(Object.fromEntries(new URLSearchParams(request!.body))).toEqual({
      grant_type: "client_credentials",
      client_id: "client",
      client_secret: SECRET,
      scope: "https://ml.azure.com/.default",
    });
  });

  test("is kept until five minutes before its expiry", async () => {
    for (const ms of [0, 1, 3_600_000 - EXPIRY_MARGIN_MS - 1]) {
      clock.ms = ms;
      await headersFor(entra());
    }
    expect(server.requests.length).toBe(1);
    clock.ms += 1;
    const result = await headersFor(entra());
    expect(result).toMatchObject({ headers: { authorization: "Bearer token 2" } });
  });

  test.each([{}, { expires_in: 60 }, { expires_in: "soon" }])(
    "that says %j of its expiry is used once",
    async (expiry) => {
      server.answer = answerWith(200, { access_token: "t", ...expiry });
      expect((await headersFor(entra())).ok).toBe(true);
      expect((await headersFor(entra())).ok).toBe(true);
      expect(server.requests.length).toBe(2);
    },
  );

  test("may say its expiry as a text", async () => {
    server.answer = answerWith(200, { access_token: "t", expires_in: "3600" });
    await headersFor(entra());
    await headersFor(entra());
    expect(server.requests.length).toBe(1);
  });

  test("is one of each tenant", async () => {
    await headersFor(entra());
    const result = await headersFor(entra({ tenantId: "other/one" }));
    expect(result).toMatchObject({ headers: { authorization: "Bearer token 2" } });
    expect(server.requests[1]!.url).toBe("/other%2Fone/oauth2/v2.0/token");
  });

  test("is not waited for by another request", async () => {
    const results = await Promise.all([headersFor(entra()), headersFor(entra())]);
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(server.requests.length).toBe(2);
  });

  test("that the backend refused is asked for anew", async () => {
    const first = await headersFor(entra());
    if (!first.ok) throw new Error(first.failure.kind);
    refuseHeaders(entra(), first.headers, tokens);
    const second = await headersFor(entra());
    expect(second).toMatchObject({ headers: { authorization: "Bearer token 2" } });
    refuseHeaders(entra(), first.headers, tokens);
    await headersFor(entra());
    expect(server.requests.length).toBe(2);
  });
});

describe("no token", () => {
  test.each([
    [401, { error: "invalid_client" }],
    [503, "<html>"],
    [200, { access_token: "" }],
    [200, "<html>"],
    [200, []],
  ])("is a failure with the service's status: %i %j", async (status, body) => {
    server.answer = answerWith(status, body);
    const result = await headersFor(entra());
    expect(result).toEqual({ ok: false, failure: { kind: "no_token", status } });
  });

  test.each([
    ["that is not there", "http://127.0.0.1:1"],
    ["that redirects", undefined],
  ])("has no status from a service %s, and the secret is not told", async (_, authority) => {
    server.answer = answerWith(307, "", { location: `${server.url}/thief` });
    const result = await headersFor(entra(authority ? { authority } : {}));
    expect(result).toEqual({ ok: false, failure: { kind: "no_token", status: null } });
    expect(server.requests.some(({ url }) => url === "/thief")).toBe(false);
    expect(JSON.stringify(result)).not.toContain(SECRET);
  });

  test("is not what a client that hangs up is told", async () => {
    const result = await headersFor(entra(), AbortSignal.abort());
    expect(result).toEqual({ ok: false, failure: { kind: "aborted" } });
  });
});
