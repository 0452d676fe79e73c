/** How a command's results are written. */
import type { Values } from "./command.ts";
import { UsageError } from "./failure.ts";
import { renderTable, renderTsv } from "./table.ts";
import { paintFor, type Terminal } from "./terminal.ts";

/** Options of commands that write results. */
export const OUTPUT_OPTIONS = {
  json: { type: "boolean" },
  jsonl: { type: "boolean" },
  tsv: { type: "boolean" },
} as const;

export const OUTPUT_HELP = `Results are a table for people, unless one of these is given:
      --json            one JSON object
      --jsonl           a JSON object a line
      --tsv             a line each under a header; \\t, \\n, \\r and \\\\ stand for what would break it`;

export interface Results {
  header: readonly string[];
  /** Cells a row, for a table and TSV. */
  rows: readonly (readonly (string | number)[])[];
  /** What `--jsonl` writes, a value a line. */
  lines: readonly unknown[];
  /** What `--json` writes. */
  whole: unknown;
}

/** @throws UsageError if more than one form is asked for */
export function outputFormat(
  values: Values<typeof OUTPUT_OPTIONS>,
): keyof typeof OUTPUT_OPTIONS | "table" {
  const [format = "table", ...others] = (["json", "jsonl", "tsv"] as const).filter(
    (each) => values[each],
  );
  if (others.length > 0) throw new UsageError("Results have one form: --json, --jsonl or --tsv.");
  return format;
}

export function writeResults(
  format: ReturnType<typeof outputFormat>,
  results: Results,
  { stdout, env }: Terminal,
): void {
  switch (format) {
    case "json":
      stdout.write(`${JSON.stringify(results.whole, null, 2)}\n`);
      return;
    case "jsonl":
      stdout.write(results.lines.map((each) => `${JSON.stringify(each)}\n`).join(""));
      return;
    case "tsv":
      stdout.write(renderTsv(results.header, results.rows));
      return;
    case "table":
      stdout.write(
        renderTable(
          results.header,
          results.rows,
          paintFor(stdout, env),
          stdout.isTTY ? stdout.columns : undefined,
        ),
      );
  }
}
