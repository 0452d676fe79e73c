/** Tokens of an identity provider in place of keys, over HTTP. */
import { afterAll, expect, test } from "vitest";
import { AUDIENCE, ISSUER, startTokenIssuer } from "../auth/token-issuer.ts";
import { testKey } from "../auth/keys.ts";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { useService } from "./service.ts";

const issuer = await startTokenIssuer();
afterAll(() => issuer.close());

const key = testKey("shop");

const service = useService(
  {
    RERANK_AUTH: "",
    RERANK_API_KEYS: JSON.stringify(key.record),
    RERANK_JWT_ISSUER: ISSUER,
    RERANK_JWT_AUDIENCE: AUDIENCE,
    RERANK_JWT_JWKS_URL: issuer.jwksUrl,
  },
  packedFolder(syntheticModel(SMALL_SHAPE)),
);

async function rank(headers: Record<string, string>): Promise<[number, unknown]> {
  const response = await service.post("/v1/rerank", { query: "a", documents: ["b"] }, headers);
  const body = (await response.json()) as { code?: string };
  return [response.status, body.code];
}

test("while the issuer's keys do not come, the answer is 503, and keys of the service work", async () => {
  issuer.misbehave({ status: 500, body: "" });
  const authorization = `Bearer ${await issuer.token({ scp: "rerank" })}`;
  expect(await rank({ authorization })).toEqual([503, "api_keys_unavailable"]);
  expect(await rank({ "api-key": key.key })).toEqual([200, undefined]);
  issuer.misbehave(undefined);
  // What an isolate waits until it asks again.
  await new Promise((resolve) => setTimeout(resolve, 5_100));
});

test("requests that come together while an isolate has no keys yet are all let in", async () => {
  const token = await issuer.token({ scp: "rerank" });
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      rank(index % 2 ? { authorization: `Bearer ${token}` } : { "cf-access-jwt-assertion": token }),
    ),
  );
  expect(all).toEqual(Array(8).fill([200, undefined]));
});

test("a token that is not right is 401, one without the scope 403", async () => {
  const bearer = async (claims: object) => ({
    authorization: `Bearer ${await issuer.token({ scp: "rerank", ...claims })}`,
  });
  expect(await rank(await bearer({ aud: "another" }))).toEqual([401, "invalid_token"]);
  expect(await rank(await bearer({ exp: 1 }))).toEqual([401, "invalid_token"]);
  expect(await rank(await bearer({ scp: "score" }))).toEqual([403, "missing_scope"]);
});

test("each subject has files of its own, by each of its tokens", async () => {
  const files = async (method: string, path: string, sub: string) => {
    const token = await issuer.token({ scp: "jobs", sub, jti: crypto.randomUUID() });
    const headers = { authorization: `Bearer ${token}` };
    const init = { method, headers, ...(method === "PUT" && { body: "a" }) };
    return (await service.fetch(`/files/${path}`, init)).status;
  };
  expect(await files("PUT", "own.csv", "anna")).toBe(201);
  expect(await files("GET", "own.csv", "anna")).toBe(200);
  expect(await files("GET", "own.csv", "ben")).toBe(404);
});

test("no token is in the log", async () => {
  const [header] = (await issuer.token()).split(".");
  expect(service.logs()).not.toContain(header!);
});
