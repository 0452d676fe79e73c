import { exp_f32x4 } from "./exp";

/**
 * tanh in place, as 1 − 2 / (e^2x + 1). `x`: f32 [length], `length` a multiple of 4. Absolute error at most 3e-7; saturates to
 * exactly ±1 beyond |x| of about 9.
 */
export function tanh_f32(x: usize, length: usize): void {
  const one = f32x4.splat(1);
  for (const end = x + (length << 2); x < end; x += 16) {
    const e = exp_f32x4(f32x4.mul(v128.load(x), f32x4.splat(2)));
    v128.store(x, f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one))));
  }
}
