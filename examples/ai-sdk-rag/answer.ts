// Answers a question from the best passages: node answer.ts QUESTION
import { generateText, rerank } from "ai";
import { createRerank } from "@x/rerank-sdk/ai-sdk";
import { firstPassage } from "./first-passage.ts";

const passages = [
  "Venus is the hottest planet, under thick clouds.",
  "Jupiter has a red storm that is larger than Earth.",
  "Mars is the red planet: there is rust in its soil.",
  "Saturn's rings are made of ice and rock.",
];

const [question = "Which planet is red?"] = process.argv.slice(2);

const { rerankedDocuments } = await rerank({
  // The address and the key are in the environment: RERANK_BASE_URL, RERANK_API_KEY.
  model: createRerank().reranking(),
  query: question,
  documents: passages,
  topN: 2,
});

const { text } = await generateText({
  model: firstPassage,
  system: "Answer from these passages alone.",
  prompt: [...rerankedDocuments, `Question: ${question}`].join("\n"),
});
console.log(text);
