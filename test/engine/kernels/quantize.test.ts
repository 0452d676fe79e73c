import { describe, expect, it } from "vitest";
import { KernelMemory, filled, normals, rowsOfTiles, seeded } from "./kernel-memory.ts";

/** Math.round, but half to even. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

function quantize(rows: number[][], qMax: number, stride = rows[0]!.length) {
  const memory = new KernelMemory();
  const cols = rows[0]!.length;
  const x = memory.f32(rows.flatMap((row) => [...row, ...filled(stride - cols, 1e9)]));
  const out = memory.i16(filled(Math.ceil(rows.length / 3) * 3 * cols, 99));
  const scales = memory.f32(filled(rows.length, 99));
  memory.kernels["quantize_i16_f32"]!(
    out.byteOffset,
    scales.byteOffset,
    x.byteOffset,
    stride,
    rows.length,
    cols,
    qMax,
  );
  return { q: rowsOfTiles(out, rows.length, cols).flat(), scales: [...scales] };
}

describe("quantize_i16_f32", () => {
  for (const cols of [8, 16, 24, 64, 384, 1536]) {
    for (const spread of [1e-20, 1e-3, 1, 50, 1e30]) {
      it(`rounds ${cols} columns of spread ${spread} half to even, bit for bit`, () => {
        const f = Math.fround;
        const qMax = cols === 64 ? 8191 : 32640;
        const random = seeded(cols);
        const rows = [1, 2, 3, 4, 5].map(() => [...normals(random, cols, spread)]);
        const { q, scales } = quantize(rows, qMax, cols + 8);
        const expected = rows.map((row) => {
          const max = Math.max(...row.map(Math.abs));
          const inverse = f(qMax / f(max));
          return { scale: f(f(max) / qMax), q: row.map((x) => roundHalfEven(f(x * inverse)) | 0) };
        });
        expect(q).toEqual(expected.flatMap((row) => row.q));
        expect(scales).toEqual(expected.map((row) => row.scale));
      });
    }
  }

  it("gives halves to the even neighbour", () => {
    const { q } = quantize([[127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3.5]], 127);
    expect(q.map((value) => value + 0)).toEqual([127, 0, 2, 2, 0, -2, -2, 4]);
  });

  it("gives an all-zero row the scale 0", () => {
    const { q, scales } = quantize([filled(16, 0)], 32767);
    expect(scales).toEqual([0]);
    expect(q.every((value) => value === 0)).toBe(true);
  });

  it("stays within the row's own size for subnormal numbers", () => {
    const { q, scales } = quantize([[1e-40, -1e-40, 5e-41, 0, 0, 0, 0, 0]], 32767);
    for (const value of q) expect(Math.abs(value * scales[0]!)).toBeLessThan(3e-40);
  });

  it("carries NaN and infinity on in the scale", () => {
    for (const place of [0, 3, 7, 11]) {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const row = Array.from({ length: 16 }, (_, i) => (i === place ? bad : i));
        expect(Number.isFinite(quantize([row], 32767).scales[0]!)).toBe(false);
      }
    }
  });
});
