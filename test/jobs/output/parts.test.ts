import { describe, expect, it } from "vitest";
import type { ResultFormat } from "../../../worker/jobs/job-keys.ts";
import { partsOf } from "../../../worker/jobs/output/parts.ts";
import type { RowProblem, ScoredRow } from "../../../worker/jobs/rows.ts";
import { labelRow, rankingRow, tagRow } from "./rows.ts";

function textOf(format: ResultFormat, rows: ScoredRow[], problems: RowProblem[] = []): string {
  const part = partsOf(rows, problems, { tag: "job 1" })[format];
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part);
}

const jsonOf = (rows: ScoredRow[]): unknown[] =>
  textOf("jsonl", rows)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);

describe("the parts of a shard's results", () => {
  it("are only of the formats that there is something for", () => {
    const problem: RowProblem = {
      file: "a.csv",
      row: null,
      column: null,
      code: "missing_column",
      reason: "None.",
    };
    expect(partsOf([], [], { tag: "t" })).toEqual({});
    expect(Object.keys(partsOf([], [problem], { tag: "t" }))).toEqual(["errors"]);
    expect(Object.keys(partsOf([labelRow(0, 1)], [], { tag: "t" })).toSorted()).toEqual([
      "csv",
      "jsonl",
      "parquet",
      "scores",
    ]);
    expect(partsOf([rankingRow(0, [0])], [], { tag: "t" })).toHaveProperty("trec");
  });

  it("are the same bytes each time", () => {
    const rows = [labelRow(0, 0.1), rankingRow(1, [2, 0, 1]), tagRow(2)];
    expect(partsOf(rows, [], { tag: "t" })).toEqual(partsOf(rows, [], { tag: "t" }));
  });

  it("have Azure's predictions without a header", () => {
    expect(textOf("csv", [labelRow(7, 1), rankingRow(8, [2, 0, 1]), tagRow(9)])).toBe(
      `7,LABEL_0,pairs.csv\n8,"[2, 0, 1]",lists.jsonl\n9,"['O', 'B-LOC']",texts.csv\n`,
    );
  });

  it.each([
    ["a,b.csv", '"a,b.csv"'],
    ['say "x".csv', '"say ""x"".csv"'],
    ["a\nb", '"a\nb"'],
    ["a\rb", '"a\rb"'],
    [" a'b;c\t.csv", " a'b;c\t.csv"],
    ["\ud800.csv", "\ufffd.csv"],
    ["\ufeff日本.csv", "\ufeff日本.csv"],
    ["", ""],
  ])("quote the name %j as Python's csv.writer does", (file, written) => {
    expect(textOf("csv", [labelRow(0, 1, { file })])).toBe(`0,LABEL_0,${written}\n`);
  });

  it("have a line of scores a row, a ranked document or a tag", () => {
    const rows = [labelRow(0, 0), rankingRow(1, [1, 0]), tagRow(2)];
    expect(textOf("scores", rows)).toBe(
      "pairs.csv,0,,LABEL_0,0.5\n" +
        "lists.jsonl,1,1,,0.5\nlists.jsonl,1,0,,0.25\n" +
        "texts.csv,2,0,O,0.75\ntexts.csv,2,1,B-LOC,0.5\n",
    );
  });

  it("have all that is known of a row as JSON", () => {
    const ids = { queryId: "q1", documentIds: ["d0", "d1"] };
    expect(
      jsonOf([labelRow(0, 0, ids), rankingRow(1, [1, 0], ids), rankingRow(2, [0]), tagRow(3)]),
    ).toEqual([
      {
        file: "pairs.csv",
        row: 0,
        query_id: "q1",
        document_id: "d0",
        label: "LABEL_0",
        score: 0.5,
        logit: 0,
      },
      {
        file: "lists.jsonl",
        row: 1,
        query_id: "q1",
        results: [
          { index: 1, id: "d1", score: 0.5, logit: 0 },
          { index: 0, id: "d0", score: 0.25, logit: -1 },
        ],
      },
      { file: "lists.jsonl", row: 2, results: [{ index: 0, score: 0.5, logit: 0 }] },
      { file: "texts.csv", row: 3, tags: ["O", "B-LOC"], scores: [0.75, 0.5] },
    ]);
  });

  it("name the logits of several labels, whatever they are called", () => {
    const labels = ["__proto__", "b", "1"];
    const answer = { kind: "labels", prediction: "b", score: 0.6, labels, logits: [1, 2, -3] };
    const line = textOf("jsonl", [labelRow(0, 0, { answer: answer as ScoredRow["answer"] })]);
    expect(line).toContain('"__proto__":1');
    expect(line).toContain('"b":2');
    expect(line).toContain('"1":-3');
  });

  it("have JSON that strict readers take, of half a surrogate pair too", () => {
    const broken = { file: "\udc00.csv", queryId: "q\ud83d", documentIds: ["😀\ud83d"] };
    const line = textOf("jsonl", [labelRow(0, 0, broken)]);
    expect(line).toContain('"query_id":"q\ufffd","document_id":"😀\ufffd"');
    expect(line).not.toMatch(/\\ud/i);
    expect(line.split("\n")).toHaveLength(2);
  });

  it("have one line a problem", () => {
    const problem: RowProblem = {
      file: "a\n.csv",
      row: 3,
      column: "text",
      code: "missing_value",
      reason: "It is.",
    };
    const lines = textOf("errors", [], [problem, { ...problem, row: null, column: null }]);
    expect(lines).toBe(
      `{"file":"a\\n.csv","row":3,"column":"text","code":"missing_value","reason":"It is."}\n` +
        `{"file":"a\\n.csv","row":null,"column":null,"code":"missing_value","reason":"It is."}\n`,
    );
  });
});

