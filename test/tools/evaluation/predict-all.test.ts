import { describe, expect, test } from "vitest";
import {
  predictAll,
  type PredictOptions,
} from "../../../tools/evaluation/classification/predict-all.ts";
import { openPredictionLog } from "../../../tools/evaluation/classification/prediction-log.ts";
import type { LabelSet } from "../../../tools/evaluation/datasets/dataset.ts";
import { temporaryFolder } from "../run-tool.ts";

const newFolder = temporaryFolder();
const items = Array.from({ length: 50 }, (_, index) => `text ${index}`);
const set: LabelSet = {
  kind: "labels",
  name: "set",
  texts: items.map((text) => ({ text, label: "" })),
};
const openLog = (folder: string) =>
  openPredictionLog(folder, set, { model: "m" }, (value) => typeof value === "string");

const predict = (changes: Partial<PredictOptions<string, string>>) =>
  predictAll(items, {
    name: "m",
    concurrency: 3,
    predict: async (texts) => texts.map((text) => text.toUpperCase()),
    log: undefined,
    stderr: { write: () => {} },
    things: "texts",
    ...changes,
  });

describe("predictions of many texts", () => {
  test("are in the order of the texts, whichever call ends first", async () => {
    const predictions = await predict({
      predict: async (texts) => {
        await new Promise((resolve) => setTimeout(resolve, texts.includes("text 0") ? 30 : 0));
        return texts.map((text) => text.toUpperCase());
      },
    });
    expect(predictions).toEqual(items.map((text) => text.toUpperCase()));
  });

  test("are never asked for by more calls at once than the classifier takes", async () => {
    let [now, most] = [0, 0];
    await predict({
      concurrency: 2,
      predict: async (texts) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
        return [...texts];
      },
    });
    expect(most).toBe(2);
  });

  test("that were there before a failure are kept, and only the others are asked for again", async () => {
    const folder = newFolder();
    let calls = 0;
    const failing = predict({
      concurrency: 1,
      log: await openLog(folder),
      predict: async (texts) => {
        if (++calls === 3) throw new Error("down");
        return [...texts];
      },
    });
    await expect(failing).rejects.toThrow("down");
    expect(calls).toBe(3);

    const asked: string[] = [];
    const predictions = await predict({
      log: await openLog(folder),
      predict: async (texts) => {
        asked.push(...texts);
        return [...texts];
      },
    });
    expect(predictions).toEqual(items);
    expect(asked.sort()).toEqual(items.slice(32).sort());
  });

  test("of another number than the texts are an error", async () => {
    await expect(predict({ predict: async () => ["x"] })).rejects.toThrow(
      "m gave 1 answers to 16 texts",
    );
  });

  test("draw a bar on a terminal that counts them, and take it off again", async () => {
    let drawn = "";
    await predict({ stderr: { isTTY: true, write: (text) => (drawn += text) } });
    expect(drawn).toContain("100%  50 texts of 50 texts");
    expect(drawn.endsWith("\r\x1b[2K")).toBe(true);
  });
});
