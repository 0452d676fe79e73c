import { describe, expect, test } from "vitest";
import {
  AbortedError,
  AuthenticationError,
  ConnectionError,
  InvalidRequestError,
  isRerankError,
  OverloadedError,
  RerankError,
  ServerError,
  TimeoutError,
} from "../../sdk/index.ts";
import { failure, ranking, reply, stubService, unreachable } from "./stub-service.ts";

const PARAMS = { query: "q", documents: ["a"] };

async function errorOf(...args: Parameters<typeof reply>): Promise<any> {
  const { client } = stubService(reply(...args), { maxRetries: 0 });
  return failure(client.rerank(PARAMS));
}

describe("the error of an answer says what its body says, in the form of", () => {
  test.each([
    [
      "this service",
      { id: "r", code: "over_limit", message: "Too many documents.", param: "documents" },
      { message: "413: Too many documents.", code: "over_limit", param: "documents" },
    ],
    ["Cohere", { id: "r", message: "too many" }, { message: /^413: too many\. / }],
    ["Azure ML", { message: "Bad input" }, { message: /^413: Bad input\. / }],
    ["Azure ML's older scorer", '"Bad input!"', { message: /^413: Bad input! / }],
    ["Jina", { detail: "[RID: 1] too many" }, { message: /^413: \[RID: 1\] too many\. / }],
    [
      "TEI",
      { error: "batch size 64 > 32", error_type: "Validation" },
      { message: /^413: batch size 64 > 32\. / },
    ],
    [
      "vLLM",
      { error: { message: "too long", type: "BadRequestError", param: "query", code: 413 } },
      { message: /^413: too long\. /, code: undefined, param: "query" },
    ],
    [
      "Infinity's list",
      { detail: [{ type: "missing", loc: ["body", "documents", 3], msg: "Field required" }] },
      { message: /^413: Field required\. /, param: "documents.3" },
    ],
    [
      "Pinecone",
      { status: 413, error: { code: "INVALID_ARGUMENT", message: "Too many." } },
      { message: "413: Too many.", code: "INVALID_ARGUMENT" },
    ],
    ["NIM", { error: "no" }, { message: /^413: no\. / }],
    ["a list", [1], { message: /^413: no reason given\. / }],
    ["null", null, { message: /^413: no reason given\. / }],
    ["a page", "<html>much</html>", { message: /^413: no reason given\. / }],
    ["nothing", "", { message: /^413: no reason given\. / }],
  ] as [string, unknown, { message: string | RegExp; code?: string; param?: string }][])(
    "%s",
    async (_, body, { message, ...facts }) => {
      const error = await errorOf(413, body);
      expect(error.message).toMatch(message);
      for (const [name, value] of Object.entries(facts)) expect(error[name]).toBe(value);
    },
  );

  test("a plain text, cut if it is long", async () => {
    const text = { "content-type": "text/plain; charset=utf-8" };
    expect((await errorOf(502, "upstream reset", text)).message).toMatch(/^502: upstream reset\. /);
    expect((await errorOf(502, "x".repeat(5_000), text)).message.length).toBeLessThan(400);
  });
});

test.each([
  [400, InvalidRequestError, "invalid_request"],
  [401, AuthenticationError, "authentication"],
  [403, AuthenticationError, "authentication"],
  [404, InvalidRequestError, "invalid_request"],
  [408, TimeoutError, "timeout"],
  [409, InvalidRequestError, "invalid_request"],
  [413, InvalidRequestError, "invalid_request"],
  [422, InvalidRequestError, "invalid_request"],
  [424, InvalidRequestError, "invalid_request"],
  [429, OverloadedError, "overloaded"],
  [500, ServerError, "server"],
  [501, ServerError, "server"],
  [502, ServerError, "server"],
  [503, OverloadedError, "overloaded"],
  [504, TimeoutError, "timeout"],
  [529, ServerError, "server"],
])("%i is an error of the class %o", async (status, Class, kind) => {
  const error = await errorOf(status, {}, { "x-request-id": "r", "retry-after": "7" });
  expect(error).toBeInstanceOf(Class);
  expect(error).toBeInstanceOf(RerankError);
  expect(error).toMatchObject({ status, kind, name: Class.name, requestId: "r" });
  expect([error.retryAfterMs, error.headers.get("retry-after")]).toEqual([7_000, "7"]);
});

test.each([
  [400, "Check the request"],
  [401, "Set apiKey"],
  [403, "RERANK_API_KEY"],
  [404, "baseURL"],
  [408, "Send fewer documents"],
  [429, "maxRetries"],
  [500, "requestId"],
  [503, "Try again later"],
])("the message of %i says what to do, unless the service does", async (status, advice) => {
  expect((await errorOf(status, {})).message).toContain(advice);
  const own = await errorOf(status, { code: "c", message: "Do this." });
  expect(own.message).toBe(`${status}: Do this.`);
});

test("a service that cannot be reached is a ConnectionError with the platform's as its cause", async () => {
  const { client } = stubService(unreachable, { maxRetries: 0 });
  const error = await failure(client.rerank(PARAMS));
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ status: undefined, retryable: true, name: "ConnectionError" });
  expect(error.cause).toBeInstanceOf(TypeError);
  expect(error.message).toContain("check baseURL");
});

test("an answer that is not JSON is a ServerError that asks for the address", async () => {
  const error = await errorOf(200, "<html>", { "x-request-id": "r" });
  expect(error).toBeInstanceOf(ServerError);
  expect(error).toMatchObject({ code: "invalid_response", requestId: "r", retryable: false });
  expect(error.message).toContain("baseURL");
});

test("an aborted call is an AbortedError", async () => {
  const { client } = stubService(ranking);
  const error = await failure(client.rerank(PARAMS, { signal: AbortSignal.abort() }));
  expect(error).toBeInstanceOf(AbortedError);
});

test("a request that is no JSON is an InvalidRequestError, and nothing is sent", async () => {
  const { client, sent } = stubService(ranking);
  const circular: Record<string, any> = {};
  circular["self"] = circular;
  const error = await failure(client.score({ input_data: ["a"], params: circular }));
  expect(error).toMatchObject({ kind: "invalid_request", code: "not_json" });
  expect(sent).toEqual([]);
});

describe("isRerankError", () => {
  test("knows the errors of another copy of the package, where instanceof does not", async () => {
    const path = "../../sdk/errors.ts?another-copy";
    const copy = (await import(/* @vite-ignore */ path)) as typeof import("../../sdk/errors.ts");
    expect(copy.RerankError).not.toBe(RerankError);
    const error: unknown = copy.rerankError("overloaded", "busy", { status: 503 });
    expect(error).not.toBeInstanceOf(RerankError);
    expect(isRerankError(error)).toBe(true);
    expect(isRerankError(error, "overloaded")).toBe(true);
    expect(isRerankError(error, "server")).toBe(false);
    const { client } = stubService(reply(500), { maxRetries: 0 });
    expect(copy.isRerankError(await failure(client.rerank(PARAMS)), "server")).toBe(true);
  });

  test.each([null, undefined, "error", 7, {}, new Error("x"), { kind: "server" }])(
    "does not take %s for one",
    (value) => expect(isRerankError(value)).toBe(false),
  );
});

test("a minifier that renames classes does not rename errors", async () => {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: ["sdk/errors.ts"],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  const code = `data:text/javascript,${encodeURIComponent(outputFiles[0]!.text)}`;
  const { rerankError } = (await import(
    /* @vite-ignore */ code
  )) as typeof import("../../sdk/errors.ts");
  expect(rerankError("invalid_request", "x").name).toBe("InvalidRequestError");
});
