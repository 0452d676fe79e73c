import { describe, expect, test } from "vitest";
import type { Outcome, SdkCall } from "./sdk-call.ts";
import type { Transports } from "./sdk-transports.ts";

const GOOD = { query: "a b", documents: ["w1", "w2", "w3"] };

const ranked = { data: { reranked: true }, servedBy: "local" };
const over = (param: string): object => ({
  error: { kind: "invalid_request", status: 413, code: "over_limit", param },
});
const absent = {
  error: { kind: "invalid_request", status: 404, code: "unknown_path" },
};

/**
 * All that a caller may find different, as parts of what a call comes to: with a service, over HTTP as by a binding, and in local mode, with
 * a worker as without.
 */
function differences(tagger: string): [string, SdkCall, object, object][] {
  return [
    [
      "who computed",
      { method: "rerank", params: GOOD },
      { servedBy: "edge", routeReason: expect.any(String) },
      { servedBy: "local", routeReason: "local" },
    ],
    [
      "who computed parts",
      { method: "rerankMany", params: GOOD },
      { servedBy: "edge" },
      { servedBy: "local" },
    ],
    [
      "how many documents",
      { method: "rerank", params: { query: "a", documents: Array(1_001).fill("w1") } },
      over("documents"),
      ranked,
    ],
    [
      "how long a query",
      { method: "rerank", params: { ...GOOD, query: "a ".repeat(5_001) } },
      over("query"),
      ranked,
    ],
    [
      "how long a document",
      { method: "rerank", params: { ...GOOD, documents: ["w1", "b ".repeat(50_001)] } },
      over("documents[1]"),
      ranked,
    ],
    [
      "how many rows",
      { method: "score", request: { input_data: Array<string>(1_001).fill("a") } },
      { error: { kind: "invalid_request", status: 413 } },
      { status: 200 },
    ],
    [
      "how a refused row is named",
      { method: "score", request: { input_data: [] } },
      { error: expect.not.objectContaining({ code: expect.anything() }) },
      { error: { status: 400, code: "invalid_value", param: "input_data" } },
    ],
    [
      "where it is computed",
      { method: "rerank", params: { ...GOOD, route: "backend" } },
      { error: { code: "no_such_route" } },
      ranked,
    ],
    [
      "which deployment",
      { method: "score", request: { input_data: "a" }, options: { deployment: "green" } },
      { error: { kind: "invalid_request", status: 404 } },
      { status: 200 },
    ],
    [
      "classifying tokens",
      { method: "score", request: { input_data: "a b" }, model: tagger },
      { status: 200 },
      { error: { kind: "invalid_request", status: 424, code: "no_text_labels" } },
    ],
    [
      "limits and models",
      { method: "info" },
      { data: { limits: { maxDocuments: 1_000 }, models: { length: 4 } } },
      { data: { limits: {}, version: "local", models: { length: 1 } } },
    ],
    [
      "who owns a model",
      { method: "models" },
      { data: { data: { length: 4 } } },
      { data: { data: [{ owned_by: "local" }] } },
    ],
    ["a description", { method: "swagger" }, { data: { swagger: "2.0" } }, absent],
    [
      "jobs",
      { method: "job" },
      { error: { kind: "invalid_request", status: 404, code: "unknown_job" } },
      absent,
    ],
  ];
}

/** @param tagger - Name of a served model that classifies tokens. */
export function differencesContract({ each }: Transports, tagger: string): void {
  describe("a service and local mode differ in", () => {
    test.each(differences(tagger))("%s", async (_, call, service, local) => {
      const outcomes = await each(call);
      const only = (names: (keyof typeof outcomes)[]): Outcome[] =>
        names.map((name) => outcomes[name]);
      const services = only(["HTTP", "a service binding"]);
      const locals = only(["local mode", "local mode in a worker"]);
      expect(services).toMatchObject([service, service]);
      expect(locals).toMatchObject([local, local]);
      for (const outcome of locals) expect(outcome).not.toMatchObject(service);
    });
  });
}
