import { MockLanguageModelV4 } from "ai/test";

/** Stands for a language model: its answer is the first line of what it is asked. */
export const firstPassage = new MockLanguageModelV4({
  async doGenerate({ prompt }) {
    const asked = prompt
      .filter(({ role }) => role === "user")
      .flatMap(({ content }) => content)
      .map((part) => (typeof part === "object" && part.type === "text" ? part.text : ""))
      .join("\n");
    return {
      content: [{ type: "text", text: asked.split("\n")[0] ?? "" }],
      finishReason: { unified: "stop", raw: "stop" },
      usage: {
        inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
        outputTokens: { total: 0, text: 0, reasoning: 0 },
      },
      warnings: [],
    };
  },
});
