import { unreadable, type Unreadable } from "./file-problem.ts";

/**
 * Whether a file is JSON lines as far as its first bytes tell: `empty_file` or `not_json_lines`. A single row that is no object is not
 * against the file.
 *
 * @param head - The first bytes, or all
 */
export function checkJsonLines(
  name: string,
  head: Uint8Array,
  isWhole: boolean,
): Unreadable | undefined {
  // Skips a byte order mark.
  const text = new TextDecoder().decode(head);
  const first = text.trimStart();
  if (first === "" && isWhole) {
    return unreadable(name, "empty_file", "The file has only blank lines.");
  }
  if (first.startsWith("[")) {
    const reason =
      "The file is a JSON list; it must have one object a line (jq -c '.[]' makes such a file of it).";
    return unreadable(name, "not_json_lines", reason);
  }
  if (/^\{[ \t\r]*\n/.test(first)) {
    const reason =
      "The file has objects that are broken across lines; it must have one object a line (jq -c . makes such a file of it).";
    return unreadable(name, "not_json_lines", reason);
  }
  // A return begins a line, too, so that none needs to be skipped: a file of nothing else would be searched from each to its end.
  if (!/^[ \t]*\{/m.test(text)) {
    const reason = "No line at the file's beginning begins with {; it must have one object a line.";
    return unreadable(name, "not_json_lines", reason);
  }
  return undefined;
}
