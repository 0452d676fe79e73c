import { join } from "node:path";
import { UserError } from "../../user-error.ts";
import { readBanking77Retrieval } from "./banking77.ts";
import type { Dataset } from "./dataset.ts";
import { readLabelledTexts } from "./labelled-texts.ts";
import { readPubMedQa } from "./pubmedqa.ts";
import { readSciFactTest } from "./scifact.ts";
import { readSelqaTest } from "./selqa.ts";
import { readSquadDevSet } from "./squad-dev.ts";
import { readTaggedSentences } from "./tagged-sentences.ts";

interface NamedSet {
  /** One line for the help. */
  summary: string;
  /** @param folder - The data folder, which holds a folder for each source. */
  read: (folder: string) => Promise<Dataset>;
}

/** The sets that `--data DIR` knows by name. */
export const NAMED_SETS: Readonly<Record<string, NamedSet>> = {
  "scifact-test": {
    summary: "300 scientific claims, 5,183 abstracts",
    read: readSciFactTest,
  },
  "squad-dev": {
    summary: "questions on 2,067 Wikipedia passages; 500 of 10,570 unless --queries says otherwise",
    read: readSquadDevSet,
  },
  "selqa-test": {
    summary: "1,590 questions, each with the sentences of a section",
    read: readSelqaTest,
  },
  pubmedqa: {
    summary: "1,000 research questions, 1,000 conclusions",
    read: readPubMedQa,
  },
  banking77: {
    summary:
      "customer queries, 10,003 others of which those of the same intent are relevant; 308 of 3,080",
    read: readBanking77Retrieval,
  },
  "banking77-test": {
    summary: "text classification: 3,080 customer queries, 77 intents",
    read: async (folder) => ({
      kind: "labels",
      name: "banking77-test",
      texts: await readLabelledTexts(join(folder, "banking77", "test.jsonl.gz")),
    }),
  },
  "wnut17-test": {
    summary: "token classification: 1,287 sentences, six types of entity",
    read: async (folder) => ({
      kind: "tags",
      name: "wnut17-test",
      sentences: await readTaggedSentences(join(folder, "wnut17", "test.jsonl.gz")),
    }),
  },
};

/**
 * Reads a set by its name.
 * @param folder - `--data`.
 * @throws UserError if there is no such name, listing those that exist, or a file of it is missing
 */
export async function readNamedSet(name: string, folder: string | undefined): Promise<Dataset> {
  const set = Object.hasOwn(NAMED_SETS, name) ? NAMED_SETS[name] : undefined;
  if (!set) {
    throw new UserError(
      `${name} is neither a file, nor a folder, nor the name of a set. Sets: ${Object.keys(NAMED_SETS).join(", ")}.`,
    );
  }
  if (folder === undefined) {
    throw new UserError(`${name} is read from a data folder. Name that folder with --data DIR.`);
  }
  return set.read(folder);
}
