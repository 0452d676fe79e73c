import { startOnnx } from "../peers/onnx-subject.ts";
import type { Peers } from "../peers/prepare.ts";
import type { Subject } from "../subject.ts";

/** onnxruntime in WebAssembly, one thread, q8. */
export function start({ q8 }: Peers): Promise<Subject> {
  return startOnnx("onnxruntime-web", q8);
}
