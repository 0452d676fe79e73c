/** The routes of files for batch jobs. */
import * as z from "zod";
import { PART_BYTES } from "../files/part-list.ts";
import { JOB_LIMITS } from "../limits.ts";
import { ownErrors } from "./error-formats.ts";
import * as schemas from "./file-schemas.ts";
import { KEEPING, READING_JSON } from "./failures.ts";
import type { Operation, Parameter } from "./operation.ts";

const { maxFileBytes, maxFileNameBytes } = JOB_LIMITS;

/** Names of files that examples of jobs read, too. */
export const PAIRS = "pairs.csv";
export const RUN = "trec/run.txt";
export const QUERIES = "trec/queries.tsv";
export const COLLECTION = "trec/collection.tsv";

const LARGE = "large.jsonl";
const UPLOAD_ID = "AK7yUxMVpBsfjfbqPTmWBYMRcqDpAF2y4e";
const PART_ETAG = "9b2cf535f27731c974343645a3985328";

const TSV = { query: "1\twhy does iron rust?\n", collection: "7\tRust forms in wet air.\n" };

const name: Parameter = {
  name: "name",
  in: "path",
  description: `At most ${maxFileNameBytes} bytes of UTF-8, percent-encoded; may have slashes, which make folders.`,
  schema: z.string().min(1),
};

const uploadId: Parameter = {
  name: "uploadId",
  in: "query",
  description: "Of an upload in parts.",
  schema: z.string().optional(),
};

const ifNoneMatch: Parameter = {
  name: "if-none-match",
  in: "header",
  description: "Not to replace a file that is there.",
  schema: z.literal("*").optional(),
};

const named = {
  path: "/files/{name}",
  tag: "Batch",
  failures: [
    ...KEEPING,
    {
      kind: "invalid_value",
      param: "name",
      problem: "must not begin or end with a slash, or have two in a row",
    },
    {
      kind: "over_limit",
      limit: "maxFileNameBytes",
      actual: maxFileNameBytes + 1,
      param: "name",
    },
  ],
  errors: [ownErrors],
} as const satisfies Partial<Operation>;

const tooLarge = {
  kind: "over_limit",
  limit: "maxFileBytes",
  actual: maxFileBytes + 1,
  param: "body",
} as const;

const put: Operation = {
  ...named,
  method: "put",
  summary: "Upload a file, or one part of it",
  parameters: [
    name,
    uploadId,
    {
      name: "partNumber",
      in: "query",
      description: "Of an upload in parts, from 1.",
      schema: z.int().min(1).max(10_000).optional(),
    },
    ifNoneMatch,
  ],
  request: schemas.fileBytes,
  requestType: "application/octet-stream",
  isRequestOptional: true,
  examples: {
    pairs: {
      path: { name: PAIRS },
      body: "query,document\nWhy does iron rust?,Rust forms when iron meets water.\n",
    },
    run: { path: { name: RUN }, body: "1 Q0 7 1 12.5 bm25\n" },
    queries: { path: { name: QUERIES }, body: TSV.query },
    collection: { path: { name: COLLECTION }, body: TSV.collection },
    part: {
      path: { name: LARGE },
      query: { uploadId: UPLOAD_ID, partNumber: "1" },
      body: '{"input_string": "Iron rusts."}\n',
      status: 200,
      step: 1,
      gives: { etag: PART_ETAG },
    },
  },
  answer: { status: 201, description: "The file, which is new.", schema: schemas.file },
  otherAnswers: [
    { description: "The file, which has replaced one; or the part.", schema: schemas.fileOrPart },
  ],
  failures: [
    tooLarge,
    ...named.failures,
    "file_exists",
    "length_required",
    "invalid_upload",
    "unknown_upload",
    "client_gone",
  ],
};

const post: Operation = {
  ...named,
  method: "post",
  summary: "Begin or complete an upload in parts",
  parameters: [
    name,
    {
      name: "uploads",
      in: "query",
      description: "Begins one; has no value.",
      schema: z.literal("").optional(),
    },
    { ...uploadId, description: "Completes that one, with the parts that the body lists." },
    ifNoneMatch,
  ],
  request: schemas.completion,
  isRequestOptional: true,
  examples: {
    begin: { path: { name: LARGE }, query: { uploads: "" }, gives: { uploadId: UPLOAD_ID } },
    complete: {
      path: { name: LARGE },
      query: { uploadId: UPLOAD_ID },
      body: { parts: [{ partNumber: 1, etag: PART_ETAG }] },
      step: 2,
    },
  },
  answer: {
    status: 201,
    description: `The upload, whose parts but the last have ${PART_BYTES} bytes; or the complete file.`,
    schema: schemas.fileOrUpload,
  },
  failures: [...named.failures, ...READING_JSON, "file_exists", "invalid_upload", "unknown_upload"],
};

const list: Operation = {
  method: "get",
  path: "/files",
  tag: "Batch",
  summary: "The caller's files, by name",
  parameters: [
    {
      name: "prefix",
      in: "query",
      description: "Beginning of their names.",
      schema: z.string().optional(),
    },
    {
      name: "limit",
      in: "query",
      description: "Files of a page; 100 by default.",
      schema: z.int().min(1).max(1_000).optional(),
    },
    { name: "cursor", in: "query", description: "Of a nextLink.", schema: z.string().optional() },
  ],
  examples: { all: {}, folder: { query: { prefix: "trec/", limit: "10" } } },
  answer: { description: "A page of them.", schema: schemas.fileList },
  failures: [
    ...KEEPING,
    { kind: "invalid_value", param: "limit", problem: "must be a number from 1 to 1000" },
    {
      kind: "over_limit",
      limit: "maxFileNameBytes",
      actual: maxFileNameBytes + 1,
      param: "prefix",
    },
  ],
  errors: [ownErrors],
};

const show: Operation = {
  ...named,
  method: "get",
  summary: "What a file is, without its content",
  parameters: [name],
  examples: { pairs: { path: { name: PAIRS } } },
  answer: { description: "The file.", schema: schemas.file },
  failures: [...named.failures, "unknown_file"],
};

const remove: Operation = {
  ...named,
  method: "delete",
  summary: "Delete a file, or give up an upload",
  parameters: [name, { ...uploadId, description: "Gives up that one; the file stays." }],
  examples: { large: { path: { name: LARGE }, step: 3 } },
  answer: { status: 204, description: "It is deleted." },
  failures: [...named.failures, "unknown_file", "unknown_upload"],
};

export const FILE_OPERATIONS: readonly Operation[] = [put, post, list, show, remove];
