/** Files for batch jobs to read: uploaded in one go or in parts, listed, and deleted. */
import { scopeOf } from "../caller.ts";
import { fail, ok, type Result } from "../errors.ts";
import { fileNameOf } from "../files/file-name.ts";
import { listFiles, parseFileQuery } from "../files/list-files.ts";
import { abortUpload, beginUpload, completeUpload, putPart } from "../files/part-uploads.ts";
import { receiveFile } from "../files/receive-file.ts";
import { describeFile } from "../files/stored-file.ts";
import { filePrefix } from "../jobs/job-keys.ts";
import { ownErrorBody } from "../protocols/own-errors.ts";
import { SETTINGS } from "../deployed-settings.ts";
import { addRoute, callerOf, refuse, type App, type AppContext } from "./route.ts";

/** A request about one file. */
interface FileRequest {
  bucket: R2Bucket;
  scope: string;
  key: string;
  /** Of an upload in parts. */
  uploadId: string | undefined;
}

export function addFileRoutes(app: App): void {
  addRoute(app, "GET", "/files", ownErrorBody, list);
  addRoute(
    app,
    ["GET", "HEAD", "PUT", "POST", "DELETE"],
    "/files/:name{[\\s\\S]+}",
    ownErrorBody,
    one,
  );
}

async function list(c: AppContext): Promise<Response> {
  const bucket = c.env.JOB_BUCKET;
  if (bucket === undefined || !SETTINGS.ok) return refuse(c, { kind: "jobs_not_set_up" });
  const query = parseFileQuery(c.req.query());
  if (!query.ok) return refuse(c, query.failure);
  const scope = await scopeOf(callerOf(c), c.req.raw.headers);
  const page = await listFiles(bucket, scope, query.value);
  return c.json({
    ...page,
    bucket: SETTINGS.value.jobs.bucketName,
    prefix: filePrefix(scope),
  });
}

async function one(c: AppContext): Promise<Response> {
  const file = await fileRequest(c);
  const response = file.ok ? await respond(c, file.value) : file;
  return response.ok ? response.value : refuse(c, response.failure);
}

async function fileRequest(c: AppContext): Promise<Result<FileRequest>> {
  const bucket = c.env.JOB_BUCKET;
  if (bucket === undefined) return fail({ kind: "jobs_not_set_up" });
  const name = fileNameOf(c.req.url);
  if (!name.ok) return name;
  const uploadId = c.req.query("uploadId");
  if (uploadId !== undefined && !/^[\x21-\x7e]{1,1024}$/.test(uploadId)) {
    return fail({ kind: "unknown_upload" });
  }
  const scope = await scopeOf(callerOf(c), c.req.raw.headers);
  return ok({ bucket, scope, key: filePrefix(scope) + name.value, uploadId });
}

function respond(c: AppContext, file: FileRequest): Promise<Result<Response>> {
  const inParts = file.uploadId !== undefined;
  switch (c.req.method) {
    case "PUT":
      return inParts ? part(c, file, file.uploadId!) : whole(c, file);
    case "POST":
      return inParts ? complete(c, file, file.uploadId!) : begin(c, file);
    case "DELETE":
      return inParts ? abort(c, file, file.uploadId!) : remove(c, file);
    default:
      return show(c, file);
  }
}

async function show(c: AppContext, { bucket, scope, key }: FileRequest): Promise<Result<Response>> {
  const object = await bucket.head(key);
  return object === null ? fail({ kind: "unknown_file" }) : ok(c.json(describeFile(object, scope)));
}

async function remove(c: AppContext, { bucket, key }: FileRequest): Promise<Result<Response>> {
  if ((await bucket.head(key)) === null) return fail({ kind: "unknown_file" });
  await bucket.delete(key);
  return ok(c.body(null, 204));
}

async function whole(
  c: AppContext,
  { bucket, scope, key }: FileRequest,
): Promise<Result<Response>> {
  if (c.req.query("partNumber") !== undefined) {
    const problem = "is missing, and partNumber says that the body is a part of an upload";
    return fail({ kind: "invalid_value", param: "uploadId", problem });
  }
  const mayReplace = mayReplaceFile(c);
  if (!mayReplace.ok) return mayReplace;
  const wasThere = (await bucket.head(key)) !== null;
  if (wasThere && !mayReplace.value) return fail({ kind: "file_exists" });
  const stored = await receiveFile(bucket, key, c.req.raw, mayReplace.value);
  if (!stored.ok) return stored;
  return ok(c.json(describeFile(stored.value, scope), wasThere ? 200 : 201));
}

async function begin(c: AppContext, { bucket, key }: FileRequest): Promise<Result<Response>> {
  if (c.req.query("uploads") === undefined) {
    const problem =
      "is missing: a file is sent with PUT, and an upload in parts begins with ?uploads";
    return fail({ kind: "invalid_value", param: "uploads", problem });
  }
  const mayReplace = mayReplaceFile(c);
  if (!mayReplace.ok) return mayReplace;
  if (!mayReplace.value && (await bucket.head(key)) !== null) return fail({ kind: "file_exists" });
  return ok(c.json(await beginUpload(bucket, key), 201));
}

async function part(
  c: AppContext,
  { bucket, key }: FileRequest,
  uploadId: string,
): Promise<Result<Response>> {
  const partNumber = c.req.query("partNumber") ?? "";
  const uploaded = await putPart(bucket, key, uploadId, partNumber, c.req.raw);
  return uploaded.ok ? ok(c.json(uploaded.value)) : uploaded;
}

async function complete(
  c: AppContext,
  { bucket, scope, key }: FileRequest,
  uploadId: string,
): Promise<Result<Response>> {
  const stored = await completeUpload(bucket, key, uploadId, c.req.raw);
  return stored.ok ? ok(c.json(describeFile(stored.value, scope), 201)) : stored;
}

async function abort(
  c: AppContext,
  { bucket, key }: FileRequest,
  uploadId: string,
): Promise<Result<Response>> {
  const aborted = await abortUpload(bucket, key, uploadId);
  return aborted.ok ? ok(c.body(null, 204)) : aborted;
}

/** A condition that is not known is refused, since to ignore it could destroy a file. */
function mayReplaceFile(c: AppContext): Result<boolean> {
  const ifNoneMatch = c.req.header("if-none-match");
  if (c.req.header("if-match") !== undefined) {
    const problem = "is not supported here; If-None-Match: * is";
    return fail({ kind: "invalid_value", param: "if-match", problem });
  }
  if (ifNoneMatch === undefined || ifNoneMatch.trim() === "*") return ok(ifNoneMatch === undefined);
  return fail({ kind: "invalid_value", param: "if-none-match", problem: "must be *" });
}
