/** Rows of an answer that is read bit by bit: CSV and JSON lines. */
import { rerankError } from "./errors.ts";

/** Rows of a CSV, its header, too, if it has one, as RFC 4180 has it: fields in quotes may hold commas, line breaks and doubled quotes. */
export async function* csvRows(
  text: AsyncIterable<string>,
): AsyncGenerator<string[], void, undefined> {
  let row: string[] = [];
  let field = "";
  // "closing" is after a quote in a quoted field: of its end, or the first of two.
  let state: "bare" | "quoted" | "closing" = "bare";
  for await (const chunk of text) {
    for (const char of chunk) {
      if (state === "quoted") {
        if (char === '"') state = "closing";
        else field += char;
      } else if (char === '"' && (state === "closing" || field === "")) {
        if (state === "closing") field += char;
        state = "quoted";
      } else if (char === ",") {
        row.push(field);
        [field, state] = ["", "bare"];
      } else if (char === "\n") {
        yield [...row, field];
        [row, field, state] = [[], "", "bare"];
      } else if (char !== "\r") field += char;
    }
  }
  if (state === "quoted") throw brokenOff();
  if (field !== "" || row.length > 0) yield [...row, field];
}

/** Values of JSON lines; empty lines are none. */
export async function* jsonRows(
  text: AsyncIterable<string>,
): AsyncGenerator<unknown, void, undefined> {
  let rest = "";
  for await (const chunk of text) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line.trim() !== "") yield parsed(line);
  }
  if (rest.trim() !== "") yield parsed(rest);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The platform's own error would quote the line.
    throw brokenOff();
  }
}

function brokenOff() {
  return rerankError(
    "server",
    "The results broke off in the middle of a row, or are of another format: ask for them again.",
    { code: "invalid_response" },
  );
}
