import { describe, expect, test } from "vitest";
import type { AzureMlRequest, RerankErrorKind } from "../../sdk/index.ts";
import { MANY } from "../sdk-local/requests.ts";
import type { RankingParams, SdkCall } from "./sdk-call.ts";
import type { Transports } from "./sdk-transports.ts";

/** What a program may go by of an error, beside its kind. */
interface Refusal {
  status?: number;
  code: string;
  param?: string;
}

const GOOD = { query: "a b", documents: ["w1", "w2", "w3"] };

/** @param real - Name of a model that was trained, and takes its time. @param classifier - Name of one that cannot rank. */
export function failuresContract(
  { agreed, each }: Transports,
  real: string,
  classifier: string,
): void {
  const refused = async (call: SdkCall): Promise<object | undefined> => {
    const { error, hasId } = await agreed(call);
    expect(error).toMatchObject({ kind: "invalid_request", retryable: false });
    const { status, code, param } = error!;
    // Only what got to a service, or to what stands for it, has an id.
    expect(hasId).toBe(status !== undefined);
    return { status, code, param };
  };
  const invalid = (param?: string): Refusal => ({
    status: 400,
    code: "invalid_value",
    ...(param !== undefined && { param }),
  });

  describe("a ranking is refused by name", () => {
    test.each<[string, object, object]>([
      ["an empty query", { query: "" }, invalid("query")],
      ["a query of nothing to see", { query: " \u200b\u0000" }, invalid("query")],
      ["a query that is a lone surrogate", { query: "\ud800" }, invalid("query")],
      ["a query that is a number", { query: 1 }, invalid("query")],
      ["topN 0", { topN: 0 }, invalid("top_n")],
      ["topN 1.5", { topN: 1.5 }, invalid("top_n")],
      ["minScore 2", { minScore: 2 }, invalid("min_score")],
      ["rawScores that are a number", { rawScores: 1 }, invalid("raw_scores")],
      ["details that are a word", { details: "yes" }, invalid("details")],
      ["longDocuments of another word", { longDocuments: "refuse" }, invalid("long_documents")],
      [
        "maxTokensPerDocument 0",
        { maxTokensPerDocument: 0 },
        { status: 400, code: "invalid_value", param: "max_tokens_per_doc" },
      ],
      [
        "a document without text",
        { documents: ["w1", { title: "w2" }] },
        { code: "no_text", param: "documents[1]" },
      ],
      [
        "an unknown model",
        { model: "rerank-v9" },
        { status: 404, code: "unknown_model", param: "model" },
      ],
    ])("%s", async (_, wrong, expected) => {
      const params = { ...GOOD, ...wrong } as RankingParams;
      expect(await refused({ method: "rerank", params })).toEqual(expected);
      const failOpen = { ...params, failOpen: true };
      expect(await refused({ method: "rerank", params: failOpen })).toEqual(expected);
    });

    test("an empty one of several queries", async () => {
      const params = { queries: ["a", ""], documents: GOOD.documents };
      expect(await refused({ method: "rerank", params })).toEqual(invalid("queries[1]"));
    });

    test("what a part of rerankMany is refused for", async () => {
      const params = { ...GOOD, query: "" };
      expect(await refused({ method: "rerankMany", params })).toEqual(invalid("query"));
    });

    test("an option of rerankMany", async () => {
      const call = { method: "rerankMany", params: GOOD, options: { maxDocuments: 0 } } as const;
      expect(await refused(call)).toEqual({ code: "invalid_option", param: "maxDocuments" });
    });

    test("a model that cannot rank", async () => {
      const call = { method: "rerank", params: GOOD, model: classifier } as const;
      expect(await refused(call)).toEqual({ status: 424, code: "not_a_ranker" });
    });
  });

  describe("a scoring is refused by name", () => {
    test.each<[string, unknown, Refusal]>([
      ["nothing", {}, { status: 400, code: "missing_value", param: "input_data" }],
      ["a list", [], { status: 400, code: "not_an_object" }],
      ["A with a field too many", { inputs: { x: ["a"] }, params: {} }, invalid()],
      ["no columns", { input_data: {} }, invalid("input_data")],
      ["columns of unequal length", { input_data: { a: ["x"], b: [] } }, invalid("input_data.b")],
      ["a number in a column", { input_data: { a: ["x", 1] } }, invalid("input_data.a[1]")],
      [
        "rows of another width",
        { input_data: { columns: ["a"], data: [["x", "y"]] } },
        invalid("input_data.data"),
      ],
      ["no rows", { input_data: [] }, invalid("input_data")],
      ["a row that is a number", { input_data: ["a", 1] }, invalid("input_data[1]")],
      ["top_k 0", { input_data: "a", params: { top_k: 0 } }, invalid("params.top_k")],
      [
        "another function",
        { input_data: "a", params: { function_to_apply: "tanh" } },
        invalid("params.function_to_apply"),
      ],
    ])("%s", async (_, body, expected) => {
      const outcomes = await each({ method: "score", request: body as AzureMlRequest });
      // The service says it in a sentence alone, as Azure ML's endpoints do: a declared difference.
      const { code: _code, param: _param, ...status } = expected;
      for (const [transport, outcome] of Object.entries(outcomes)) {
        const isLocal = transport.startsWith("local mode");
        const { kind, retryable, name: _name, ...facts } = outcome.error!;
        expect([kind, retryable, outcome.hasId]).toEqual(["invalid_request", false, true]);
        expect({ [transport]: facts }).toEqual({ [transport]: isLocal ? expected : status });
      }
    });
  });

  describe("a call that takes too long", () => {
    const long = { method: "rerank", params: { ...MANY, topN: 2 }, model: real } as const;
    const many = { ...long, method: "rerankMany" } as const;
    const failOpen = { ...long.params, failOpen: true };

    test.each<[string, RerankErrorKind, SdkCall]>([
      ["is ended by its signal", "aborted", { ...long, abortAfterMs: 20 }],
      ["is not begun with an aborted signal", "aborted", { ...long, abortAfterMs: 0 }],
      ["is ended by its signal in parts", "aborted", { ...many, abortAfterMs: 20 }],
      ["does not open for its signal", "aborted", { ...long, params: failOpen, abortAfterMs: 20 }],
    ])("%s", async (_, kind, call) => {
      const { error } = await agreed(call);
      const reason = call.abortAfterMs === 0 ? "AbortError" : "TimeoutError";
      expect(error).toMatchObject({ kind, name: "AbortedError", retryable: false, reason });
    });

    test("opens with the documents as they came, where that is asked for", async () => {
      for (const method of ["rerank", "rerankMany"] as const) {
        const call = { ...long, method, params: failOpen, options: { totalTimeout: 5 } };
        const results = MANY.documents.slice(0, 2).map((document, index) => ({ document, index }));
        // While it still computes what was asked before, a service refuses at once what it could not answer in time.
        const kind = expect.stringMatching(/^(timeout|overloaded)$/);
        const error = expect.objectContaining({ kind, retryable: true });
        const expected = { data: { reranked: false, results, error }, givesOwnDocuments: true };
        for (const [transport, outcome] of Object.entries(await each(call)))
          expect({ [transport]: outcome }).toMatchObject({ [transport]: expected });
      }
    });

    test("leaves the next one alone", async () => {
      const { data } = await agreed({ method: "rerank", params: { ...GOOD, failOpen: true } });
      expect(data).toMatchObject({ reranked: true });
    });
  });
}
