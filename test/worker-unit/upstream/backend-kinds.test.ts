import { describe, expect, test } from "vitest";
import { azureMl } from "../../../worker/backends/azure-ml.ts";
import type { ReceivedResponse } from "../../../worker/backends/backend.ts";
import { AZURE_GENERATIONS, BACKEND_PROTOCOLS } from "../../../worker/backends/backend-settings.ts";
import { BACKEND_KINDS } from "../../../worker/backends/kinds.ts";
import { workersAiStatus } from "../../../worker/backends/workers-ai.ts";
import { LIMITS } from "../../../worker/limits.ts";

const kinds = BACKEND_PROTOCOLS.map((name) => [name, BACKEND_KINDS[name]] as const);

function response(status: number, body: unknown, headers: HeadersInit = {}): ReceivedResponse {
  return { status, body, headers: new Headers(headers) };
}

describe.each(kinds)("the kind of backend %s", (name, kind) => {
  test("has the protocol of that name, and room for a document in each call", () => {
    expect(kind.protocol.name).toBe(name);
    expect(kind.maxDocuments).toBeGreaterThanOrEqual(1);
    expect(kind.maxTokens).toBeGreaterThanOrEqual(512);
  });

  test("takes an address as whole that ends with its protocol's path", () => {
    const { path } = kind.protocol;
    expect(path === "" || kind.wholeAddress?.includes(path.split("/").at(-1)!)).toBe(true);
  });

  test("leaves an answer that is one as it came", () => {
    const answers = [response(200, [{ score: 1 }]), response(200, { result: {}, success: true })];
    for (const answer of answers) expect(kind.unwrap?.(answer) ?? answer).toBe(answer);
  });
});

describe("Azure ML", () => {
  const CODE = "ms-azureml-model-error-statuscode";
  const unwrap = (status: number, headers: HeadersInit = {}) =>
    azureMl("c").unwrap!(response(status, {}, headers)).status;

  test("answers 424 for every failure of the model, whose own status is in a header", () => {
    expect(unwrap(424, { [CODE]: "503" })).toBe(503);
    expect(unwrap(424, { [CODE]: "400" })).toBe(400);
  });

  test.each([{}, { [CODE]: "" }, { [CODE]: "200" }, { [CODE]: "x" }, { [CODE]: "5000" }])(
    "answers 424 with the headers %j that is nothing else",
    (headers) => {
      expect(unwrap(424, headers)).toBe(424);
    },
  );

  test("has statuses of its own, whatever the header says", () => {
    expect(unwrap(429, { [CODE]: "503" })).toBe(429);
    expect(unwrap(200, { [CODE]: "503" })).toBe(200);
  });

  test.each(AZURE_GENERATIONS)("pins a deployment in generation %s if one is set", (generation) => {
    const { headers } = azureMl(generation);
    expect(headers!({ deployment: "blue", remainingMs: 1 })).toEqual({
      "azureml-model-deployment": "blue",
    });
    expect(headers!({ deployment: undefined, remainingMs: 1 })).toEqual({});
  });
});

describe("Workers AI", () => {
  const unwrap = (body: unknown, status = 200) =>
    BACKEND_KINDS["workers-ai"].unwrap!(response(status, body)).status;

  test("says in an envelope of status 200 that it failed", () => {
    expect(unwrap({ success: false, errors: [{ code: 3040, message: "x" }] })).toBe(429);
    expect(unwrap({ success: false, errors: [{ code: 3006 }], result: null })).toBe(413);
  });

  test.each([[[]], [undefined], [null], [[{ code: "x" }]], [[{ code: 99_999 }]]])(
    "fails as a bad gateway does if its errors are %j",
    (errors) => {
      expect(unwrap({ success: false, errors })).toBe(502);
    },
  );

  test("keeps a status that says it failed", () => {
    expect(unwrap({ success: false, errors: [{ code: 3040 }] }, 401)).toBe(401);
  });

  test("has a status for the code of a binding's error", () => {
    expect(workersAiStatus(3036)).toBe(429);
    expect(workersAiStatus(5007)).toBe(400);
    expect(workersAiStatus(undefined)).toBe(502);
  });
});

describe("another copy of the service", () => {
  const { headers, maxTokens } = BACKEND_KINDS.rerank;

  test.each([
    [1_500.9, "1500"],
    [0.2, "1"],
    [0, "1"],
  ])("computes at its own edge, and knows that %d ms are left", (remainingMs, sent) => {
    expect(headers!({ deployment: undefined, remainingMs })).toEqual({
      "x-rerank-route": "edge",
      "x-request-timeout-ms": sent,
    });
  });

  test("never gets more tokens than it computes, even where every character is one", () => {
    const CHARS_PER_ESTIMATED_TOKEN = 4.5;
    expect(maxTokens * CHARS_PER_ESTIMATED_TOKEN).toBeLessThanOrEqual(LIMITS.maxEdgeTokens);
  });
});
