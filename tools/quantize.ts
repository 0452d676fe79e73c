/** Symmetric int8, one scale a row: `weight ≈ q * scale`, q from -127 to 127. */

export interface QuantizedRows {
  /** `[rows, columns]`, row-major. */
  values: Int8Array;
  /** `[rows]`, each over 0. */
  scales: Float32Array;
}

/** Below it a row's scale would not be a normal float32; such a row is stored as zeros. */
const SMALLEST_MAXIMUM = 127 * 2 ** -126;

/**
 * Quantizes each row of a finite matrix: `scale = max|row| / 127`, `q = round(w / scale)` in float64, ties to even.
 *
 * A row of zeros gets the scale 1. {@link dequantizeRows} undoes it to within half a scale, and quantizing its result again gives the
 * same bits: 127 times the scale rounds to the float32 maximum it came from, because 127 is one less than a power of two.
 * @param weights `[rows, columns]`, row-major
 */
export function quantizeRows(weights: Float32Array, rows: number, columns: number): QuantizedRows {
  const values = new Int8Array(rows * columns);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const begin = row * columns;
    const end = begin + columns;
    let maximum = 0;
    for (let i = begin; i < end; i++) maximum = Math.max(maximum, Math.abs(weights[i]!));
    if (maximum < SMALLEST_MAXIMUM) {
      scales[row] = 1;
      continue;
    }
    const scale = Math.fround(maximum / 127);
    scales[row] = scale;
    for (let i = begin; i < end; i++) values[i] = roundTiesToEven(weights[i]! / scale);
  }
  return { values, scales };
}

/**
 * The float32 matrix that int8 rows stand for: `q * scale`, rounded once to float32.
 * @returns `[rows, columns]`, row-major, new
 */
export function dequantizeRows({ values, scales }: QuantizedRows): Float32Array<ArrayBuffer> {
  const columns = values.length / scales.length;
  const weights = new Float32Array(values.length);
  for (let i = 0; i < weights.length; i++) {
    weights[i] = values[i]! * scales[Math.floor(i / columns)]!;
  }
  return weights;
}

function roundTiesToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
