import { describe, expect, test } from "vitest";
import manifest from "../../models/rerank-minilm-l6/model.json" with { type: "json" };
import { version } from "../../package.json" with { type: "json" };
import type { AzureMlScore } from "../../sdk/index.ts";
import { CAPITALS, type Service } from "./service.ts";

export function azureMlContract(service: Service): void {
  async function score(body: unknown): Promise<unknown> {
    const response = await service.post("/score", body);
    expect(response.status).toBe(200);
    return response.json();
  }

  const LABEL = { "0": "LABEL_0" };

  describe("generations A and B answer labels alone", () => {
    test("to the sample of the model's card", async () => {
      const input_string = ["Today was an amazing day!", "It was an unfortunate series of events."];
      const response = await service.post("/score", { input_data: { input_string } });
      expect(await response.text()).toBe('[{"0":"LABEL_0"},{"0":"LABEL_0"}]');
      expect(response.headers.get("x-rerank-served-by")).toBe("edge");
    });

    test.each([
      ["A", { inputs: { input_string: ["a", "b"] }, parameters: { max_length: 128 } }],
      [
        "B with parameters",
        { input_data: { input_string: ["a", "b"], parameters: { truncation: true } } },
      ],
      ["two columns", { input_data: { query: ["q", "q"], document: ["a", "b"] } }],
      ["a split frame", { input_data: { columns: ["x"], index: [0, 1], data: [["a"], ["b"]] } }],
      [
        "a split frame of pairs",
        {
          input_data: {
            columns: ["q", "d"],
            data: [
              ["q", "a"],
              ["q", "b"],
            ],
          },
        },
      ],
    ])("to %s", async (_, body) => {
      expect(await score(body)).toEqual([LABEL, LABEL]);
    });
  });

  describe("generation C answers label and score", () => {
    test("to pairs, with the scores that the rerank route gives", async () => {
      const { query, documents } = CAPITALS;
      const rows = (await score({
        input_data: documents.map((document) => ({ text: query, text_pair: document })),
      })) as AzureMlScore[];
      const response = await service.post("/v1/rerank", CAPITALS);
      const { results } = (await response.json()) as {
        results: { index: number; relevance_score: number }[];
      };
      const expected = results.toSorted((a, b) => a.index - b.index);
      expect(rows).toEqual(
        expected.map((result) => ({ label: "LABEL_0", score: result.relevance_score })),
      );
    });

    test("to texts, mixed with pairs, in the order of the request", async () => {
      const pair = { text: "q", text_pair: "d" };
      const mixed = (await score({
        input_data: ["alone", pair, { text: "alone" }],
        params: {},
      })) as AzureMlScore[];
      expect(mixed[0]).toEqual(mixed[2]);
      expect([mixed[1]]).toEqual(await score({ input_data: [pair] }));
    });
  });

  test("return_scores puts the scores of generation C beside the labels of A and B", async () => {
    const rows = (await score({
      input_data: [{ text: "q", text_pair: "d" }, "a. b. c"],
    })) as AzureMlScore[];
    const parameters = { return_scores: true };
    const [pair, text] = rows.map((row) => ({ "0": row.label, score: row.score }));
    expect(await score({ inputs: { query: ["q"], document: ["d"] }, parameters })).toEqual([pair]);
    const columns = { a: ["a"], b: ["b"], c: ["c"], parameters };
    expect(await score({ input_data: columns })).toEqual([text]);
    const marked = { input_string: ["[CLS] q [SEP] d [SEP]"], parameters };
    expect(await score({ input_data: marked })).toEqual([pair]);
  });

  test("GET answers as POST does, with the query as input", async () => {
    const expected = await score({ input_data: ["a", "b"] });
    for (const query of ['input_data=["a","b"]', "input_data=a&input_data=b"]) {
      const response = await service.fetch(`/score?${query}`);
      expect(await response.json()).toEqual(expected);
    }
  });

  test("OPTIONS is answered with nothing", async () => {
    const response = await service.fetch("/score", { method: "OPTIONS" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  describe("pages of other origins", () => {
    const preflight = async (origin: string) => {
      const headers = {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
      };
      const response = await service.fetch("/score", { method: "OPTIONS", headers });
      return ["origin", "methods", "headers"].map((name) =>
        response.headers.get(`access-control-allow-${name}`),
      );
    };

    test("may call it if the operator has listed theirs", async () => {
      expect(await preflight("https://two.example")).toEqual([
        "https://two.example",
        "GET, POST",
        "content-type",
      ]);
    });

    test("may not if not", async () => {
      expect(await preflight("https://three.example")).toEqual([null, null, null]);
    });
  });

  describe("GET /swagger.json", () => {
    test.each([
      ["", { swagger: "2.0" }],
      ["?version=2", { swagger: "2.0" }],
      ["?version=3", { openapi: "3.0.3" }],
      ["?version=3.1", { openapi: "3.1.0" }],
    ])("%s describes /score", async (query, expected) => {
      const response = await service.fetch(`/swagger.json${query}`);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        ...expected,
        info: { title: manifest.name, version },
        paths: { "/score": { post: { operationId: "RunMLService" } } },
      });
    });

    test("of another version does not exist", async () => {
      const response = await service.fetch("/swagger.json?version=9");
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({
        message: "Swagger version [9] is not valid. Supported versions: [2, 3, 3.1].",
      });
    });
  });

  describe("headers", () => {
    const headersOf = async (headers: Record<string, string>, path = "/score") => {
      const response = await service.fetch(path, { method: "OPTIONS", headers });
      return (name: string) => response.headers.get(name);
    };
    const UUID = /^[0-9a-f-]{36}$/;

    test("without ids of the caller there is a new one, twice", async () => {
      const get = await headersOf({});
      expect(get("x-request-id")).toMatch(UUID);
      expect(get("x-ms-request-id")).toBe(get("x-request-id"));
      expect(get("x-ms-client-request-id")).toBeNull();
      expect(get("traceid")).toBeNull();
    });

    test("ids of the caller come back, whatever their characters", async () => {
      const id = "a/b c:d!".padEnd(100, "~");
      const get = await headersOf({
        "x-request-id": id,
        "x-ms-client-request-id": "mine.1",
        TraceId: "t 1",
      });
      expect(get("x-request-id")).toBe(id);
      expect(get("x-ms-client-request-id")).toBe("mine.1");
      expect(get("x-ms-request-id")).toBe("mine.1");
      expect(get("traceid")).toBe("t 1");
    });

    test("the old name of the client's id is read as such", async () => {
      const get = await headersOf({ "x-ms-request-id": "old" });
      expect(get("x-ms-client-request-id")).toBe("old");
      expect(get("x-ms-request-id")).toBe("old");
      expect(get("x-request-id")).toMatch(UUID);
    });

    test.each([
      ["x-request-id", "x-request-id"],
      ["x-ms-client-request-id", "x-ms-request-id and x-ms-client-request-id"],
      ["x-ms-request-id", "x-ms-request-id and x-ms-client-request-id"],
    ])("%s of 101 characters is 431", async (name, named) => {
      const headers = { [name]: "i".repeat(101) };
      for (const [path, method] of [
        ["/", "GET"],
        ["/score", "POST"],
      ] as const) {
        const response = await service.fetch(path, { method, headers });
        expect(response.status).toBe(431);
        expect(response.headers.get("x-request-id")).toMatch(UUID);
        expect(response.headers.get("x-ms-run-function-failed")).toBe("False");
        expect(await response.json()).toEqual({
          message: `${named} must not exceed 100 characters`,
        });
      }
    });

    test("server, outcome, time and deployment are said", async () => {
      const { headers } = await service.post("/score", { input_data: ["a"] });
      expect(headers.get("x-ms-server-version")).toBe(`rerank/${version}`);
      expect(headers.get("x-ms-run-function-failed")).toBe("False");
      expect(headers.get("x-ms-run-fn-exec-ms")).toMatch(/^\d+\.\d{3}$/);
      expect(headers.get("azureml-model-deployment")).toBe(manifest.name);
    });

    test("a refused request has no time, and the probe no outcome", async () => {
      const refused = await service.post("/score", {});
      expect(refused.headers.get("x-ms-run-fn-exec-ms")).toBeNull();
      expect(refused.headers.get("x-ms-run-function-failed")).toBe("False");
      const probe = await service.fetch("/");
      expect(probe.headers.get("x-ms-run-function-failed")).toBeNull();
      expect(probe.headers.get("x-ms-server-version")).toBe(`rerank/${version}`);
    });

    test("a pinned deployment must be the one that is served", async () => {
      const body = { input_data: ["a"] };
      const own = await service.post("/score", body, { "azureml-model-deployment": manifest.name });
      expect(own.status).toBe(200);
      const other = await service.post("/score", body, { "azureml-model-deployment": "blue" });
      expect(other.status).toBe(404);
      expect(await other.json()).toEqual({
        message: `The deployment "blue" is not served here; this service is "${manifest.name}". Leave azureml-model-deployment out, or send that.`,
      });
    });
  });

  describe("errors have the message alone, the inference server's where it has one", () => {
    test.each<[string, number, RequestInit, string]>([
      [
        "another method",
        405,
        { method: "PUT" },
        "The method is not allowed for the requested URL.",
      ],
      [
        "another content type",
        415,
        { method: "POST", body: "{}", headers: { "content-type": "text/plain" } },
        "Expects Content-Type to be application/json",
      ],
      [
        "no body",
        400,
        { method: "POST", headers: { "content-type": "application/json" } },
        "POST body is empty. Expecting a JSON dictionary.",
      ],
    ])("to %s", async (_, status, init, message) => {
      const response = await service.fetch("/score", init);
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ message });
    });

    test.each<[unknown, string]>([
      [[], "POST body should be a JSON dictionary."],
      [{}, "A value is not provided for the 'input_data' parameter."],
      [{ input_data: {} }, "input_data must have at least one column."],
    ])("to %j", async (body, message) => {
      const response = await service.post("/score", body);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ message });
    });
  });
}
