/** The form: what is asked, in which protocol. */
import { parseDocuments, FORMAT_NAMES, type Format } from "./documents.ts";
import { byId, create } from "./dom.ts";
import { InputError } from "./input-error.ts";
import { PROTOCOLS, protocolOf, type Protocol, type Question } from "./protocols.ts";
import { SAMPLES, type Sample } from "./samples.ts";

const query = byId("query", HTMLTextAreaElement);
const documents = byId("documents", HTMLTextAreaElement);
const formatNote = byId("format", HTMLElement);
const protocolChoice = byId("protocol", HTMLSelectElement);
const topN = byId("top-n", HTMLInputElement);
const rawScores = byId("raw-scores", HTMLInputElement);
const samples = byId("samples", HTMLElement);

/** The format of the file in the text field; undefined after typing. */
let fileFormat: Format | undefined;

/** A question, or what about the form keeps it from being one. */
export type Asked = { ok: true; question: Question } | { ok: false; message: string };

/** Fills the lists and the first sample in. */
export function startForm(onSample: () => void): void {
  protocolChoice.append(
    ...PROTOCOLS.map(({ id, name, path }) => create("option", { value: id }, `${name} · ${path}`)),
  );
  for (const sample of SAMPLES) {
    const chip = create("button", { type: "button", lang: sample.language }, sample.name);
    chip.addEventListener("click", () => {
      showSample(sample);
      onSample();
    });
    samples.append(chip);
  }
  documents.addEventListener("input", () => (fileFormat = undefined));
  showSample(SAMPLES[0]);
}

/** Puts a text into the field, as a file or a sample has it. */
export function showDocuments(text: string, format?: Format): void {
  documents.value = text;
  fileFormat = format;
}

export function chosenProtocol(): Protocol {
  return protocolOf(protocolChoice.value);
}

export function apiKey(): string {
  return byId("api-key", HTMLInputElement).value.trim();
}

/** Opens the place for a key, for whoever needs one. */
export function showKeyField(): void {
  byId("key", HTMLDetailsElement).open = true;
}

/** Reads the form, and says below the documents how they were read. */
export function readForm(): Asked {
  const { lacks } = chosenProtocol();
  topN.disabled = lacks.includes("topN");
  rawScores.disabled = lacks.includes("rawScores");
  const read = readDocuments();
  formatNote.textContent = read.note;
  formatNote.classList.toggle("wrong", read.documents === undefined);
  documents.ariaInvalid = String(read.documents === undefined);
  if (read.documents === undefined) return { ok: false, message: read.note };
  if (query.value.trim() === "") return { ok: false, message: "Type a query first." };
  if (read.documents.length === 0) return { ok: false, message: "Give some documents first." };
  if (!topN.disabled && !topN.validity.valid) {
    return { ok: false, message: "Results must be a whole number from 1, or empty for all." };
  }
  const wanted = topN.disabled ? Number.NaN : topN.valueAsNumber;
  return {
    ok: true,
    question: {
      query: query.value,
      documents: read.documents,
      ...(!Number.isNaN(wanted) && { topN: wanted }),
      rawScores: rawScores.checked && !rawScores.disabled,
    },
  };
}

function readDocuments(): { note: string; documents?: string[] } {
  try {
    const { format, documents: list } = parseDocuments(documents.value, fileFormat);
    const count = list.length === 1 ? "1 document" : `${list.length} documents`;
    return { note: `${count}, ${FORMAT_NAMES[format]}`, documents: list };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { note: error.message };
  }
}

function showSample(sample: Sample): void {
  query.value = sample.query;
  query.lang = documents.lang = sample.language;
  // A document of several paragraphs has no place on one line.
  const lines = sample.documents.every((text) => !text.includes("\n"));
  showDocuments(lines ? sample.documents.join("\n") : JSON.stringify(sample.documents, null, 2));
}
