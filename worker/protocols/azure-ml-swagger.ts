/**
 * The description of `/score` as a Swagger 2.0, OpenAPI 3.0.3 or 3.1.0 document, all from one source, with the operation ids and
 * schema names of the Azure ML inference server. Swagger 2.0 has no alternatives, so there its schemas say less.
 *
 * @see azureml-inference-server-http 1.5.1, server/swagger2_template.json and swagger3_template.json
 */

export const SWAGGER_VERSIONS = ["2", "3", "3.1"] as const;

export type SwaggerVersion = (typeof SWAGGER_VERSIONS)[number];

/** The version that a request names, undefined if there is none of that name. */
export function swaggerVersionOf(requested: string): SwaggerVersion | undefined {
  const name = requested.replace(/^([23])\.0$/, "$1");
  return SWAGGER_VERSIONS.find((version) => version === name);
}

/** @param title - Name of the service. @param serviceVersion - Its version. */
export function swaggerDocument(
  version: SwaggerVersion,
  title: string,
  serviceVersion: string,
): object {
  const info = { title, description: `Azure ML scoring of ${title}`, version: serviceVersion };
  const isOld = version === "2";
  const schemas = schemasOf((...alternatives) => (isOld ? {} : { oneOf: alternatives }));
  const bearer = {
    type: "apiKey",
    name: "Authorization",
    in: "header",
    description: "For example: Bearer abc123",
  };
  const paths = pathsOf(isOld ? SWAGGER_2 : OPENAPI_3);
  return isOld
    ? {
        swagger: "2.0",
        info,
        consumes: ["application/json"],
        produces: ["application/json"],
        securityDefinitions: { Bearer: bearer },
        paths,
        definitions: schemas,
      }
    : {
        openapi: version === "3" ? "3.0.3" : "3.1.0",
        info,
        paths,
        components: { schemas, securitySchemes: { Bearer: bearer } },
      };
}

type SchemaName = keyof ReturnType<typeof schemasOf>;

/** How a family of versions writes what differs between them. */
interface Notation {
  /** The part of an operation that takes a body. */
  body(schema: SchemaName): object;
  /** One answer. */
  response(description: string, schema: SchemaName | { type: string }): object;
  /** A parameter of the query string. */
  query(name: string, words: readonly string[]): object;
}

const SWAGGER_2: Notation = {
  body: (schema) => ({
    parameters: [
      { name: "serviceInputPayload", in: "body", required: true, schema: reference2(schema) },
    ],
  }),
  response: (description, schema) => ({
    description,
    schema: typeof schema === "string" ? reference2(schema) : schema,
  }),
  query: (name, words) => ({ name, in: "query", required: false, type: "string", enum: words }),
};

const OPENAPI_3: Notation = {
  body: (schema) => ({
    requestBody: {
      required: true,
      content: { "application/json": { schema: reference3(schema) } },
    },
  }),
  response: (description, schema) => ({
    description,
    content:
      typeof schema === "string"
        ? { "application/json": { schema: reference3(schema) } }
        : { "*/*": { schema } },
  }),
  query: (name, words) => ({
    name,
    in: "query",
    required: false,
    schema: { type: "string", enum: words },
  }),
};

function pathsOf({ body, response, query }: Notation): object {
  const failed = response("The service refuses or fails; the message says why.", "ErrorResponse");
  const healthy = response("The service is up: Healthy.", { type: "string" });
  const scored = response("One row for each row of the input.", "ServiceOutput");
  const document = response("This document.", { type: "object" });
  return {
    "/": {
      get: { operationId: "ServiceHealthCheck", responses: { "200": healthy, default: failed } },
    },
    "/score": {
      post: {
        operationId: "RunMLService",
        security: [{ Bearer: [] }],
        ...body("ServiceInput"),
        responses: { "200": scored, default: failed },
      },
    },
    "/swagger.json": {
      get: {
        operationId: "GetSwaggerSpec",
        parameters: [query("version", SWAGGER_VERSIONS)],
        responses: { "200": document, default: failed },
      },
    },
  };
}

/** @param oneOf - A schema that any of some alternatives meets. */
function schemasOf(oneOf: (...alternatives: object[]) => object) {
  const text = { type: "string" };
  const pair = {
    type: "object",
    required: ["text"],
    properties: { text, text_pair: text },
  };
  const columns = { type: "object", description: "One column of texts, or two of pairs." };
  const score = { type: "number", format: "double" };
  return {
    ServiceInput: {
      type: "object",
      required: ["input_data"],
      properties: {
        input_data: {
          description:
            "A text, a list of texts or of pairs, an object of columns, or a split frame.",
          ...oneOf(text, { type: "array", items: oneOf(text, pair) }, columns),
        },
        params: { type: "object", description: "Parameters of the Hugging Face pipeline." },
      },
      example: { input_data: [{ text: "query", text_pair: "document" }] },
    },
    ServiceOutput: {
      type: "array",
      items: oneOf(
        { type: "object", required: ["0"], properties: { "0": text } },
        { type: "object", required: ["label", "score"], properties: { label: text, score } },
        { type: "array", items: { type: "object" } },
      ),
      example: [{ label: "LABEL_0", score: 0.98 }],
    },
    ErrorResponse: { type: "object", required: ["message"], properties: { message: text } },
  };
}

function reference2(schema: SchemaName): object {
  return { $ref: `#/definitions/${schema}` };
}

function reference3(schema: SchemaName): object {
  return { $ref: `#/components/schemas/${schema}` };
}
