/** The parts that a file is uploaded in, as the body that completes it lists them. Pure. */
import * as z from "zod";
import { fail, ok, type Result } from "../errors.ts";
import { JOB_LIMITS } from "../limits.ts";
import { isNotEmpty, validate } from "../protocols/validate.ts";

/** Bytes of every part but the last, which has at most as many. */
export const PART_BYTES = 16 * 1024 * 1024;

/** Parts of the largest file. */
export const MAX_PARTS = JOB_LIMITS.maxFileBytes / PART_BYTES;

export interface UploadedPart {
  /** From 1. */
  partNumber: number;
  etag: string;
}

const completion = z.object(
  {
    parts: z
      .array(
        z.object(
          {
            partNumber: z.int({ error: "must be a whole number" }),
            etag: z.string({ error: "must be a string" }),
          },
          { error: "must be an object" },
        ),
        { error: "must be a list" },
      )
      .refine(isNotEmpty, { error: "must not be empty" })
      .refine(({ length }) => length <= MAX_PARTS, {
        error: `must not have more than ${MAX_PARTS} parts`,
      })
      .meta({ minItems: 1, maxItems: MAX_PARTS }),
  },
  { error: "must be a JSON object" },
);

/** The parts in their order: numbered from 1 on, each once and without a gap. */
export function parsePartList(body: unknown): Result<UploadedPart[]> {
  const parsed = validate(completion, body);
  if (!parsed.ok) return parsed;
  const parts = parsed.value.parts.sort((one, other) => one.partNumber - other.partNumber);
  if (parts.some(({ partNumber }, index) => partNumber !== index + 1)) {
    const problem = "the parts must be numbered from 1 on, each once and without a gap";
    return fail({ kind: "invalid_upload", problem });
  }
  return ok(parts);
}
