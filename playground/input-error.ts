/** What a person typed cannot be read; the message is for them. */
export class InputError extends Error {
  override name = "InputError";

  /** @param line - From 1. */
  constructor(line: number, message: string) {
    super(`Line ${line}: ${message}.`);
  }
}

/** The line, from 1, that a place in the text is on; `offset` is in UTF-16 units. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\r|\n/).length;
}
