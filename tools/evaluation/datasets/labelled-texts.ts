import { readCsv } from "./csv.ts";
import { malformed, readJsonLines, textField } from "./lines.ts";

/** A text and the one label it has. */
export interface LabelledText {
  text: string;
  label: string;
}

/**
 * Reads a set for text classification: JSON lines `{text, label}`, or, if the name ends in `.csv` or `.csv.gz`, a CSV file whose header
 * names `text` and `label` (or `category`). A label may be a number; it becomes its digits.
 *
 * @throws UserError naming the file, the line and what is wrong with it
 */
export async function readLabelledTexts(path: string): Promise<LabelledText[]> {
  return /\.csv(\.gz)?$/.test(path) ? readLabelledCsv(path) : readLabelledLines(path);
}

async function readLabelledLines(path: string): Promise<LabelledText[]> {
  const texts: LabelledText[] = [];
  for await (const line of readJsonLines(path)) {
    const { label } = line.value;
    if (typeof label !== "string" && typeof label !== "number") {
      throw malformed(
        line.where,
        label === undefined ? "label is missing" : "label is not a string",
      );
    }
    texts.push({ text: textField(line, "text"), label: String(label) });
  }
  return texts;
}

async function readLabelledCsv(path: string): Promise<LabelledText[]> {
  const texts: LabelledText[] = [];
  for await (const { fields, where } of readCsv(path)) {
    const text = fields.get("text");
    const label = fields.get("label") ?? fields.get("category");
    if (text === undefined || label === undefined) {
      throw malformed(where, "the header names no column text, or no column label");
    }
    texts.push({ text, label });
  }
  return texts;
}
