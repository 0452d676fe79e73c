/** Printed as it is: anything but control and format characters, separators other than the space, and unassigned ones. */
const UNPRINTABLE = /[\p{C}\p{Z}]/u;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** Texts as Python's `str(list)` writes them: `['O', 'B-LOC']`. Azure ML's wrapper answers with several labels in this form. */
export function pythonList(texts: readonly string[]): string {
  return `[${texts.map(pythonString).join(", ")}]`;
}

/** Python's `repr` of a text: in single quotes, unless it has some and no double ones. */
function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const characters = Array.from(text, (character) => {
    if (character === quote) return `\\${quote}`;
    if (character === " " || (character !== "\\" && !UNPRINTABLE.test(character))) return character;
    return SHORT_ESCAPES[character] ?? escapeCode(character.codePointAt(0)!);
  });
  return `${quote}${characters.join("")}${quote}`;
}

function escapeCode(code: number): string {
  const digits = code.toString(16);
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}
