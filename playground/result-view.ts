/** What became of a request: status line, progress, facts or failure. */
import type { Facts } from "./call.ts";
import { byId, create } from "./dom.ts";
import type { Explanation } from "./explain-failure.ts";

/** After this long the page says why it may take long. */
const PATIENCE_SECONDS = 2;

const status = byId("status", HTMLElement);
const progress = byId("progress", HTMLProgressElement);
const failure = byId("failure", HTMLElement);
const facts = byId("facts", HTMLElement);
const results = byId("results", HTMLElement);
const rank = byId("rank", HTMLButtonElement);
const cancel = byId("cancel", HTMLButtonElement);

let patience: ReturnType<typeof setTimeout> | undefined;

export function showProgress(documents: number): void {
  busy(true);
  failure.hidden = true;
  // On a phone the form fills the window.
  if (results.getBoundingClientRect().top > innerHeight / 2) results.scrollIntoView();
  status.textContent = `Ranking ${countOf(documents)}…`;
  patience = setTimeout(() => {
    status.textContent = `Still ranking ${countOf(documents)}. The first request loads the model, and long lists take a while.`;
  }, 1000 * PATIENCE_SECONDS);
}

export function showStatus(text: string): void {
  busy(false);
  failure.hidden = true;
  facts.hidden = true;
  status.textContent = text;
}

export function showFacts(documents: number, milliseconds: number, told: Facts): void {
  showStatus(`${countOf(documents)} ranked in ${timeOf(milliseconds)}.`);
  const { servedBy, model, tokens, truncatedCount } = told;
  const rows: [name: string, value: string | undefined][] = [
    ["Served by", servedBy],
    ["Model", model],
    ["Tokens read", tokens?.toLocaleString("en")],
    ["Cut", truncatedCount > 0 ? countOf(truncatedCount) : undefined],
  ];
  facts.replaceChildren(
    ...rows.flatMap(([name, value]) =>
      value === undefined ? [] : create("div", {}, create("dt", {}, name), create("dd", {}, value)),
    ),
  );
  facts.hidden = false;
}

export function showFailure({ title, detail, advice, reference }: Explanation): void {
  showStatus("");
  failure.replaceChildren(
    create("strong", {}, title),
    ...(detail === undefined ? [] : [create("p", {}, detail)]),
    create("p", {}, advice),
    ...(reference === undefined ? [] : [create("p", { className: "note" }, reference)]),
  );
  failure.hidden = false;
}

function busy(working: boolean): void {
  clearTimeout(patience);
  progress.hidden = !working;
  cancel.hidden = !working;
  rank.disabled = working;
  results.ariaBusy = String(working);
}

function countOf(documents: number): string {
  return documents === 1 ? "1 document" : `${documents} documents`;
}

function timeOf(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
