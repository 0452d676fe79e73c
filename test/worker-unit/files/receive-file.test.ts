import { describe, expect, test, vi } from "vitest";
import { publicError } from "../../../worker/public-error.ts";
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

  test.each([-1, 0, 1])("maxFileBytes and no more is asked of the bucket: %i", async (more) => {
    const bytes = JOB_LIMITS.maxFileBytes + more;
    const Unlimited = class extends TransformStream {
      constructor() {
        super();
      }
    };
    vi.stubGlobal("FixedLengthStream", Unlimited);
    const asked: string[] = [];
    const bucket = {
      put: async (key: string, body: ReadableStream) => {
        asked.push(key);
        await body.cancel();
        return {};
      },
    };
    const body = new ReadableStream({ pull: (controller) => controller.close() });
    const request = upload(body, { "content-length": String(bytes) });
    await receiveFile(bucket as unknown as R2Bucket, "key", request, true).catch(() => undefined);
    vi.unstubAllGlobals();
    expect(asked).toEqual(more <= 0 ? ["key"] : []);
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
