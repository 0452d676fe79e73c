/** The frame that all plots share: axes, ticks and labels of an SVG. */
import { escapeHtml } from "./html.ts";

/** An axis from `from` to `to`, over `from`. */
export interface Axis {
  label: string;
  from: number;
  to: number;
  ticks: readonly number[];
  /** Writes a tick; default: as it is. */
  format?: (tick: number) => string;
}

/** Pixels of a value. */
export type Scale = (value: number) => number;

export interface Plot {
  /** What it shows. */
  title: string;
  /** What can be seen in it, in a sentence or two for those who cannot see it. */
  description: string;
  x: Axis;
  y: Axis;
  /** SVG of what is in the frame. */
  draw: (x: Scale, y: Scale) => string;
}

const WIDTH = 440;
const HEIGHT = 290;
const LEFT = 62;
const RIGHT = 14;
const TOP = 16;
const BOTTOM = 46;

/** An SVG element of 440 by 290 units, as wide as its place. */
export function plotSvg({ title, description, x, y, draw }: Plot): string {
  const toX = (value: number): number =>
    round(LEFT + ((value - x.from) / (x.to - x.from)) * (WIDTH - LEFT - RIGHT));
  const toY = (value: number): number =>
    round(HEIGHT - BOTTOM - ((value - y.from) / (y.to - y.from)) * (HEIGHT - TOP - BOTTOM));
  const bottom = HEIGHT - BOTTOM;
  const ticksX = x.ticks.map(
    (tick) =>
      `<text x="${toX(tick)}" y="${bottom + 17}" text-anchor="middle">${write(x, tick)}</text>`,
  );
  const ticksY = y.ticks.map(
    (tick) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${toY(tick)}" y2="${toY(tick)}"/>` +
      `<text x="${LEFT - 6}" y="${toY(tick) + 4}" text-anchor="end">${write(y, tick)}</text>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"><title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>
${ticksY.join("")}
<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${bottom}" y2="${bottom}"/>${ticksX.join("")}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escapeHtml(x.label)}</text>
<text x="13" y="${(TOP + bottom) / 2}" text-anchor="middle" transform="rotate(-90 13 ${(TOP + bottom) / 2})">${escapeHtml(y.label)}</text>
${draw(toX, toY)}
</svg>`;
}

/** A plot with its heading, a remark and a key of colours. @param key - Class of the colour and what it stands for. */
export function plotFigure(
  plot: Plot,
  remark: string,
  key: readonly (readonly [colour: "gain" | "loss" | "same", text: string])[] = [],
): string {
  const items = key.map(([colour, text]) => `<li class="${colour}">${escapeHtml(text)}</li>`);
  const list = items.length > 0 ? `<ul class="key">${items.join("")}</ul>` : "";
  return `<figure><figcaption><h2>${escapeHtml(plot.title)}</h2><p>${escapeHtml(remark)}</p>${list}</figcaption>
${plotSvg(plot)}</figure>`;
}

/** About `count` round numbers from `from` to `to`: 1, 2 or 5 times a power of ten apart. */
export function roundTicks(from: number, to: number, count = 5): number[] {
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** One decimal: more is not seen. */
export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function write({ format = String }: Axis, tick: number): string {
  return escapeHtml(format(tick));
}
