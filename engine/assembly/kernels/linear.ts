import { horizontalSum } from "./layer-norm";

/**
 * out = x · weightᵀ + bias in float32, for the classifier: a handful of labels, not worth quantizing.
 * `out`: f32 [rows, labels]; `x`: f32 [rows, cols]; `weight`: f32 [labels, cols]; `bias`: f32 [labels]; all dense, `cols` a multiple of 4.
 */
export function linear_f32(
  out: usize,
  x: usize,
  weight: usize,
  bias: usize,
  rows: usize,
  labels: usize,
  cols: usize,
): void {
  const rowBytes = cols << 2;
  for (let r: usize = 0; r < rows; ++r, x += rowBytes) {
    let w = weight;
    for (let l: usize = 0; l < labels; ++l, w += rowBytes, out += 4) {
      let sum = f32x4.splat(0);
      for (let c: usize = 0; c < rowBytes; c += 16) {
        sum = f32x4.add(sum, f32x4.mul(v128.load(x + c), v128.load(w + c)));
      }
      store<f32>(out, horizontalSum(sum) + load<f32>(bias + (l << 2)));
    }
  }
}
