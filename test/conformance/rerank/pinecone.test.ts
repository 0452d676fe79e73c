import { expect, test } from "vitest";
import { pinecone } from "../../../worker/protocols/pinecone.ts";
import { CONTEXT, exchange, refusal, score, taskOf } from "./exchange.ts";

const BODY = {
  model: "bge-reranker-v2-m3",
  query: "q",
  documents: [
    { id: "1", text: "a" },
    { id: "2", text: "b" },
  ],
  top_n: 1,
};

test("Pinecone: the answer has data with whole documents, and units of reranking", () => {
  expect(exchange(pinecone, BODY)).toEqual({
    status: 200,
    body: {
      model: CONTEXT.model,
      data: [{ index: 1, score: score(2), document: { id: "2", text: "b" } }],
      usage: { rerank_units: 1 },
    },
  });
});

test("Pinecone: return_documents false leaves them out", () => {
  expect(exchange(pinecone, { ...BODY, return_documents: false }).body).toHaveProperty("data.0", {
    index: 1,
    score: score(2),
  });
});

test("Pinecone: rank_fields are ranked", () => {
  const body = { ...BODY, documents: [{ title: "t" }], rank_fields: ["title"] };
  expect(taskOf(pinecone, body).request.documents).toEqual(["t"]);
});

test("Pinecone: parameters.truncate is END unless NONE is sent", () => {
  const longDocuments = (parameters: unknown) =>
    taskOf(pinecone, { ...BODY, parameters }).request.fit.longDocuments;
  expect(longDocuments(undefined)).toBe("truncate");
  expect(longDocuments({ truncate: "END" })).toBe("truncate");
  expect(longDocuments({ truncate: "NONE" })).toBe("refuse");
});

test("Pinecone: an error has its status and a code in words", () => {
  expect(exchange(pinecone, { ...BODY, documents: [] })).toEqual({
    status: 400,
    body: {
      status: 400,
      error: { code: "INVALID_ARGUMENT", message: "documents must not be empty." },
    },
  });
  expect(refusal(pinecone, { kind: "unknown_model", requested: "x", served: ["y"] })).toMatchObject(
    {
      status: 404,
      body: { error: { code: "NOT_FOUND" } },
    },
  );
});
