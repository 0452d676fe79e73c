/** The addresses in a job's body: what they name in the bucket, and why most are not read. */
import { fail, ok, type Failure, type Result } from "../errors.ts";
import { checkFileName } from "../files/file-name.ts";
import { JOB_LIMITS } from "../limits.ts";
import { filePrefix } from "./job-keys.ts";
import type { InputFile } from "./source.ts";

/** What an address names: an object's key, or the prefix of a folder's objects, which ends with a slash. */
export interface Resolved {
  kind: "file" | "folder";
  /** Begins with the caller's {@link filePrefix}. */
  key: string;
}

/** What stands before the colon of addresses that people try, and what becomes of those. */
const SCHEMES: Readonly<Record<string, string>> = {
  http: "is on the web",
  https: "is on the web",
  ftp: "is on the web",
  file: "is a file of a machine",
  data: "has the data in itself",
  azureml: "is in an Azure ML workspace",
  wasb: "is in Azure's storage",
  wasbs: "is in Azure's storage",
  abfs: "is in Azure's storage",
  abfss: "is in Azure's storage",
  adl: "is in Azure's storage",
  s3: "is in S3",
  gs: "is in Google's storage",
};

/**
 * The key that an address means: `files/NAME`, `files/FOLDER/` or, for the same, `r2://BUCKET/SCOPE/files/NAME`. Names are taken as
 * they are, without decoding. Whether anything is there is not looked up. Pure.
 *
 * @param type - A folder may be written without its last slash; a file has none
 * @param bucketName - Of the only bucket that is read
 * @returns `input_address`, or `over_limit` of a name that is too long
 */
export function resolveAddress(
  uri: string,
  type: "UriFile" | "UriFolder" | "MLTable",
  scope: string,
  bucketName: string,
): Result<Resolved> {
  if (type === "MLTable")
    return refused("is an MLTable, which is not read; name a UriFile or a UriFolder");
  const path = pathOf(uri, scope, bucketName);
  if (!path.ok) return path;
  const isFolder = path.value === "" || path.value.endsWith("/");
  if (type === "UriFile" && isFolder)
    return refused("ends with a slash as a folder does, and is a UriFile");
  const name = path.value.replace(/\/$/, "");
  // The folder of all files has no name.
  const checked = name === "" && path.value === "" ? ok(name) : checkFileName(name);
  if (!checked.ok) return asAddress(checked.failure);
  const key = filePrefix(scope) + name;
  if (type === "UriFile") return ok({ kind: "file", key });
  return ok({ kind: "folder", key: name === "" ? key : `${key}/` });
}

/** What of an address stands behind the caller's prefix. */
function pathOf(uri: string, scope: string, bucketName: string): Result<string> {
  if (uri === "") return refused("must not be empty");
  if (uri.startsWith("files/")) return ok(uri.slice("files/".length));
  if (uri.startsWith("r2://")) return pathInBucket(uri.slice("r2://".length), scope, bucketName);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === "r2") return refused("must begin with r2:// in lower case");
  if (scheme !== undefined) {
    const place = Object.hasOwn(SCHEMES, scheme)
      ? SCHEMES[scheme]!
      : "has a scheme that is not known";
    return refused(
      `${place}, where this service does not read; upload the file with PUT /files/NAME and name it files/NAME`,
    );
  }
  if (/^[/\\]/.test(uri)) return refused("is an absolute path; it must begin with files/ or r2://");
  return refused("must begin with files/ or r2://");
}

function pathInBucket(address: string, scope: string, bucketName: string): Result<string> {
  const [bucket] = address.split("/", 1);
  if (bucket !== bucketName) return refused(`is in another bucket than ${bucketName}`);
  const key = address.slice(bucketName.length + 1);
  const prefix = filePrefix(scope);
  return key.startsWith(prefix)
    ? ok(key.slice(prefix.length))
    : refused(`is not among your files, which are under r2://${bucketName}/${prefix}`);
}

/** @returns `input_address` if there is no such object */
export async function statFile(bucket: R2Bucket, key: string): Promise<Result<InputFile>> {
  const object = await bucket.head(key);
  return object === null ? refused("names a file that is not there") : ok(inputFile(object));
}

/**
 * The files of a folder in the order of their names in UTF-8; folders in it are ignored, as Azure does.
 *
 * @param key - Ends with a slash
 * @returns `input_address` if there is none, `over_limit` for more than `maxJobFiles` files and folders
 */
export async function listFolder(bucket: R2Bucket, key: string): Promise<Result<InputFile[]>> {
  const files: InputFile[] = [];
  let folders = 0;
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: key, delimiter: "/", ...(cursor && { cursor }) });
    // Some tools make an empty object of the folder itself.
    files.push(...page.objects.filter((object) => object.key !== key).map(inputFile));
    folders += page.delimitedPrefixes.length;
    const entries = files.length + folders;
    if (entries > JOB_LIMITS.maxJobFiles) {
      return fail({ kind: "over_limit", limit: "maxJobFiles", actual: entries, atLeast: true });
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return files.length === 0
    ? refused("names a folder that has no files directly in it")
    : ok(files);
}

function inputFile({ key, size, etag }: R2Object): InputFile {
  return { key, name: key.slice(key.lastIndexOf("/") + 1), bytes: size, etag };
}

function refused(problem: string): Result<never> {
  return fail({ kind: "input_address", problem });
}

/** What is wrong with a name is wrong with the address. */
function asAddress(failure: Failure): Result<never> {
  return failure.kind === "invalid_value" ? refused(failure.problem) : fail(failure);
}
