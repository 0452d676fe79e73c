/** The examples of a page: its fenced code, and what stands below that as its output. */

export interface CodeBlock {
  /** Of the fence, from 1. */
  line: number;
  code: string;
  /** Text of the `text` block that follows; undefined if none does. */
  output: string | undefined;
  /** Whether a comment above says that it is not to be run. */
  typesOnly: boolean;
}

const FENCE =
  /^(?:<!-- (types only) -->\n\n)?```(?:ts|js)\n([^]*?)^```$(?:\n\n^```text\n([^]*?)^```$)?/gm;

/** Examples in TypeScript and JavaScript, in the page's order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  return Array.from(markdown.matchAll(FENCE), (match) => {
    const [, typesOnly, code = "", output] = match;
    const line = markdown.slice(0, match.index).split("\n").length;
    return { line, code, output, typesOnly: typesOnly !== undefined };
  });
}
