import { loadOnnxRuntime } from "../peers/onnxruntime.ts";
import type { Peers } from "../peers/prepare.ts";
import { startTransformersJs } from "../peers/transformers-js-subject.ts";
import type { Subject } from "../subject.ts";

/** transformers.js where there is no native code, as in a browser: on onnxruntime-web. One thread, q8. */
export function start(peers: Peers): Promise<Subject> {
  // Where transformers.js looks for a runtime that its host brings.
  Object.assign(globalThis, { [Symbol.for("onnxruntime")]: loadOnnxRuntime("onnxruntime-web") });
  return startTransformersJs(peers, "auto");
}
