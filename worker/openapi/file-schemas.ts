/** What the routes of files take and answer. */
import * as z from "zod";
import type { FileList } from "../files/list-files.ts";
import { PART_BYTES, type UploadedPart } from "../files/part-list.ts";
import type { PartUpload } from "../files/part-uploads.ts";
import type { StoredFile } from "../../sdk/index.ts";
import { either, type NamedSchema } from "./json-schema.ts";

const count = z.int().min(0);

const stored = z.strictObject({
  name: z.string(),
  bytes: count,
  etag: z.string(),
  uploadedAt: z.iso.datetime(),
  uri: z.string().describe("What a job's body calls it."),
}) satisfies z.ZodType<StoredFile>;

export const file: NamedSchema = { name: "File", schema: stored };

const uploaded = z.strictObject({
  partNumber: z.int().min(1).max(10_000),
  etag: z.string(),
}) satisfies z.ZodType<UploadedPart>;

export const fileOrPart: NamedSchema = either("FileOrPart", file, {
  name: "UploadedPart",
  schema: uploaded,
});

export const fileOrUpload: NamedSchema = either("FileOrUpload", file, {
  name: "Upload",
  schema: z.strictObject({
    uploadId: z.string(),
    partBytes: z.literal(PART_BYTES).describe("Bytes of each part but the last."),
  }) satisfies z.ZodType<PartUpload>,
});

export const fileList: NamedSchema = {
  name: "FileList",
  schema: z.strictObject({
    value: z.array(stored),
    nextLink: z.string().exactOptional().describe("Path and query of the next page."),
    bucket: z.string(),
    prefix: z.string().describe("Of the keys of all these files in the bucket."),
  }) satisfies z.ZodType<FileList>,
};

/** The bytes themselves. */
export const fileBytes: NamedSchema = {
  name: "FileBytes",
  schema: z.string().meta({ format: "binary" }),
};

export const completion: NamedSchema = {
  name: "UploadCompletion",
  schema: z.object({ parts: z.array(uploaded).min(1).describe("All of them.") }),
};
