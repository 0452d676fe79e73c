/**
 * Bundles the page at `/playground` into `worker/build`: `playground.html`, the files it loads in `playground/`, and `_headers`, which
 * Cloudflare reads. Run by `npm run build`, after the model's files were put there.
 */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const source = join(root, "playground");
const target = join(root, "worker/build");

await mkdir(join(target, "playground"), { recursive: true });
await build({
  entryPoints: [join(source, "main.ts"), join(source, "style.css")],
  outdir: join(target, "playground"),
  bundle: true,
  minify: true,
  format: "esm",
  // Browsers with the style's light-dark().
  target: ["chrome123", "firefox120", "safari17.5"],
  logLevel: "warning",
});
await copyFile(join(source, "icon.svg"), join(target, "playground/icon.svg"));
await copyFile(join(source, "index.html"), join(target, "playground.html"));
await copyFile(join(source, "_headers"), join(target, "_headers"));
