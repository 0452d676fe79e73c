import { expect, test } from "vitest";
import { toFloat32 } from "../../tools/checkpoint/floats.ts";
import { dequantizeRows, quantizeRows } from "../../tools/quantize.ts";
import { seededRandom } from "../../tools/evaluation/random.ts";

test("a row's largest weight becomes 127 or -127, its scale a 127th of it", () => {
  const { values, scales } = quantizeRows(Float32Array.of(1.27, -0.5, 0, 0.1, -2.54, 2.5), 2, 3);
  expect([...values]).toEqual([127, -50, 0, 5, -127, 125]);
  expect(scales[0]).toBeCloseTo(0.01, 8);
  expect(scales[1]).toBeCloseTo(0.02, 8);
});

test("ties go to the even integer, on both sides of zero", () => {
  const row = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 127];
  const { values, scales } = quantizeRows(Float32Array.from(row), 1, row.length);
  expect(scales[0]).toBe(1);
  expect(Array.from(values, (value) => value + 0)).toEqual([0, 2, 2, 0, -2, -2, 127]);
});

test("a row of zeros, or of weights too small for a float32 scale, is zeros with the scale 1", () => {
  const { values, scales } = quantizeRows(Float32Array.of(0, -0, 1e-44, -1e-40), 2, 2);
  expect(Math.max(...values.map(Math.abs))).toBe(0);
  expect([...scales]).toEqual([1, 1]);
});

test("quantizing what was dequantized gives the same integers and scales, bit for bit", () => {
  const random = seededRandom(3);
  const rows = 20_000;
  const weights = Float32Array.from(
    { length: rows * 4 },
    () => (random() * 2 - 1) * 10 ** (random() * 40 - 30),
  );
  const first = quantizeRows(weights, rows, 4);
  const second = quantizeRows(dequantizeRows(first), rows, 4);
  expect(Buffer.compare(Buffer.from(second.values.buffer), Buffer.from(first.values.buffer))).toBe(
    0,
  );
  expect(Buffer.compare(Buffer.from(second.scales.buffer), Buffer.from(first.scales.buffer))).toBe(
    0,
  );
});

test("binary16 is read exactly: subnormal, normal, the ends and the exceptions", () => {
  const bits = [
    0x0000, 0x8000, 0x0001, 0x83ff, 0x0400, 0x3c00, 0xc000, 0x3555, 0x7bff, 0x7c00, 0xfc00, 0x7e00,
  ];
  const data = new Uint8Array(Uint16Array.from(bits).buffer);
  expect([...toFloat32({ dtype: "F16", shape: [bits.length], data })]).toEqual([
    0,
    -0,
    2 ** -24,
    -1023 * 2 ** -24,
    2 ** -14,
    1,
    -2,
    0.333251953125,
    65504,
    Infinity,
    -Infinity,
    NaN,
  ]);
});

test("bfloat16 is the upper half of a float32", () => {
  const bits = [0x3f80, 0xbf80, 0x0001, 0x7f80, 0x4049];
  const data = new Uint8Array(Uint16Array.from(bits).buffer);
  expect([...toFloat32({ dtype: "BF16", shape: [bits.length], data })]).toEqual([
    1,
    -1,
    2 ** -133,
    Infinity,
    3.140625,
  ]);
});
