import { parseTree, printParseErrorCode, type Node, type ParseError } from "jsonc-parser";
import { InputError, lineAt } from "./input-error.ts";
import { TEXT_FIELD_LIST, TEXT_FIELDS } from "./text-fields.ts";

/**
 * The documents of a JSON list of strings or of objects with a text field.
 * @throws InputError that names the line
 */
export function documentsOfJson(text: string): string[] {
  const root = parseNode(text, (offset) => lineAt(text, offset));
  if (root.type !== "array") throw new InputError(lineAt(text, root.offset), "expected a list");
  return (root.children ?? []).map((node) => documentOf(node, () => lineAt(text, node.offset)));
}

/**
 * The documents of a text with a JSON string or object a line.
 * @throws InputError that names the line
 */
export function documentsOfJsonLines(text: string): string[] {
  return text.split("\n").flatMap((line, index) => {
    const lineOf = (): number => index + 1;
    return line.trim() === "" ? [] : documentOf(parseNode(line, lineOf), lineOf);
  });
}

/** @param lineOf - The line of an offset in the text. */
function parseNode(text: string, lineOf: (offset: number) => number): Node {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  const [error] = errors;
  if (error) throw new InputError(lineOf(error.offset), `not JSON: ${wordsOf(error)}`);
  return root!;
}

/** "CommaExpected" as "comma expected". */
function wordsOf({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
}

function documentOf(node: Node, line: () => number): string {
  const field = node.type === "object" ? textField(node) : node;
  if (field?.type === "string") return field.value as string;
  throw new InputError(
    line(),
    `expected a string or an object with a string in the field ${TEXT_FIELD_LIST}`,
  );
}

function textField({ children = [] }: Node): Node | undefined {
  for (const name of TEXT_FIELDS) {
    const property = children.find(({ children: [key] = [] }) => key?.value === name);
    if (property) return property.children?.[1];
  }
  return undefined;
}
