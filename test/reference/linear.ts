/**
 * `y = x · wᵀ + bias`, as a PyTorch `Linear`.
 *
 * @param x - `[rows, inputs]`
 * @param weight - `[outputs, inputs]`
 * @param bias - `[outputs]`
 * @returns `[rows, outputs]`
 */
export function linear(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
): Float64Array {
  const outputs = bias.length;
  const inputs = weight.length / outputs;
  const rows = x.length / inputs;
  const y = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = 0;
      for (let input = 0; input < inputs; input++) {
        sum += x[row * inputs + input]! * weight[output * inputs + input]!;
      }
      y[row * outputs + output] = sum + bias[output]!;
    }
  }
  return y;
}
