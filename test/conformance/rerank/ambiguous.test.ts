import { describe, expect, test } from "vitest";
import {
  protocolUnversioned,
  protocolV1,
  protocolV2,
} from "../../../worker/protocols/shared-rerank.ts";
import { sharedExchange } from "./exchange.ts";

const DOCUMENTS = { query: "q", documents: ["a"] };
const TEXTS = { query: "q", texts: ["a"] };

describe("whose a body at /rerank is", () => {
  test.each<[string, unknown, string]>([
    ["documents", DOCUMENTS, "rerank-v2"],
    ["documents, and texts of null", { ...DOCUMENTS, texts: null }, "rerank-v2"],
    ["documents with TEI's fields", { ...DOCUMENTS, return_text: true }, "rerank-v2"],
    ["documents with Infinity's fields", { ...DOCUMENTS, raw_scores: true }, "rerank-v2"],
    ["texts", TEXTS, "tei"],
    ["texts, and documents of null", { ...TEXTS, documents: null }, "tei"],
    ["texts with LiteLLM's top_n", { ...TEXTS, top_n: 1, raw_scores: false }, "tei"],
    ["texts with vLLM's fields", { ...TEXTS, truncation_side: "left" }, "tei"],
    ["vLLM: use_activation", { ...DOCUMENTS, use_activation: false }, "vllm"],
    ["vLLM: truncate_prompt_tokens", { ...DOCUMENTS, truncate_prompt_tokens: -1 }, "vllm"],
    ["vLLM: truncation_side", { ...DOCUMENTS, truncation_side: "right" }, "vllm"],
    ["vLLM: max_tokens_per_query", { ...DOCUMENTS, max_tokens_per_query: 0 }, "vllm"],
    ["vLLM: mm_processor_kwargs", { ...DOCUMENTS, mm_processor_kwargs: {} }, "vllm"],
    ["vLLM: cache_salt", { ...DOCUMENTS, cache_salt: "x" }, "vllm"],
    ["vLLM: request_id", { ...DOCUMENTS, request_id: "x" }, "vllm"],
    ["a marker of null", { ...DOCUMENTS, use_activation: null }, "rerank-v2"],
    ["nothing but TEI's fields", { query: "q", return_text: true }, "tei"],
    ["nothing", { query: "q" }, "rerank-v2"],
    ["no object", [], "rerank-v2"],
    ["no body at all", undefined, "rerank-v2"],
  ])("%s", (_, body, name) => {
    expect(protocolUnversioned(body).name).toBe(name);
  });

  test("texts mean nothing at the versioned paths", () => {
    expect(protocolV1({ ...DOCUMENTS, ...TEXTS }).name).toBe("rerank-v1");
    expect(protocolV2({ ...DOCUMENTS, ...TEXTS }).name).toBe("rerank-v2");
    expect(protocolV1({ ...DOCUMENTS, use_activation: true }).name).toBe("vllm");
  });
});

describe("a body that is none's is refused in the form of the one it resembles", () => {
  test("documents and texts: which are meant cannot be known", () => {
    expect(sharedExchange(protocolUnversioned, { ...DOCUMENTS, ...TEXTS })).toMatchObject({
      status: 400,
      body: { code: "invalid_value", param: "texts" },
    });
  });

  test("neither: documents are missed", () => {
    for (const protocolOf of [protocolUnversioned, protocolV1, protocolV2]) {
      expect(sharedExchange(protocolOf, { query: "q" })).toMatchObject({
        status: 400,
        body: { code: "invalid_value", param: "documents" },
      });
    }
  });

  test("neither, with a field of TEI: texts are missed", () => {
    expect(sharedExchange(protocolUnversioned, { query: "q", truncate: true })).toEqual({
      status: 422,
      body: { error: "texts must be a list.", error_type: "Validation" },
    });
  });

  test("neither, with a field of vLLM: documents are missed", () => {
    expect(sharedExchange(protocolUnversioned, { query: "q", use_activation: true })).toEqual({
      status: 400,
      body: {
        error: {
          message: "documents must be a list.",
          type: "BadRequestError",
          param: "documents",
          code: 400,
        },
      },
    });
  });

  test("texts at a versioned path: documents are missed", () => {
    expect(sharedExchange(protocolV1, TEXTS)).toMatchObject({ body: { param: "documents" } });
  });
});
