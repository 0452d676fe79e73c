/** The route of a job's results. */
import * as z from "zod";
import { CONTENT_TYPES } from "../jobs/output/merge-parts.ts";
import { byName, jobName, ONE_JOB } from "./one-job.ts";
import * as schemas from "./job-schemas.ts";
import type { Operation, Parameter } from "./operation.ts";

const RANGE = "Which bytes of how many.";

const sent = { etag: "Of the file, which never changes.", "accept-ranges": "bytes." };

const MEDIA_TYPES = [...new Set(Object.values(CONTENT_TYPES).map((type) => type.split(";")[0]!))];

const conditional = (header: string, description: string): Parameter => ({
  name: header,
  in: "header",
  description,
  schema: z.string().optional(),
});

export const results: Operation = {
  ...ONE_JOB,
  method: "get",
  path: "/jobs/{name}/results",
  summary: "Results of a job that has ended, whole or a range of their bytes",
  parameters: [
    jobName,
    {
      name: "format",
      in: "query",
      description: "csv, the default, is Azure's predictions.csv.",
      schema: z.enum(schemas.RESULT_FORMATS).optional(),
    },
    conditional("range", "Such as bytes=1000-: one range; another form is ignored."),
    conditional("if-range", "An ETag: of another file, all is sent."),
    conditional("if-none-match", "ETags of files that the caller has."),
  ],
  examples: {
    predictions: byName,
    lines: { ...byName, query: { format: "jsonl" } },
    begin: { ...byName, headers: { range: "bytes=0-9" }, status: 206 },
    beyond: { ...byName, headers: { range: "bytes=1000000-" }, status: 416 },
    unchanged: { ...byName, headers: { "if-none-match": "*" }, status: 304 },
  },
  answer: {
    description: "The whole file.",
    contentTypes: MEDIA_TYPES,
    schema: schemas.result,
    headers: { ...sent, "content-disposition": "The file's name." },
  },
  otherAnswers: [
    {
      status: 206,
      description: "The range.",
      contentTypes: MEDIA_TYPES,
      schema: schemas.result,
      headers: { ...sent, "content-range": RANGE },
    },
    { status: 304, description: "The caller has it.", headers: sent },
    {
      status: 416,
      description: "The range begins behind the end.",
      headers: { ...sent, "content-range": RANGE },
    },
  ],
  failures: [
    ...ONE_JOB.failures,
    {
      kind: "invalid_value",
      param: "format",
      problem: `must be ${schemas.RESULT_FORMATS.join(", ")}`,
    },
    "job_not_ended",
    "no_such_result",
  ],
};