describe("a TREC run", () => {
  const of = (row: number, logit: number, queryId: string, docId: string): ScoredRow =>
    labelRow(row, logit, { queryId, documentIds: [docId] });

  it("has the best first within each query, and names the job", () => {
    const rows = [of(0, -1, "q1", "a"), of(1, 2, "q2", "b"), of(2, 3, "q1", "c")];
    expect(textOf("trec", rows)).toBe(
      "q1 Q0 c 1 3 job%201\nq1 Q0 a 2 -1 job%201\nq2 Q0 b 1 2 job%201\n",
    );
  });

  it("keeps the input's order of equal scores", () => {
    const rows = ["x", "a", "m"].map((id, row) => of(row, 1, "q", id));
    expect(textOf("trec", rows).match(/Q0 \w/g)).toEqual(["Q0 x", "Q0 a", "Q0 m"]);
  });

  it("has scores that differ where the sigmoid does not, as 32-bit floats too", () => {
    const logits = [Math.fround(40.1), Math.fround(40.2), Math.fround(-800.5)];
    const lines = textOf(
      "trec",
      logits.map((logit, row) => of(row, logit, "q", `d${row}`)),
    );
    const scores = lines
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" ")[4]);
    expect(scores.map((score) => Math.fround(Number(score)))).toEqual([
      logits[1],
      logits[0],
      logits[2],
    ]);
  });

  it("numbers a list's query and documents that have no ids", () => {
    expect(textOf("trec", [rankingRow(4, [1, 0], { file: "my lists.jsonl" })])).toBe(
      "my%20lists.jsonl:4 Q0 1 1 0 job%201\nmy%20lists.jsonl:4 Q0 0 2 -1 job%201\n",
    );
  });

  it("has six fields a line, whatever is in the ids", () => {
    const ids = ["a b", "\ta", "a\n", "\u00a0", "\u3000x", "", "\u0085", "\u001c", "\0", "\ud800"];
    const lines = textOf(
      "trec",
      ids.map((id, row) => of(row, 1, id, id)),
    );
    expect(lines.trimEnd().split("\n")).toHaveLength(ids.length);
    for (const line of lines.trimEnd().split("\n")) {
      expect(line.split(/[\s\p{Cc}]/u)).toHaveLength(6);
      expect(line).toMatch(/^\S+ Q0 \S+ 1 1 job%201$/);
    }
  });

  it("leaves out rows that nothing ranks", () => {
    const labels = ["no", "yes"];
    const answer = { kind: "labels", prediction: "no", score: 1, labels, logits: [1, 0] } as const;
    const rows = [
      labelRow(0, 1),
      labelRow(1, 1, { queryId: "q" }),
      labelRow(2, 1, { documentIds: ["d"] }),
      labelRow(3, 1, { queryId: "q", documentIds: ["d"], answer }),
      tagRow(4),
    ];
    expect(partsOf(rows, [], { tag: "t" }).trec).toBeUndefined();
    expect(textOf("trec", [...rows, of(5, 1, "q", "d")])).toBe("q Q0 d 1 1 job%201\n");
  });
});
