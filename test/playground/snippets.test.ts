import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { pythonLiteral, shellQuote, SNIPPETS } from "../../playground/snippets.ts";

const TRICKY = [
  "it's",
  `"double" and 'single'`,
  "two\nlines\r\nand a tab\t",
  "$HOME `id` $(id) \\ \\n !! %s",
  "-d @/etc/passwd",
  "Größe 東京 👩‍🔬",
  "\u2028 \u0000 \u007f \ud800",
  "",
];

const BODY = {
  query: "it's",
  documents: TRICKY,
  top_n: 3,
  raw_scores: true,
  none: null,
  empty: [],
};

const QUESTION = { query: "it's", documents: TRICKY, topN: 3, rawScores: true };

const codeOf = (id: string, hasKey = false): string =>
  SNIPPETS.find((snippet) => snippet.id === id)!.code({
    url: "http://localhost:8787/v1/rerank",
    body: BODY,
    question: QUESTION,
    hasKey,
  });

/** Runs a snippet of Bash with a curl that prints its arguments, each ended by a line of its own. */
function argumentsOfCurl(code: string): string[] {
  const fake = `curl() { for word in "$@"; do printf '%s\\n--end--\\n' "$word"; done; }`;
  const env = { ...process.env, RERANK_API_KEY: "secret" };
  const printed = execFileSync("bash", ["-c", `${fake}\n${code}`], { encoding: "utf8", env });
  return printed.split("\n--end--\n").slice(0, -1);
}

describe("the curl snippet", () => {
  test("quotes any text for a shell", () => {
    // An argument of a program cannot hold a NUL; JSON escapes it.
    const texts = TRICKY.filter((text) => !text.includes("\0"));
    const words = texts.map(shellQuote).join(" ");
    const printed = execFileSync("bash", ["-c", `printf '%s\\0' ${words}`], { encoding: "utf8" });
    expect(printed.split("\0").slice(0, -1)).toEqual(texts);
  });

  test("sends the body as it is", () => {
    const words = argumentsOfCurl(codeOf("curl"));
    expect(words.slice(0, -1)).toEqual([
      "-sS",
      "http://localhost:8787/v1/rerank",
      "-H",
      "content-type: application/json",
      "--data-raw",
    ]);
    expect(JSON.parse(words.at(-1)!)).toEqual(BODY);
  });

  test("takes the key from the environment", () => {
    expect(codeOf("curl", true)).toContain("$RERANK_API_KEY");
    expect(argumentsOfCurl(codeOf("curl", true))).toContain("authorization: Bearer secret");
  });
});

describe("the Python snippet", () => {
  test("writes the body's value", () => {
    const program = `import json\nprint(json.dumps(${pythonLiteral(BODY)}))`;
    const printed = execFileSync("python3", ["-"], { input: program, encoding: "utf8" });
    expect(JSON.parse(printed)).toEqual(BODY);
  });

  test("is a program, with or without a key", () => {
    const programs = [codeOf("python"), codeOf("python", true)];
    const check = "import ast, json, sys; [ast.parse(code) for code in json.load(sys.stdin)]";
    execFileSync("python3", ["-c", check], { input: JSON.stringify(programs) });
    expect(programs.map((code) => code.includes("RERANK_API_KEY"))).toEqual([false, true]);
  });
});

describe("the TypeScript snippet", () => {
  /** Runs a snippet with a client that only remembers what it was asked. */
  async function run(code: string): Promise<unknown[]> {
    const calls: unknown[] = [];
    class RerankClient {
      constructor(options: object) {
        calls.push(options);
      }
      rerank(question: object) {
        calls.push(question);
        return { results: [] };
      }
      score(body: object) {
        calls.push(body);
        return [];
      }
    }
    const program = code.replace(/^import .*\n/, "").replaceAll("console.log", "void ");
    await new Function("RerankClient", `return (async () => {${program}})()`)(RerankClient);
    return calls;
  }

  test("asks the client what the page asks", async () => {
    expect(await run(codeOf("typescript"))).toEqual([
      { baseURL: "http://localhost:8787" },
      QUESTION,
    ]);
  });

  test("sends Azure ML's body as it is", async () => {
    const { code } = SNIPPETS.find(({ id }) => id === "typescript")!;
    const url = "http://localhost:8787/score";
    const calls = await run(code({ url, body: BODY, question: QUESTION, hasKey: true }));
    expect(calls[1]).toEqual(BODY);
  });
});
