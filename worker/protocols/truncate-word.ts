import * as z from "zod";

/** How NIM and Pinecone say whether a text that does not fit may be cut: "END" or "NONE". */
export const truncateWord = z.enum(["NONE", "END"], { error: 'must be "NONE" or "END"' }).nullish();
