/** Curves between the two lists, from where a document was to where it is. They follow when a row changes its height. */
import { byId } from "./dom.ts";

export interface Connector {
  from: Element;
  to: Element;
  /** Places up if positive. */
  moved: number;
}

const svg = byId("connectors", SVGSVGElement);
const observer = new ResizeObserver(draw);
let connectors: readonly Connector[] = [];

observer.observe(byId("columns", HTMLElement));
observer.observe(byId("before", HTMLElement));
observer.observe(byId("after", HTMLElement));

export function showConnectors(shown: readonly Connector[]): void {
  connectors = shown;
  draw();
}

export function clearConnectors(): void {
  showConnectors([]);
}

function draw(): void {
  const box = svg.getBoundingClientRect();
  svg.replaceChildren(
    ...connectors.map(({ from, to, moved }) => {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      const [begin, end] = [middleOf(from) - box.top, middleOf(to) - box.top];
      const half = box.width / 2;
      path.setAttribute("d", `M0 ${begin}C${half} ${begin} ${half} ${end} ${box.width} ${end}`);
      if (moved !== 0) path.classList.add(moved > 0 ? "up" : "down");
      return path;
    }),
  );
}

function middleOf(element: Element): number {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}
