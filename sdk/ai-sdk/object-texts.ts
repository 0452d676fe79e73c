import { textOf, type TextOf } from "../rerank.ts";
import type { CallWarning } from "./contract.ts";

type ObjectDocument = Readonly<Record<string, unknown>>;

/**
 * What is ranked of documents that are objects: what `text` says, else their field `text`, else all of their strings, else their JSON.
 * There is a warning if one of the last two had to do.
 *
 * @throws InvalidRequestError if `text` gives no text
 */
export function objectTexts(
  documents: readonly ObjectDocument[],
  text: TextOf<ObjectDocument> | undefined,
): { texts: string[]; warning?: CallWarning } {
  if (text) return { texts: documents.map((document, index) => textOf({ text }, document, index)) };
  let guessed = false;
  const texts = documents.map((document) => {
    if (typeof document["text"] === "string") return document["text"];
    guessed = true;
    const strings = Object.values(document).filter((value) => typeof value === "string");
    return strings.length > 0 ? strings.join("\n") : JSON.stringify(document);
  });
  return guessed ? { texts, warning: GUESSED } : { texts };
}

const GUESSED: CallWarning = {
  type: "compatibility",
  feature: "object documents",
  details:
    "Documents without a field text are ranked by all of their strings: tell createRerank with the option text what is ranked of a document.",
};
