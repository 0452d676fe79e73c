/** Text that may stand in HTML and SVG, between tags and in double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/**
 * A page that stands alone: no script, no font, nothing that is fetched.
 * @param main - HTML.
 */
export function htmlPage(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`;
}

/**
 * A table with a caption for those who hear it. The first column is a row header.
 * @param header - Text of each column. @param rows - HTML of each cell.
 */
export function htmlTable(
  caption: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const head = header.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join("");
  const body = rows.map(([first, ...rest]) => {
    const cells = rest.map((cell) => `<td>${cell}</td>`).join("");
    return `<tr><th scope="row">${first}</th>${cells}</tr>`;
  });
  return `<div class="scroll"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>
${body.join("\n")}
</tbody></table></div>`;
}

const STYLE = `
:root { --page:#f6f7f9; --card:#fff; --ink:#1b1f24; --soft:#59636e; --line:#d9dee4; --grid:#e9ecf0;
  --gain:#2067c9; --loss:#c8541a; --gain-fill:#2067c94d; --loss-fill:#c8541a4d; }
@media (prefers-color-scheme: dark) {
  :root { --page:#0f1318; --card:#171c23; --ink:#e6eaef; --soft:#9aa5b1; --line:#2d3540; --grid:#242b34;
    --gain:#6aa7f8; --loss:#f0935c; --gain-fill:#6aa7f84d; --loss-fill:#f0935c4d; }
}
* { box-sizing:border-box; }
body { margin:0; background:var(--page); color:var(--ink); font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif; }
main { max-width:72rem; margin:0 auto; padding:2rem 1.25rem 3rem; }
h1 { font-size:1.6rem; line-height:1.25; margin:0 0 .25rem; text-wrap:balance; }
h2 { font-size:1.05rem; margin:0 0 .25rem; }
p { margin:0 0 .75rem; }
header p, .note, figcaption p { color:var(--soft); }
.note, figcaption p { font-size:.87rem; margin:0; }
.tiles { display:grid; grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr)); gap:.75rem; margin:1.25rem 0; }
.tile, .card, figure { background:var(--card); border:1px solid var(--line); border-radius:.6rem; }
.tile { padding:.7rem .9rem; }
.tile b { display:block; font-size:1.5rem; line-height:1.3; font-weight:650; font-variant-numeric:tabular-nums; }
.tile span { color:var(--soft); font-size:.85rem; display:block; }
.tile dt { color:var(--soft); font-size:.85rem; }
.card { padding:1rem 1.1rem; margin:0 0 1rem; }
.plots { display:grid; grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr)); gap:1rem; margin:0 0 1rem; }
figure { margin:0; padding:1rem 1.1rem; display:flex; flex-direction:column; gap:.5rem; }
figure svg { width:100%; height:auto; display:block; margin-top:auto; }
.card > svg { margin-bottom:.5rem; }
svg text { fill:var(--soft); font:12px system-ui,sans-serif; font-variant-numeric:tabular-nums; }
svg .axis { stroke:var(--line); } svg .grid { stroke:var(--grid); }
svg .even { stroke:var(--soft); stroke-dasharray:4 4; fill:none; }
svg .gain { fill:var(--gain); } svg .loss { fill:var(--loss); } svg .dot { fill:var(--gain); fill-opacity:.55; }
svg .dot.loss { fill:var(--loss); } svg .dot.same { fill:var(--soft); }
svg .gain-area { fill:var(--gain-fill); stroke:var(--gain); stroke-width:1.5; }
svg .loss-area { fill:var(--loss-fill); stroke:var(--loss); stroke-width:1.5; }
svg .gain-line, svg .loss-line { fill:none; stroke-width:2; } svg .gain-line { stroke:var(--gain); } svg .loss-line { stroke:var(--loss); }
svg .mark { stroke:var(--ink); stroke-width:1.5; } svg .mark-label { fill:var(--ink); }
.scroll + .note { margin-top:.75rem; }
small { color:var(--soft); font-size:.85rem; }
.key { display:flex; flex-wrap:wrap; gap:.1rem 1rem; font-size:.87rem; list-style:none; margin:.3rem 0 0; padding:0; }
.key li::before { content:""; display:inline-block; width:.7rem; height:.7rem; border-radius:.15rem; margin-right:.4rem; background:var(--swatch); }
.key .gain { --swatch:var(--gain); } .key .loss { --swatch:var(--loss); } .key .same { --swatch:var(--soft); }
.scroll { overflow-x:auto; }
table { border-collapse:collapse; width:100%; font-variant-numeric:tabular-nums; }
caption { text-align:left; color:var(--soft); font-size:.87rem; padding:0 0 .5rem; }
th, td { padding:.4rem .6rem; text-align:right; border-top:1px solid var(--line); font-weight:400; vertical-align:top; }
thead th { color:var(--soft); font-size:.85rem; border-top:0; vertical-align:bottom; }
th:first-child { text-align:left; padding-left:0; } td:last-child, th:last-child { padding-right:0; }
tbody th { overflow-wrap:anywhere; min-width:6rem; }
td.gain, td .gain { color:var(--gain); } td.loss, td .loss { color:var(--loss); }
td b { font-weight:650; }
details summary { cursor:pointer; color:var(--soft); font-size:.87rem; }
details ol { margin:.4rem 0 .2rem; padding-left:0; list-style:none; font-size:.87rem; }
details li { margin:0 0 .4rem; color:var(--soft); }
details li.relevant { color:var(--ink); }
code { font:.85em ui-monospace,SFMono-Regular,Menlo,monospace; overflow-wrap:anywhere; }
.facts { display:grid; grid-template-columns:max-content 1fr; gap:.25rem 1rem; margin:0; }
.facts dt { color:var(--soft); } .facts dd { margin:0; overflow-wrap:anywhere; }
@media (max-width:36rem) { main { padding:1.25rem .8rem 2rem; } .card, figure { padding:.85rem .8rem; } th, td { padding:.35rem .25rem; font-size:.82rem; } thead th { font-size:.78rem; }
  .facts { grid-template-columns:1fr; gap:0; } .facts dd { margin-bottom:.4rem; } tbody th { min-width:5.3rem; }
  .measures :is(th,td):nth-child(5) { display:none; } svg text { font-size:15px; } }
@media print { .card, figure { break-inside:avoid; } }
`;
