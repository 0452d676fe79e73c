import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { publicError } from "../../worker/public-error.ts";
import { listFolder, resolveAddress, statFile } from "../../worker/jobs/input-address.ts";
import { useBucket } from "./bucket.ts";

const SCOPE = "0123456789abcdef0123456789abcdef";
const PREFIX = `${SCOPE}/files/`;

const resolve = (uri: string, type: "UriFile" | "UriFolder" | "MLTable" = "UriFile") =>
  resolveAddress(uri, type, SCOPE, "rerank-jobs");

describe("an address that is read", () => {
  test.each([
    ["files/pairs.csv", "pairs.csv"],
    ["files/a/b.csv", "a/b.csv"],
    ["files/a:b", "a:b"],
    ["files/https:", "https:"],
    ["files/100%.csv", "100%.csv"],
    [`r2://rerank-jobs/${PREFIX}a/b.csv`, "a/b.csv"],
  ])("%s is a file", (uri, name) => {
    expect(resolve(uri)).toEqual({ ok: true, value: { kind: "file", key: PREFIX + name } });
  });

  test.each([
    ["files/a/", "a/"],
    ["files/a", "a/"],
    ["files/a/b/", "a/b/"],
    ["files/", ""],
    [`r2://rerank-jobs/${PREFIX}a/`, "a/"],
    [`r2://rerank-jobs/${PREFIX}`, ""],
  ])("%s is a folder", (uri, name) => {
    expect(resolve(uri, "UriFolder")).toEqual({
      ok: true,
      value: { kind: "folder", key: PREFIX + name },
    });
  });
});

describe("an address that is refused says why", () => {
  test.each([
    ["", "empty"],
    ["https://example.com/pairs.csv", "on the web"],
    ["HTTPS://example.com/pairs.csv", "on the web"],
    ["http://169.254.169.254/", "on the web"],
    ["file:///etc/passwd", "file of a machine"],
    ["azureml:pairs:1", "Azure ML workspace"],
    ["azureml://datastores/a/paths/b", "Azure ML workspace"],
    ["wasbs://c@a.blob.core.windows.net/x", "Azure's storage"],
    ["abfss://c@a.dfs.core.windows.net/x", "Azure's storage"],
    ["data:text/csv,a", "data in itself"],
    ["s3://bucket/key", "S3"],
    ["constructor:x", "not known"],
    ["C:\\pairs.csv", "not known"],
    ["R2://rerank-jobs/x", "lower case"],
    ["r2:rerank-jobs/x", "r2://"],
    ["/files/pairs.csv", "absolute"],
    ["//files/pairs.csv", "absolute"],
    ["\\\\host\\share", "absolute"],
    ["pairs.csv", "must begin with"],
    ["Files/pairs.csv", "must begin with"],
    [" files/pairs.csv", "must begin with"],
    ["../files/pairs.csv", "must begin with"],
    ["\0", "must begin with"],
    ["files/../jobs/x", "segment"],
    ["files/..", "segment"],
    ["files/./a", "segment"],
    ["files//a", "slash"],
    ["files/a\\..\\b", "backslash"],
    ["files/a\0", "control"],
    ["files/%2e%2e/jobs/x", "percent"],
    ["files/a%2F..%2Fb", "percent"],
    ["files/%252e%252e/x", "percent"],
    ["files/a/", "ends with a slash"],
    ["files/", "ends with a slash"],
    ["r2://another/key", "another bucket"],
    ["r2://rerank-jobs@another/key", "another bucket"],
    ["r2://rerank-jobs.example/key", "another bucket"],
    ["r2:///key", "another bucket"],
    ["r2://", "another bucket"],
    ["r2://rerank-jobs", "not among your files"],
    ["r2://rerank-jobs/", "not among your files"],
    ["r2://rerank-jobs/public/files/a", "not among your files"],
    [`r2://rerank-jobs/${SCOPE}/jobs/a`, "not among your files"],
    [`r2://rerank-jobs/${SCOPE}/files`, "not among your files"],
    [`r2://rerank-jobs/x/../${PREFIX}a`, "not among your files"],
    [`r2://rerank-jobs//${PREFIX}a`, "not among your files"],
    [`r2://rerank-jobs/${PREFIX}../jobs/a`, "segment"],
  ])("%j: %s", (uri, problem) => {
    const resolved = resolve(uri);
    if (resolved.ok) throw new Error("it was not refused");
    expect(resolved.failure.kind).toBe("input_address");
    const { status, message } = publicError(resolved.failure);
    expect(status).toBe(400);
    expect(message).toContain(problem);
  });

  test("a folder with two slashes at its end, and one that climbs", () => {
    for (const uri of [
      "files/a//",
      "files//",
      "files/../",
      "files/a/../",
      `r2://rerank-jobs/${PREFIX}/`,
    ]) {
      expect(resolve(uri, "UriFolder")).toMatchObject({ failure: { kind: "input_address" } });
    }
  });

  test("an MLTable, by its name", () => {
    expect(resolve("files/a", "MLTable")).toMatchObject({
      failure: { problem: expect.stringContaining("MLTable") as string },
    });
  });

  test("a name that is too long, with the limit", () => {
    expect(resolve(`files/${"a".repeat(513)}`)).toMatchObject({
      failure: { kind: "over_limit", limit: "maxFileNameBytes", actual: 513 },
    });
  });
});

