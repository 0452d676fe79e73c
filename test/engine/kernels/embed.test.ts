import { describe, expect, it } from "vitest";
import { embeddings } from "../../reference/embeddings.ts";
import { KernelMemory, seeded } from "./kernel-memory.ts";

describe("embed_f32_i8", () => {
  for (const cols of [8, 16, 24, 128, 384]) {
    it(`adds the three rows of ${cols} columns in float32`, () => {
      const random = seeded(cols);
      const [entries, rows] = [11, 7];
      const memory = new KernelMemory();
      const bytes = (n: number) =>
        Array.from({ length: n }, () => Math.round(random() * 254 - 127));
      const table = (n: number) => ({
        rows: bytes(n * cols),
        scales: Array.from({ length: n }, () => Math.fround(random() / 100)),
      });
      const [words, types, positions] = [table(entries), table(2), table(rows)];
      const inputIds = [10, 0, 3, 3, 9, 1, 7];
      const tokenTypeIds = [0, 0, 0, 1, 1, 1, 0];
      const out = memory.f32(new Float32Array(rows * cols));
      const place = (t: { rows: number[]; scales: number[] }) => [
        memory.i8(t.rows).byteOffset,
        memory.f32(t.scales).byteOffset,
      ];
      memory.kernels["embed_f32_i8"]!(
        out.byteOffset,
        memory.i32(inputIds).byteOffset,
        memory.u8(tokenTypeIds).byteOffset,
        ...place(words),
        ...place(types),
        ...place(positions),
        rows,
        cols,
      );
      const floats = (t: { rows: number[]; scales: number[] }) =>
        t.rows.map((q, i) => Math.fround(q * t.scales[Math.floor(i / cols)]!));
      const expected = embeddings(
        inputIds,
        tokenTypeIds,
        floats(words),
        floats(positions),
        floats(types),
        cols,
      );
      for (const [i, value] of out.entries()) {
        expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(2 ** -23 * 4);
      }
    });
  }
});
