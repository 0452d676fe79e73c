/** What is compared of an answer. */
import type { Exchange } from "./exchanges.ts";

const TIMEOUT_MS = 30_000;

/** By name: `status`, `body`, and each header that the inference server has of its own. */
export type Observation = Record<string, unknown>;

const HEADERS = [
  "content-type",
  "allow",
  "x-request-id",
  "x-ms-request-id",
  "x-ms-client-request-id",
  "traceid",
  "x-ms-server-version",
  "x-ms-run-function-failed",
  "x-ms-run-fn-exec-ms",
];

/** Only where a page is asking: nobody else reads them. */
const ORIGIN_HEADERS = [
  "vary",
  "access-control-allow-origin",
  "access-control-allow-methods",
  "access-control-allow-headers",
];

/** What differs from answer to answer or from server to server by its nature. */
const STAND_INS: [RegExp, string][] = [
  [/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "a new id"],
  [/^\d+\.\d{3}$/, "milliseconds with three decimals"],
  [/^(azmlinfsrv|rerank)\/\d+\.\d+\.\d+$/, "name and version"],
  [/^text\/html; charset=utf-8$/i, "text/html; charset=utf-8"],
];

export async function observe(server: string, exchange: Exchange): Promise<Observation> {
  const { path, method, headers, body } = exchange;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const init = { method, headers, signal, ...(body !== undefined && { body: body as BodyInit }) };
  const response = await fetch(`${server}${path}`, init);
  const compared = headers["origin"] === undefined ? HEADERS : [...HEADERS, ...ORIGIN_HEADERS];
  const values = compared.map((name) => [name, standIn(response.headers.get(name))]);
  return {
    status: response.status,
    body: comparableBody(await response.text()),
    ...Object.fromEntries(values),
  };
}

function standIn(value: string | null): string | null {
  if (value === null) return null;
  return STAND_INS.find(([pattern]) => pattern.test(value))?.[1] ?? value;
}

/** JSON without the model's numbers, the parser's own words and the descriptions of a swagger document. */
function comparableBody(text: string): unknown {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return text;
  }
  if (isObject(body) && isObject(body["paths"])) return swaggerOutline(body);
  if (isObject(body) && typeof body["message"] === "string") {
    const message = body["message"].replace(/(could not be decoded as JSON: ).*/s, "$1…");
    return { ...body, message };
  }
  if (!Array.isArray(body)) return body;
  return body.map((row: unknown) =>
    isObject(row) && typeof row["score"] === "number" ? { ...row, score: "a number" } : row,
  );
}

/** Version, operations with their ids and answers, and names of schemas. */
function swaggerOutline(document: Record<string, unknown>): object {
  const components = document["components"] as { schemas: object } | undefined;
  const schemas = components?.schemas ?? (document["definitions"] as object);
  return {
    version: document["swagger"] ?? document["openapi"],
    operations: Object.entries(document["paths"] as Record<string, Record<string, Operation>>).map(
      ([path, methods]) => [
        path,
        Object.entries(methods).map(([method, { operationId, responses, security }]) => ({
          method,
          operationId,
          responses: Object.keys(responses),
          security: security ?? null,
        })),
      ],
    ),
    schemas: Object.keys(schemas).sort(),
  };
}

interface Operation {
  operationId: string;
  responses: object;
  security?: unknown;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
