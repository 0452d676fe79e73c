/** A request as code that is ready to copy. Pure. */
import type { Question } from "./protocols.ts";

export interface Snippet {
  id: string;
  name: string;
  /** The whole program. */
  code(request: SnippetRequest): string;
}

export interface SnippetRequest {
  /** Absolute. */
  url: string;
  body: object;
  /** What the body asks, whatever its protocol. */
  question: Question;
  /** Whether the service wants a key. The code reads it from the environment, so that none is copied along. */
  hasKey: boolean;
}

const KEY_VARIABLE = "RERANK_API_KEY";

export const SNIPPETS: readonly Snippet[] = [
  {
    id: "curl",
    name: "curl",
    code: ({ url, body, hasKey }) =>
      [
        `curl -sS ${shellQuote(url)}`,
        "-H 'content-type: application/json'",
        ...(hasKey ? [`-H "authorization: Bearer $${KEY_VARIABLE}"`] : []),
        `--data-raw ${shellQuote(JSON.stringify(body, null, 2))}`,
      ].join(" \\\n  "),
  },
  {
    id: "python",
    name: "Python",
    code: ({ url, body, hasKey }) =>
      [
        "import json",
        ...(hasKey ? ["import os"] : []),
        "import urllib.request",
        "",
        `body = ${pythonLiteral(body)}`,
        "request = urllib.request.Request(",
        `    ${pythonLiteral(url)},`,
        "    data=json.dumps(body).encode(),",
        "    headers={",
        '        "content-type": "application/json",',
        ...(hasKey ? [`        "authorization": f"Bearer {os.environ['${KEY_VARIABLE}']}",`] : []),
        "    },",
        ")",
        "with urllib.request.urlopen(request) as response:",
        "    print(json.dumps(json.load(response), indent=2))",
      ].join("\n"),
  },
  {
    id: "typescript",
    name: "TypeScript",
    // The client reads the key from the environment by itself.
    code: ({ url, body, question }) =>
      [
        'import { RerankClient } from "@x/rerank-sdk";',
        "",
        `const client = new RerankClient({ baseURL: ${JSON.stringify(new URL(url).origin)} });`,
        ...(url.endsWith("/score")
          ? [
              `const rows = await client.score(${JSON.stringify(body, null, 2)});`,
              "console.log(rows);",
            ]
          : [
              `const { results } = await client.rerank(${JSON.stringify(question, null, 2)});`,
              "console.log(results);",
            ]),
      ].join("\n"),
  },
];

/** One word of a POSIX shell, whatever characters the text has. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The Python expression of a JSON value. JSON's strings are Python's, its three words are not. */
export function pythonLiteral(value: unknown, indent = ""): string {
  const inner = `${indent}    `;
  const lines = (items: string[]): string =>
    items.length === 0 ? "" : `\n${items.map((item) => `${inner}${item},\n`).join("")}${indent}`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${lines(value.map((item) => pythonLiteral(item, inner)))}]`;
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${pythonLiteral(item, inner)}`,
  );
  return `{${lines(entries)}}`;
}
