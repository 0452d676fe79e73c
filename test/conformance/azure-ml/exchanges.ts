/** Requests that both servers get. */

export interface Exchange {
  name: string;
  path: string;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
}

const JSON_TYPE = { "content-type": "application/json" };

function request(
  name: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Uint8Array,
): Exchange {
  // Bytes, since fetch gives a string a content type of its own.
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { name, method, path, headers, body: bytes };
}

function post(name: string, body: string | Uint8Array): Exchange {
  return request(name, "POST", "/score", JSON_TYPE, body);
}

const GOOD_BODY = '{"input_data": ["a"]}';

const GOOD: [string, unknown][] = [
  ["a list of texts", { input_data: ["a", "b"] }],
  ["a text", { input_data: "a" }],
  ["a pair", { input_data: [{ text: "q", text_pair: "d" }] }],
  ["an object of one text", { input_data: [{ text: "q" }] }],
  ["texts and pairs", { input_data: ["a", { text: "q", text_pair: "d" }] }],
  ["params", { input_data: ["a"], params: {} }],
  ["params of null", { input_data: ["a"], params: null }],
  ["a field nobody reads", { input_data: ["a"], other: [1] }],
  ["texts of other scripts", { input_data: ["père", "日本語", "🦊", ""] }],
  ["a column", { input_data: { input_string: ["a", "b"] } }],
  ["a column of one text", { input_data: { input_string: "a" } }],
  ["a column and parameters", { input_data: { input_string: ["a"], parameters: { top_k: 1 } } }],
  ["two columns", { input_data: { query: ["q", "q"], document: ["a", "b"] } }],
  ["three columns", { input_data: { a: ["a"], b: ["b"], c: ["c"] } }],
  ["a marked pair", { input_data: { input_string: ["[CLS] a [SEP] b [SEP]"] } }],
  ["a split frame", { input_data: { columns: ["x"], index: [0, 1], data: [["a"], ["b"]] } }],
  ["a split frame of pairs", { input_data: { columns: ["q", "d"], data: [["a", "b"]] } }],
  ["generation A", { inputs: { input_string: ["a"] } }],
];

const BAD: [string, string | Uint8Array][] = [
  ["nothing", ""],
  ["plain text", "hello"],
  ["cut off JSON", '{"input_data": ["a"'],
  ["a trailing comma", '{"input_data": ["a"],}'],
  ["invalid UTF-8", new Uint8Array([0x22, 0xff, 0x22])],
  ["a list", "[]"],
  ["null", "null"],
  ["a string", '"a"'],
  ["a number", "1"],
  ["an empty object", "{}"],
  ["params alone", '{"params": {}}'],
  ["input_data null", '{"input_data": null}'],
  ["input_data a number", '{"input_data": 5}'],
  ["input_data true", '{"input_data": true}'],
  ["input_data an empty list", '{"input_data": []}'],
  ["input_data an empty object", '{"input_data": {}}'],
  ["a row that is a number", '{"input_data": [1]}'],
  ["a row that is a list", '{"input_data": [["q", "d"]]}'],
  ["a row without text", '{"input_data": [{"text_pair": "d"}]}'],
  ["columns of two lengths", '{"input_data": {"a": ["x"], "b": ["y", "z"]}}'],
  ["a short row of a split frame", '{"input_data": {"columns": ["a", "b"], "data": [["x"]]}}'],
];

const CONTENT_TYPES: [string, Record<string, string>][] = [
  ["with a charset", { "content-type": "application/json; charset=utf-8" }],
  ["in capitals", { "content-type": "Application/JSON" }],
  ["of an application", { "content-type": "application/vnd.api+json" }],
  ["text/plain", { "content-type": "text/plain" }],
  ["a form", { "content-type": "application/x-www-form-urlencoded" }],
  ["none", {}],
];

const HUNDRED = "i".repeat(100);

