import type { Peers } from "../peers/prepare.ts";
import { startTransformersJs } from "../peers/transformers-js-subject.ts";
import type { Subject } from "../subject.ts";

/** transformers.js as Node gets it: on native onnxruntime. One thread, q8. */
export function start(peers: Peers): Promise<Subject> {
  return startTransformersJs(peers, "cpu");
}
