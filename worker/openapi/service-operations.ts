/** The routes at which the service tells about itself. */
import * as z from "zod";
import { SWAGGER_VERSIONS } from "../protocols/azure-ml-swagger.ts";
import { azureMlErrors, ownErrors } from "./error-formats.ts";
import { GUARDED, READING } from "./failures.ts";
import type { Answer, Operation } from "./operation.ts";
import * as answers from "./service-answers.ts";

const reading = {
  method: "get",
  tag: "Service",
  examples: { plain: {} },
  failures: READING,
  errors: [ownErrors],
} as const;

const health = { description: "The service is up.", schema: answers.health };
const models = { description: "The model under each of its names.", schema: answers.models };

const ANSWERS: Readonly<Record<string, [summary: string, answer: Answer]>> = {
  "/health": ["Whether the service is up", health],
  "/ping": ["The same, under SageMaker's name", health],
  "/info": [
    "Version, model, labels and limits",
    { description: "What the service is.", schema: answers.info },
  ],
  "/metrics": [
    "What this isolate has done, for Prometheus",
    {
      description: "Prometheus' text format.",
      contentTypes: ["text/plain"],
      schema: answers.plainText,
    },
  ],
  "/v1/models": ["The models, as OpenAI has it", models],
  "/models": ["The models, as OpenAI has it", models],
  "/infinity/models": [
    "The models, as Infinity has it",
    { description: models.description, schema: answers.infinityModels },
  ],
};

/** What needs a key. */
const GUARDED_PATHS = ["/metrics"];

const azureMl = { ...reading, failures: [...READING, "header_too_long"] } as const;

export const SERVICE_OPERATIONS: readonly Operation[] = [
  {
    ...azureMl,
    path: "/",
    summary: "Azure ML's probe; a browser is sent to the playground",
    answer: {
      description: "Healthy.",
      contentTypes: ["text/html"],
      schema: answers.plainText,
      redirect: "/playground",
    },
    errors: [ownErrors, azureMlErrors],
  },
  ...Object.entries(ANSWERS).map(([path, [summary, answer]]) => ({
    ...reading,
    ...(GUARDED_PATHS.includes(path) && { failures: [...READING, ...GUARDED] }),
    path,
    summary,
    answer,
  })),
  {
    ...reading,
    path: "/ready",
    summary: "Whether the default model is loaded and computes right",
    answer: { description: "It does.", schema: answers.ready },
    failures: [...READING, "not_ready"],
  },
  {
    ...azureMl,
    path: "/swagger.json",
    summary: "What /score takes and answers, for Azure ML's tools",
    parameters: [
      {
        name: "version",
        in: "query",
        description: "Of the format.",
        schema: z.enum(SWAGGER_VERSIONS).optional(),
      },
    ],
    examples: { plain: {}, newest: { query: { version: "3.1" } } },
    answer: { description: "The description.", schema: answers.swagger },
    failures: [...azureMl.failures, "unknown_swagger_version"],
    errors: [azureMlErrors],
  },
];