test("no address leads out of the caller's files", () => {
  const piece = fc.constantFrom(
    ..."files/ / .. . \\ %2e %2F %25 r2:// rerank-jobs jobs public \0 a é".split(" "),
    PREFIX,
    SCOPE,
    "\ud800",
  );
  const start = fc.constantFrom("", "files/", "r2://", `r2://rerank-jobs/${PREFIX}`);
  const uri = fc.oneof(
    fc.tuple(start, fc.array(piece, { maxLength: 8 })).map(([head, rest]) => head + rest.join("")),
    fc.tuple(start, fc.string({ unit: "binary" })).map(([head, rest]) => head + rest),
  );
  let read = 0;
  fc.assert(
    fc.property(uri, fc.constantFrom("UriFile", "UriFolder"), (address, type) => {
      const resolved = resolve(address, type);
      if (!resolved.ok) return;
      read++;
      const { kind, key } = resolved.value;
      expect(key.startsWith(PREFIX)).toBe(true);
      expect(key.split("/")).not.toContain("..");
      expect(key.split("/")).not.toContain(".");
      expect(key).not.toMatch(/\\|\p{Cc}|%2|\/\//iu);
      expect(key.endsWith("/")).toBe(kind === "folder");
    }),
    { numRuns: 5_000 },
  );
  expect(read).toBeGreaterThan(100);
});

describe("what an address names", () => {
  const bucket = useBucket();
  beforeAll(async () => {
    for (const name of ["b.csv", "a.csv", "é.csv", "A.csv", "sub/c.csv", "sub/d/e.csv"]) {
      await bucket().put(`${PREFIX}folder/${name}`, name);
    }
    await bucket().put(`${PREFIX}folder/`, "");
    await bucket().put(`${PREFIX}folder.csv`, "beside it");
    await bucket().put(`${PREFIX}marker/`, "");
    await bucket().put(`${PREFIX}nested/x/y.csv`, "y");
  });

  test("a file, with its size and version", async () => {
    const object = await bucket().head(`${PREFIX}folder/a.csv`);
    expect(await statFile(bucket(), `${PREFIX}folder/a.csv`)).toEqual({
      ok: true,
      value: { key: `${PREFIX}folder/a.csv`, name: "a.csv", bytes: 5, etag: object!.etag },
    });
  });

  test("a file that is not there is refused", async () => {
    expect(await statFile(bucket(), `${PREFIX}none`)).toMatchObject({
      failure: { kind: "input_address" },
    });
  });

  test("a folder has the files directly in it, by their names", async () => {
    const listed = await listFolder(bucket(), `${PREFIX}folder/`);
    if (!listed.ok) throw new Error(listed.failure.kind);
    expect(listed.value.map(({ name }) => name)).toEqual(["A.csv", "a.csv", "b.csv", "é.csv"]);
  });

  test.each(["none/", "marker/", "nested/"])("%s has no files and is refused", async (folder) => {
    expect(await listFolder(bucket(), PREFIX + folder)).toMatchObject({
      failure: { kind: "input_address" },
    });
  });

  test("a folder of more than one page is read to its end, one of too many files is refused", async () => {
    const pageOf = (page: number, files: number) => ({
      objects: Array.from({ length: files }, (_, index) => ({
        key: `${PREFIX}many/${page}-${index}`,
        size: 1,
        etag: "e",
      })),
      delimitedPrefixes: [],
    });
    const withPages = (pages: number) =>
      ({
        list: ({ cursor = "0" }: R2ListOptions) => {
          const page = Number(cursor);
          const truncated = page < pages - 1;
          return { ...pageOf(page, 1_000), truncated, cursor: String(page + 1) };
        },
      }) as unknown as R2Bucket;
    const listed = await listFolder(withPages(10), `${PREFIX}many/`);
    expect(listed.ok && listed.value.length).toBe(10_000);
    expect(await listFolder(withPages(11), `${PREFIX}many/`)).toMatchObject({
      failure: { kind: "over_limit", limit: "maxJobFiles", actual: 11_000 },
    });
  });
});
