/** The service as an OpenAPI 3.1 document. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { QUOTA_HEADERS } from "./answer-headers.ts";
import { errorResponses, type ErrorResponse } from "./error-responses.ts";
import { FILE_OPERATIONS } from "./file-operations.ts";
import { JOB_OPERATIONS } from "./job-operations.ts";
import { inputSchema, outputSchema, type NamedSchema } from "./json-schema.ts";
import type { Answer, Example, Operation, Parameter } from "./operation.ts";
import { RERANK_OPERATIONS } from "./rerank-operations.ts";
import { SCORE_OPERATIONS } from "./score-operations.ts";
import { SECURITY, SECURITY_SCHEMES } from "./security.ts";
import { SERVICE_OPERATIONS } from "./service-operations.ts";

export const OPERATIONS: readonly Operation[] = [
  ...RERANK_OPERATIONS,
  ...SCORE_OPERATIONS,
  ...FILE_OPERATIONS,
  ...JOB_OPERATIONS,
  ...SERVICE_OPERATIONS,
];

type Document = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;
type Route = Parameters<OpenAPIHono["openAPIRegistry"]["registerPath"]>[0];
type Response = Route["responses"][string];
type Schemas = Map<string, object>;

/** @param version - The service's. */
export function openApiDocument(version: string): Document {
  // Only its registry is used: the routes themselves know nothing of the document.
  const api = new OpenAPIHono();
  const registry = api.openAPIRegistry;
  const schemas: Schemas = new Map();
  for (const operation of OPERATIONS) registry.registerPath(routeOf(operation, schemas));
  for (const [name, schema] of schemas) registry.registerComponent("schemas", name, schema);
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES))
    registry.registerComponent("securitySchemes", name, scheme);
  return api.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "x-rerank",
      version,
      description: "Reranking and classification at the edge, in the protocols that clients speak.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "Rank", description: "A query and documents in, a ranking out." },
      { name: "Score", description: "Texts or pairs in, scores, labels or tokens out." },
      { name: "Batch", description: "Files in, jobs that score their rows, results out." },
      { name: "Service", description: "What the service says about itself." },
    ],
  });
}

function routeOf(operation: Operation, schemas: Schemas): Route {
  const { method, path, tag, summary, parameters = [], examples, answer } = operation;
  const quotas = operation.failures.includes("rate_limited") ? QUOTA_HEADERS : {};
  const answers = [answer, ...(operation.otherAnswers ?? [])].map((each): [string, Response] => [
    String(each.status ?? 200),
    success(each, schemas, quotas),
  ]);
  const failed = errorResponses(operation).map((response): [string, Response] => [
    String(response.status),
    failure(response, schemas, quotas),
  ]);
  return {
    method,
    path,
    tags: [tag],
    summary,
    operationId: `${method}${path.replaceAll(/\W+(\w?)/g, (_, first: string) => first.toUpperCase())}`,
    ...(operation.failures.includes("missing_api_key") && { security: SECURITY }),
    parameters: parameters.map((parameter) => parameterOf(parameter, examples)),
    ...requestOf(operation, schemas),
    responses: {
      ...Object.fromEntries(answers),
      ...(answer.redirect && { "302": redirect(answer.redirect) }),
      ...Object.fromEntries(failed),
    },
  };
}

function requestOf(
  { request, requestType = "application/json", isRequestOptional = false, examples }: Operation,
  schemas: Schemas,
): Pick<Route, "request"> {
  if (!request) return {};
  const schema = reference(request, inputSchema, schemas);
  const content = { [requestType]: { schema, examples: bodiesOf(examples) } };
  return { request: { body: { required: !isRequestOptional, content } } };
}

function success(
  { description, contentTypes = ["application/json"], schema, headers, rareHeaders }: Answer,
  schemas: Schemas,
  quotas: Readonly<Record<string, string>>,
): Response {
  return {
    description,
    headers: headersOf({ ...headers, ...rareHeaders, ...quotas }),
    ...(schema && {
      content: Object.fromEntries(
        contentTypes.map((type) => [type, { schema: reference(schema, outputSchema, schemas) }]),
      ),
    }),
  };
}

function redirect(place: string): Response {
  return {
    description: `To ${place}.`,
    headers: headersOf({ location: place }),
  };
}

function failure(
  { codes, formats, examples, headers }: ErrorResponse,
  schemas: Schemas,
  quotas: Readonly<Record<string, string>>,
): Response {
  const bodies = formats.map(({ schema }) => reference(schema, outputSchema, schemas));
  const schema = bodies.length === 1 ? bodies[0]! : { anyOf: bodies };
  return {
    description: codes.join(", "),
    headers: headersOf({
      ...Object.fromEntries(headers.map((name) => [name, HEADERS[name]!])),
      ...quotas,
    }),
    content: { "application/json": { schema, examples } },
  };
}

/** Of the table of errors. */
const HEADERS: Readonly<Record<string, string>> = {
  allow: "The methods that are allowed.",
  "www-authenticate": "How to send a key.",
  "retry-after": "Seconds to wait.",
  "x-should-retry": "false: another try would say the same.",
};

function headersOf(headers: Readonly<Record<string, string>>) {
  const all = { "x-request-id": "The caller's id, or a new one.", ...headers };
  return Object.fromEntries(
    Object.entries(all).map(([name, description]) => [
      name,
      { description, schema: { type: "string" as const } },
    ]),
  );
}

function parameterOf(parameter: Parameter, examples: Operation["examples"]) {
  const { name, in: place, description, schema } = parameter;
  const values = Object.entries(examples).flatMap(([example, { path, query, headers }]) => {
    const value = { path, query, header: headers }[place]?.[name];
    return value === undefined ? [] : [[example, { value }] as const];
  });
  return {
    name,
    in: place,
    ...(place === "path" && { required: true }),
    description,
    schema: inputSchema(schema),
    ...(values.length > 0 && { examples: Object.fromEntries(values) }),
  };
}

function bodiesOf(examples: Readonly<Record<string, Example>>) {
  return Object.fromEntries(
    Object.entries(examples).flatMap(([name, { body }]) =>
      body === undefined ? [] : [[name, { value: body }] as const],
    ),
  );
}

/** @param convert - For the side that the schema is of. */
function reference(
  { name, schema, either }: NamedSchema,
  convert: typeof inputSchema,
  schemas: Schemas,
): { $ref: string } {
  if (!schemas.has(name)) {
    const anyOf = either?.map((one) => reference(one, convert, schemas));
    schemas.set(name, anyOf ? { anyOf } : convert(schema));
  }
  return { $ref: `#/components/schemas/${name}` };
}
