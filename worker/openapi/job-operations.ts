/** The routes of batch jobs. */
import * as z from "zod";
import { JOB_LIMITS } from "../limits.ts";
import { CHARGED, KEEPING, READING_JSON } from "./failures.ts";
import { COLLECTION, PAIRS, QUERIES, RUN } from "./file-operations.ts";
import { BATCH, JOB_NAME, ONE_JOB } from "./one-job.ts";
import { results } from "./job-results-operation.ts";
import * as schemas from "./job-schemas.ts";
import type { Operation } from "./operation.ts";

const file = (fileName: string) => ({ JobInputType: "UriFile", Uri: `files/${fileName}` });

const submit: Operation = {
  ...BATCH,
  method: "post",
  path: "/jobs",
  summary: "Start a job, as Azure ML's batch endpoints have it",
  parameters: [
    {
      name: "idempotency-key",
      in: "header",
      description: "A repeated request with the same key and body starts no other job.",
      schema: z.string().optional(),
    },
    {
      name: "azureml-model-deployment",
      in: "header",
      description: "The deployment whose model scores, as at /score.",
      schema: z.string().optional(),
    },
  ],
  request: schemas.jobRequest,
  examples: {
    pairs: {
      body: { properties: { InputData: { pairs: file(PAIRS) } } },
      gives: { name: JOB_NAME },
    },
    options: {
      headers: { "idempotency-key": "nightly-2026-11-27" },
      body: {
        properties: {
          InputData: { pairs: file(PAIRS) },
          errorThreshold: 10,
          retrySettings: { maxRetries: 5, timeout: "PT5M" },
          tags: { run: "nightly" },
          properties: { experimentName: "rust", inputFormat: "csv", route: "auto" },
        },
      },
    },
    run: {
      body: {
        properties: {
          InputData: { run: file(RUN), queries: file(QUERIES), collection: file(COLLECTION) },
        },
      },
    },
    older: {
      body: { properties: { dataset: { dataInputType: "DataUrl", Path: `files/${PAIRS}` } } },
    },
  },
  answer: {
    status: 201,
    description: "The job, which is new.",
    schema: schemas.job,
    headers: { location: "Path of the job." },
  },
  otherAnswers: [
    {
      description: "The job that the idempotency-key has started before.",
      schema: schemas.job,
      headers: { location: "Path of the job." },
    },
  ],
  failures: [
    {
      kind: "invalid_value",
      param: "properties.InputData",
      problem: "must name one input, such as a UriFile",
    },
    {
      kind: "over_limit",
      limit: "maxJobBodyBytes",
      actual: JOB_LIMITS.maxJobBodyBytes + 1,
      param: "body",
    },
    ...KEEPING,
    ...CHARGED,
    ...READING_JSON,
    "wrong_content_type",
    "input_address",
    "unknown_deployment",
    "unknown_model",
    "model_unavailable",
    "key_reused",
    {
      kind: "header_too_long",
      names: "idempotency-key",
      maxChars: JOB_LIMITS.maxIdempotencyKeyChars,
    },
    "output_exists",
    "too_many_jobs",
  ],
};

const list: Operation = {
  ...BATCH,
  method: "get",
  path: "/jobs",
  summary: "The caller's jobs, the youngest first",
  parameters: [
    {
      name: "limit",
      in: "query",
      description: "Jobs of a page; 20 by default.",
      schema: z.int().min(1).max(100).optional(),
    },
    { name: "cursor", in: "query", description: "Of a nextLink.", schema: z.string().optional() },
  ],
  examples: { newest: {}, few: { query: { limit: "2" } } },
  answer: { description: "A page of them.", schema: schemas.jobList },
  failures: [
    ...KEEPING,
    { kind: "invalid_value", param: "limit", problem: "must be a whole number from 1 to 100" },
  ],
};

const show: Operation = {
  ...ONE_JOB,
  method: "get",
  path: "/jobs/{name}",
  summary: "What has become of a job",
  answer: { description: "The job.", schema: schemas.job },
};

const events: Operation = {
  ...ONE_JOB,
  method: "get",
  path: "/jobs/{name}/events",
  summary: "A job's progress, as it goes on",
  answer: {
    description: "Server-sent events, until the job has ended.",
    contentTypes: ["text/event-stream"],
    schema: schemas.events,
  },
};

const cancel: Operation = {
  ...ONE_JOB,
  method: "post",
  path: "/jobs/{name}/cancel",
  summary: "Let a job end before its rows do",
  answer: {
    status: 202,
    description: "The job, which will end soon, or has ended.",
    schema: schemas.job,
  },
};

const remove: Operation = {
  ...ONE_JOB,
  method: "delete",
  path: "/jobs/{name}",
  summary: "Delete a job that has ended, with its results",
  answer: { status: 204, description: "It is deleted." },
  failures: [...ONE_JOB.failures, "job_not_ended"],
};

export const JOB_OPERATIONS: readonly Operation[] = [
  submit,
  list,
  show,
  events,
  results,
  cancel,
  remove,
];
