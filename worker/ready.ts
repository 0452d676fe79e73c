/** The self-check of this isolate: are the settings right, can the default model be loaded, and does it compute what it did when it was built? */
import { selfCheckLogits } from "../engine/index.ts";
import { admitWork, NoRoomError } from "./admission.ts";
import { SETTINGS } from "./deployed-settings.ts";
import { VERDICT_SECONDS } from "./limits.ts";
import { loadModel } from "./model.ts";
import { DEFAULT_MODEL, DEFAULT_SELF_CHECK } from "./models.ts";
import { Readiness, type Verdict } from "./readiness.ts";
import { writeLog } from "./observe/log.ts";
import type { Turns } from "./turns.ts";

const READINESS = new Readiness(
  check,
  () => Date.now(),
  (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
);

/** The check that failed in this isolate, or null if it is ready. */
export function readyVerdict(): Promise<Verdict> {
  return READINESS.verdict();
}

async function check(): Promise<Verdict> {
  if (!SETTINGS.ok) return "settings";
  return admitWork(VERDICT_SECONDS * 1_000, checkModel).catch((error: unknown) => {
    if (error instanceof NoRoomError) return "turn";
    throw error;
  });
}

/** Whatever is thrown here is the model's or the engine's, and holds no user's text. */
async function checkModel(turns: Turns): Promise<Verdict> {
  if (!(await turns.next("inference"))) return "turn";
  let step: "model" | "logits" = "model";
  try {
    const loaded = await loadModel(DEFAULT_MODEL, turns);
    if (!loaded.ok) return "model";
    step = "logits";
    return selfCheckLogits(loaded.value) === DEFAULT_SELF_CHECK ? null : "logits";
  } catch (error) {
    writeLog({ level: "error", event: "ready", check: step, problem: String(error) });
    return step;
  }
}
