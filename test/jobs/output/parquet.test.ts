import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { joinParquet } from "../../../worker/jobs/output/join-parquet.ts";
import { scoreLinesOf, type ScoreLine } from "../../../worker/jobs/output/score-lines.ts";
import { scoresParquet } from "../../../worker/jobs/output/scores-parquet.ts";
import { labelRow, rankingRow, tagRow } from "./rows.ts";

async function linesOf(file: Uint8Array<ArrayBuffer>): Promise<ScoreLine[]> {
  const rows = await parquetReadObjects({ file: file.slice().buffer });
  return rows.map(({ row, ...others }) => ({ ...others, row: Number(row) }) as ScoreLine);
}

const labels = (rows: number, from: number): ScoreLine[] =>
  Array.from({ length: rows }, (_, row) => labelRow(from + row, Math.sin(row))).flatMap(
    scoreLinesOf,
  );

describe("a Parquet result", () => {
  it.each([1, 2, 7, 8, 127, 128, 129, 2_000])("gives %d lines back", async (rows) => {
    const lines = labels(rows, 5_000_000_000);
    expect(await linesOf(scoresParquet(lines))).toEqual(lines);
  });

  it("gives each kind of row back", async () => {
    const file = 'é"😀,\n';
    const rows = [rankingRow(0, [2, 0, 1]), tagRow(1), labelRow(2, -800), rankingRow(3, [0])];
    const lines = rows.flatMap((row) => scoreLinesOf({ ...row, file }));
    expect(await linesOf(scoresParquet(lines))).toEqual(lines);
  });

  it("joins files of different lengths and kinds to one row group", async () => {
    const files = [
      labels(1, 0),
      labels(2_000, 1),
      scoreLinesOf(rankingRow(2_001, [3, 1, 2, 0])),
      scoreLinesOf(tagRow(2_002)),
      labels(77, 2_003),
    ];
    const joined = joinParquet(files.map(scoresParquet));
    expect(await linesOf(joined)).toEqual(files.flat());
    const { row_groups: groups, num_rows } = parquetMetadata(joined);
    expect(groups).toHaveLength(1);
    expect(num_rows).toBe(BigInt(files.flat().length));
  });

  it("joins columns of several pages, and what was joined before", async () => {
    const lines = labels(3_000, 0).map((line) => ({ ...line, label: "long".repeat(300) }));
    const many = scoresParquet(lines);
    const joined = joinParquet([joinParquet([many, scoresParquet(labels(3, 0))]), many]);
    expect(await linesOf(joined)).toEqual([...lines, ...labels(3, 0), ...lines]);
  });
});
