import { describe, expect, test } from "vitest";
import { isAzureMlLabelRow, type AzureMlRow } from "../../sdk/index.ts";
import { failure, reply, stubService } from "./stub-service.ts";

const SCORES = [
  { label: "LABEL_0", score: 0.9 },
  { label: "LABEL_0", score: 0.1 },
];

test("score posts the request as it is to a real endpoint's whole address, with key and deployment", async () => {
  const { client, sent } = stubService(reply(200, SCORES, { "x-request-id": "r" }), {
    baseURL: "https://mine.westeurope.inference.ml.azure.com/score",
    apiKey: async () => "token",
  });
  const input_data = [{ text: "q", text_pair: "d" }];
  const rows = await client.score({ input_data }, { deployment: "blue" });
  expect(rows).toEqual(SCORES);
  expect(sent).toMatchObject([
    {
      method: "POST",
      url: "https://mine.westeurope.inference.ml.azure.com/score",
      body: { input_data },
    },
  ]);
  const { headers } = sent[0]!;
  expect(headers.get("authorization")).toBe("Bearer token");
  expect(headers.get("azureml-model-deployment")).toBe("blue");
});

test.each([
  [{ inputs: { input_string: ["a", "b"] }, parameters: { max_length: 10 } }],
  [{ input_data: { input_string: ["a"], parameters: { return_scores: true } } }],
  [{ input_data: { query: ["q"], document: ["d"] } }],
  [{ input_data: { columns: ["input_string"], index: [0], data: [["a"]] } }],
  [{ input_data: ["a", { text: "q", text_pair: "d" }], params: { top_k: 2 } }],
  [{ input_data: "a" }],
])("%j is sent as it is, without a deployment", async (request) => {
  const { client, sent } = stubService(reply(200, []));
  await client.score(request);
  expect(sent[0]!.body).toEqual(request);
  expect(sent[0]!.headers.has("azureml-model-deployment")).toBe(false);
});

describe("the request's id", () => {
  test("is on the rows, which stay a list", async () => {
    const { client } = stubService(reply(200, SCORES, { "x-request-id": "r" }));
    const rows = await client.score({ input_data: ["a", "b"] });
    expect(rows.requestId).toBe("r");
    expect(Object.keys(rows)).toEqual(["0", "1"]);
    expect(JSON.stringify(rows)).toBe(JSON.stringify(SCORES));
    expect([...rows]).toEqual(SCORES);
  });

  test("is the caller's own, if the endpoint echoes it", async () => {
    const { client } = stubService(({ headers }) =>
      Response.json(SCORES, { headers: { "x-ms-request-id": headers.get("x-request-id")! } }),
    );
    const headers = { "x-request-id": "mine" };
    const { requestId } = await client.score({ input_data: ["a"] }, { headers }).withResponse();
    expect(requestId).toBe("mine");
  });
});

test.each([
  [[{ "0": "POS" }, { "0": "NEG" }]],
  [SCORES],
  [[[...SCORES]]],
  [[[{ entity: "B-LOC", score: 1, index: 1, word: "x", start: 0, end: 1 }]]],
  [[]],
])("rows %j are recognized, as JSON and as a string that holds it", async (rows) => {
  for (const body of [rows, JSON.stringify(JSON.stringify(rows))]) {
    const { client } = stubService(reply(200, body));
    expect(await client.score({ input_data: ["a"] })).toEqual(rows);
  }
});

test.each([[{}], [null], [["LABEL_0"]], [{ error: "no" }], ['"just text"']])(
  "an answer %j has no rows",
  async (body) => {
    const { client } = stubService(reply(200, body));
    const error = await failure(client.score({ input_data: ["a"] }));
    expect(error).toMatchObject({ kind: "server", code: "invalid_response", status: 200 });
  },
);

test("a label row is told from a row with scores", () => {
  const rows: AzureMlRow[] = [{ "0": "POS" }, SCORES[0]!, SCORES];
  expect(rows.map(isAzureMlLabelRow)).toEqual([true, false, false]);
});

describe("424 is", () => {
  const inner = (status: string, reason?: string) => ({
    "ms-azureml-model-error-statuscode": status,
    ...(reason !== undefined && { "ms-azureml-model-error-reason": reason }),
  });

  test("the model's own status and reason, and not tried again if that is its caller's fault", async () => {
    const { client, sent } = stubService(reply(424, "", inner("400", "bad frame")));
    const error = await failure(client.score({ input_data: ["a"] }));
    expect(error).toMatchObject({ kind: "invalid_request", status: 400 });
    expect(error.message).toContain("bad frame");
    expect(sent).toHaveLength(1);
  });

  test("tried again if the model's own status is one to try again", async () => {
    const overloaded = reply(424, "", { ...inner("429"), "retry-after-ms": "0" });
    const { client, sent } = stubService([overloaded, reply(200, SCORES)]);
    expect(await client.score({ input_data: ["a", "b"] })).toEqual(SCORES);
    expect(sent).toHaveLength(2);
  });

  test.each([{}, inner("200"), inner("nonsense"), inner("999")])(
    "424 itself where the headers %j do not say more",
    async (headers) => {
      const { client } = stubService(reply(424, { message: "no" }, headers));
      expect(await failure(client.score({ input_data: ["a"] }))).toMatchObject({ status: 424 });
    },
  );
});

test("a body's sentence is said rather than a header's", async () => {
  const headers = {
    "ms-azureml-model-error-statuscode": "500",
    "ms-azureml-model-error-reason": "Internal",
    "x-should-retry": "false",
  };
  const { client } = stubService(reply(424, { message: "out of memory" }, headers));
  const error = await failure(client.score({ input_data: ["a"] }));
  expect(error.message).toMatch(/^500: out of memory\. /);
});

test.each([
  [undefined, "/swagger.json"],
  ["2", "/swagger.json?version=2"],
  ["3.1", "/swagger.json?version=3.1"],
] as const)("swagger of version %s is at %s", async (version, path) => {
  const { client, sent } = stubService(reply(200, { swagger: "2.0" }, { "x-request-id": "r" }));
  const description = await client.azure.swagger(version);
  expect(description).toEqual({ swagger: "2.0" });
  expect(description.requestId).toBe("r");
  expect(sent[0]!.url).toBe(`https://rerank.test${path}`);
});
