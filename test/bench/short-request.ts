import type { RerankRequestBody } from "../../sdk/index.ts";

/** Ten documents of a dozen words each: the small request that the edge is for. */
export const SHORT_REQUEST: RerankRequestBody = {
  query: "Which river flows through the capital of France?",
  documents: [
    "The Seine flows through Paris, the capital and largest city of France.",
    "Berlin is the capital of Germany and lies on the river Spree.",
    "Bread is baked from dough in an oven, often with yeast.",
    "The Rhône rises in Switzerland and reaches the sea near Marseille.",
    "A capital gain is the profit made when an asset is sold.",
    "The Loire is the longest river of France, at about 1,006 kilometres.",
    "Rivers carry sediment that settles where the current slows down.",
    "The Eiffel Tower was built for the world's fair of 1889.",
    "London lies on the Thames, some eighty kilometres from its mouth.",
    "Cheese is made from milk by coagulation of the protein casein.",
  ],
};
