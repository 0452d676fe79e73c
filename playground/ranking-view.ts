/** The two lists: documents as they came, and as they are ranked. */
import { clearConnectors, showConnectors } from "./connectors.ts";
import { byId, create } from "./dom.ts";
import { movementText, type Ranked } from "./ranking.ts";

/** A text is shown up to here until it is opened, in UTF-16 units. */
const SHORT_CHARS = 180;

const before = byId("before", HTMLOListElement);
const after = byId("after", HTMLOListElement);
const empty = byId("empty", HTMLElement);

export function showBefore(documents: readonly string[]): void {
  before.replaceChildren(
    ...documents.map((text, index) =>
      create("li", {}, create("span", { className: "rank" }, String(index + 1)), textOf(text)),
    ),
  );
  after.replaceChildren();
  empty.hidden = false;
  clearConnectors();
}

/** @param truncated - Indices of documents that did not fit the model's window. */
export function showAfter(
  documents: readonly string[],
  ranking: readonly Ranked[],
  truncated: ReadonlySet<number>,
): void {
  after.replaceChildren(
    ...ranking.map((ranked) =>
      rankedItem(ranked, documents[ranked.index]!, truncated.has(ranked.index)),
    ),
  );
  empty.hidden = true;
  showConnectors(
    ranking.map(({ index, moved }, place) => ({
      from: before.children[index]!,
      to: after.children[place]!,
      moved,
    })),
  );
}

function rankedItem({ rank, moved, score, bar }: Ranked, text: string, cut: boolean): HTMLElement {
  const fill = create("span", { className: "fill" });
  fill.style.setProperty("inline-size", `${100 * bar}%`);
  const move = create(
    "span",
    { className: `moved ${directionOf(moved)}` },
    create("span", { ariaHidden: "true" }, arrowOf(moved)),
    create("span", { className: "unseen" }, movementText(moved)),
  );
  return create(
    "li",
    {},
    create("span", { className: "rank" }, String(rank)),
    create(
      "div",
      { className: "body" },
      create(
        "div",
        { className: "score-row" },
        create("span", { className: "bar", ariaHidden: "true" }, fill),
        create(
          "span",
          { className: "score" },
          create("span", { className: "unseen" }, "Score "),
          score.toFixed(3),
        ),
        move,
      ),
      textOf(text),
      ...(cut ? [create("p", { className: "cut" }, "Cut: the model did not read its end")] : []),
    ),
  );
}

function directionOf(moved: number): string {
  if (moved === 0) return "same";
  return moved > 0 ? "up" : "down";
}

function arrowOf(moved: number): string {
  if (moved === 0) return "=";
  return `${moved > 0 ? "▲" : "▼"} ${Math.abs(moved)}`;
}

function textOf(text: string): HTMLElement {
  const paragraph = create("p", { className: "text" }, text || "(empty)");
  if (text.length <= SHORT_CHARS) return paragraph;
  paragraph.textContent = `${text.slice(0, SHORT_CHARS).trimEnd()}…`;
  const more = create(
    "button",
    { type: "button", className: "more", ariaExpanded: "false" },
    "More",
  );
  more.addEventListener("click", () => {
    const open = more.ariaExpanded === "false";
    more.ariaExpanded = String(open);
    more.textContent = open ? "Less" : "More";
    paragraph.textContent = open ? text : `${text.slice(0, SHORT_CHARS).trimEnd()}…`;
  });
  return create("div", {}, paragraph, more);
}
