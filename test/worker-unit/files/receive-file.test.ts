import { describe, expect, test } from "vitest";
import { publicError } from "../../../worker/errors.ts";
import { receiveFile } from "../../../worker/files/receive-file.ts";
import { JOB_LIMITS } from "../../../worker/limits.ts";

/** A bucket that must not be reached. */
const NO_BUCKET = {} as R2Bucket;

function upload(body: ReadableStream, headers: Record<string, string>): Request {
  return { body, headers: new Headers(headers), signal: AbortSignal.any([]) } as Request;
}

describe("a file that is too large", () => {
  test("is refused by its declared size, before it is read", async () => {
    const body = new ReadableStream({ pull: () => expect.unreachable() }, { highWaterMark: 0 });
    const request = upload(body, { "content-length": String(JOB_LIMITS.maxFileBytes + 1) });
    const received = await receiveFile(NO_BUCKET, "key", request, true);
    if (received.ok) throw new Error("it was taken");
    expect(publicError(received.failure)).toMatchObject({
      status: 413,
      message: "body is over the limit maxFileBytes of 5368709120: it has 5368709121.",
    });
  });

  test("is refused once it has come too far, if it declares none", async () => {
    // Only its length is looked at; so many bytes would take seconds.
    const chunk = { length: JOB_LIMITS.maxFileBytes + 1 };
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
    expect(await receiveFile(NO_BUCKET, "key", upload(body, {}), true)).toMatchObject({
      failure: { kind: "over_limit", limit: "maxFileBytes", atLeast: true, param: "body" },
    });
  });
});
