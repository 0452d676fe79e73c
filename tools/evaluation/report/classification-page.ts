/** A classification's evaluation as one HTML page. */
import type { LabelMeasures } from "../classification/label-measures.ts";
import type { ClassificationReport } from "./classification-files.ts";
import { classCells, mostConfused, overall, supportOf } from "./classification-table.ts";
import { escapeHtml, htmlPage, htmlTable } from "./html.ts";
import { formatCount, formatMeasure } from "./numbers.ts";

const CLASS_HEADER = ["precision", "recall", "F1", "support"];

export function classificationPage(report: ClassificationReport): string {
  const size =
    report.kind === "labels"
      ? `${formatCount(supportOf(report.measures))} texts, ${report.measures.labels.length} labels`
      : `${formatCount(report.numSentences)} sentences, ${formatCount(report.measures.micro.support)} entities`;
  return htmlPage(
    `${report.dataset}, labelled by ${report.source}`,
    `<header><h1>${escapeHtml(report.dataset)}</h1><p>${size}. Labelled by ${escapeHtml(report.source)}.</p></header>
${report.kind === "labels" ? labelSections(report.measures) : entitySections(report)}`,
  );
}

function labelSections(measures: LabelMeasures): string {
  const rows = Object.entries(measures.perLabel).map(([label, own]) => [
    escapeHtml(label),
    ...classCells(own),
  ]);
  const confused = mostConfused(measures).map(({ actual, predicted, count }) => [
    escapeHtml(actual),
    escapeHtml(predicted),
    formatCount(count),
  ]);
  return `${tiles(overall(measures))}
<section class="card"><h2>Most confused</h2>${htmlTable("True label, predicted label and how often", ["label", "predicted", "texts"], confused)}</section>
<section class="card"><h2>Confusion</h2>${confusionMap(measures)}<p class="note">A row a true label, a column a predicted one, both in the order of the table below; the darker, the greater the share of the row. Off the diagonal are the mistakes.</p></section>
<section class="card"><h2>Labels</h2>${htmlTable("As scikit-learn defines them; a division by zero gives 0", ["label", ...CLASS_HEADER], rows)}</section>`;
}

function entitySections({ measures }: ClassificationReport & { kind: "tags" }): string {
  const { micro, macro, perType } = measures;
  const rows = [...Object.entries(perType), ["micro average", micro] as const].concat([
    ["macro average", macro],
  ]);
  return `${tiles([
    ["micro F1", formatMeasure(micro.f1)],
    ["precision", formatMeasure(micro.precision)],
    ["recall", formatMeasure(micro.recall)],
    ["macro F1", formatMeasure(macro.f1)],
  ])}
<section class="card"><h2>Types of entity</h2>${htmlTable(
    "As seqeval counts in its default mode: type, first and last token must agree",
    ["type", ...CLASS_HEADER],
    rows.map(([type, own]) => [escapeHtml(type), ...classCells(own)]),
  )}</section>`;
}

function tiles(all: readonly (readonly [name: string, value: string])[]): string {
  const items = all.map(
    ([name, value]) =>
      `<div class="tile"><dt>${name}</dt><dd style="margin:0"><b>${value}</b></dd></div>`,
  );
  return `<dl class="tiles">${items.join("")}</dl>`;
}

function confusionMap({ labels, confusion }: LabelMeasures): string {
  const cells = confusion.flatMap((row, actual) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, predicted) => {
      if (count === 0) return [];
      const title = `${labels[actual]} taken for ${labels[predicted]}: ${count} of ${total}`;
      const colour = actual === predicted ? "gain" : "loss";
      const opacity = Math.round(100 * (0.15 + 0.85 * (count / total))) / 100;
      return `<rect class="${colour}" x="${predicted}" y="${actual}" width="1" height="1" fill-opacity="${opacity}"><title>${escapeHtml(title)}</title></rect>`;
    });
  });
  const size = labels.length;
  return `<svg viewBox="0 0 ${size} ${size}" role="img" style="width:min(100%,36rem);height:auto;display:block;border:1px solid var(--line)"><title>Confusion matrix</title><desc>${size} by ${size} labels; the diagonal is right.</desc>${cells.join("")}</svg>`;
}