const IDS: [string, Record<string, string>][] = [
  ["no ids", {}],
  ["x-request-id", { "x-request-id": "own-1" }],
  ["x-request-id of 100 characters", { "x-request-id": HUNDRED }],
  ["x-request-id of 101 characters", { "x-request-id": `${HUNDRED}i` }],
  ["x-request-id of other characters", { "x-request-id": "a/b c:d!" }],
  ["x-ms-client-request-id", { "x-ms-client-request-id": "client-1" }],
  ["x-ms-client-request-id of 101 characters", { "x-ms-client-request-id": `${HUNDRED}i` }],
  ["x-ms-request-id", { "x-ms-request-id": "legacy-1" }],
  ["x-ms-request-id of 101 characters", { "x-ms-request-id": `${HUNDRED}i` }],
  ["both client ids", { "x-ms-client-request-id": "client-1", "x-ms-request-id": "legacy-1" }],
  [
    "all ids",
    { "x-request-id": "own-1", "x-ms-client-request-id": "c.1", "x-ms-request-id": "l 1" },
  ],
  [
    "a long client id and an x-request-id",
    { "x-request-id": "o", "x-ms-request-id": `${HUNDRED}i` },
  ],
  ["TraceId", { TraceId: "trace 1" }],
  ["TraceId and a long id", { TraceId: "trace-1", "x-request-id": `${HUNDRED}i` }],
];

const QUERIES: [string, string][] = [
  ["a JSON list", '?input_data=["a","b"]'],
  ["a text", "?input_data=hello"],
  ["a JSON text", '?input_data="a"'],
  ["a repeated name", "?input_data=a&input_data=b"],
  ["columns", '?input_data={"a":["x"]}'],
  ["params", '?input_data=["a"]&params={}'],
  ["an escaped text", "?input_data=a+b%26c"],
  ["an empty text", "?input_data="],
  ["a number", "?input_data=1"],
  ["another name", "?a=1&b=[1,2]"],
  ["no query", ""],
];

const VERSIONS = ["", "?version=2", "?version=2.0", "?version=3", "?version=3.0", "?version=3.1"];
const NO_VERSIONS = ["?version=9", "?version=", "?version=3.1.0"];

const LISTED = { origin: "https://one.example" };
const UNLISTED = { origin: "https://three.example" };
const PREFLIGHT = {
  "access-control-request-method": "POST",
  "access-control-request-headers": "content-type, x-request-id",
};

/** Their names are unique. */
export const EXCHANGES: readonly Exchange[] = [
  ...GOOD.map(([name, body]) => post(`good: ${name}`, JSON.stringify(body))),
  ...BAD.map(([name, body]) => post(`bad: ${name}`, body)),
  ...CONTENT_TYPES.map(([name, headers]) =>
    request(`content type: ${name}`, "POST", "/score", headers, GOOD_BODY),
  ),
  ...IDS.map(([name, headers]) =>
    request(`ids of /score: ${name}`, "POST", "/score", { ...JSON_TYPE, ...headers }, GOOD_BODY),
  ),
  ...IDS.map(([name, headers]) => request(`ids of /: ${name}`, "GET", "/", headers)),
  request("ids of /swagger.json", "GET", "/swagger.json", IDS.at(-1)![1]),
  ...QUERIES.map(([name, query]) => request(`query: ${name}`, "GET", `/score${query}`)),
  ...["PUT", "DELETE", "PATCH", "HEAD"].map((method) =>
    request(`${method} /score`, method, "/score"),
  ),
  request("OPTIONS /score", "OPTIONS", "/score"),
  request("POST /", "POST", "/"),
  request("POST /swagger.json", "POST", "/swagger.json"),
  ...[...VERSIONS, ...NO_VERSIONS].map((query) =>
    request(`swagger: ${query || "no version"}`, "GET", `/swagger.json${query}`),
  ),
  ...["/nope", "/score/", "/score/x", "/Score"].map((path) =>
    request(`path: ${path}`, "POST", path, JSON_TYPE, GOOD_BODY),
  ),
  request("origin: preflight", "OPTIONS", "/score", { ...LISTED, ...PREFLIGHT }),
  request("origin: preflight, unlisted", "OPTIONS", "/score", { ...UNLISTED, ...PREFLIGHT }),
  request("origin: score", "POST", "/score", { ...LISTED, ...JSON_TYPE }, GOOD_BODY),
  request("origin: score, unlisted", "POST", "/score", { ...UNLISTED, ...JSON_TYPE }, GOOD_BODY),
  request("origin: probe", "GET", "/", LISTED),
  request("origin: swagger", "GET", "/swagger.json", LISTED),
  request("origin: refused", "POST", "/score", { ...LISTED, ...JSON_TYPE }, "{}"),
];
