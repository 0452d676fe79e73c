/** What the module exports: the encoder, the load-time reordering of weights, and each kernel, so that tests reach it. */
export { encode, encodeStep, FEED_FORWARD_ROWS } from "./encoder";
export { attend, ATTENTION_ROWS } from "./attention";
export { embed_f32_i8 } from "./kernels/embed";
export { gelu_f32 } from "./kernels/gelu";
export {
  interleave_i8,
  interleave_keys_i16_f32,
  interleave_values_i16_f32,
} from "./kernels/interleave";
export { layer_norm_f32 } from "./kernels/layer-norm";
export { linear_f32 } from "./kernels/linear";
export { matmul_f32_i16_i16, matmul_f32_i16_i8 } from "./kernels/matmul";
export { quantize_i16_f32 } from "./kernels/quantize";
export { softmax_i16_f32 } from "./kernels/softmax";
export { tanh_f32 } from "./kernels/tanh";

/** First byte that the binding may use, a multiple of 16. */
export const heapBase: usize = (__heap_base + 15) & ~15;
