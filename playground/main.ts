/** The page: form, request and result together. */
import { call } from "./call.ts";
import { showCall, showRequest, startCode } from "./code-view.ts";
import { byId } from "./dom.ts";
import { acceptFiles } from "./file-drop.ts";
import {
  apiKey,
  chosenProtocol,
  readForm,
  showDocuments,
  showKeyField,
  startForm,
  type Asked,
} from "./form.ts";
import { showAfter, showBefore } from "./ranking-view.ts";
import { showFacts, showFailure, showProgress, showStatus } from "./result-view.ts";

const form = byId("form", HTMLFormElement);

let running: AbortController | undefined;
let hasRanked = false;

/** Reads the form and shows its request. */
function ask(): Asked {
  const asked = readForm();
  showRequest(asked.ok ? asked.question : undefined);
  return asked;
}

/** The form asks something else, so the ranking that is shown is no longer its. */
function changed(): void {
  const asked = ask();
  if (!asked.ok) return;
  running?.abort();
  running = undefined;
  hasRanked = false;
  showBefore(asked.question.documents);
  showStatus("Press Rank to see what moves.");
}

async function rank(): Promise<void> {
  const asked = ask();
  if (!asked.ok) {
    showFailure({ title: "There is nothing to rank yet", advice: asked.message });
    return;
  }
  const { question } = asked;
  const { documents } = question;
  const controller = new AbortController();
  running?.abort();
  running = controller;
  showProgress(documents.length);
  try {
    const done = await call(chosenProtocol(), question, apiKey(), controller.signal);
    showCall(done);
    const { outcome } = done;
    hasRanked = outcome.ok;
    showBefore(documents);
    if (outcome.ok) {
      showAfter(documents, outcome.ranking, outcome.facts.truncated);
      showFacts(documents.length, done.milliseconds, outcome.facts);
    } else {
      showFailure(outcome.explanation);
      if (done.status === 401) showKeyField();
    }
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    if (running === controller) showStatus("Cancelled.");
  }
}

startForm(changed);
startCode();
changed();
form.addEventListener("input", ({ target }) => {
  if (target === byId("api-key", HTMLInputElement)) ask();
  else if (target === byId("protocol", HTMLSelectElement) && hasRanked) void rank();
  else changed();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void rank();
});
form.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, shiftKey, isComposing } = event;
  const inQuery = target === byId("query", HTMLTextAreaElement) && !shiftKey && !isComposing;
  if (key !== "Enter" || !(ctrlKey || metaKey || inQuery)) return;
  event.preventDefault();
  form.requestSubmit();
});
byId("cancel", HTMLButtonElement).addEventListener("click", () => running?.abort());
acceptFiles((file) => {
  if (!file.ok) return showFailure({ title: "The file cannot be read", advice: file.message });
  showDocuments(file.text, file.format);
  changed();
});
