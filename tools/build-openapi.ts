/**
 * Writes the description of the API and the page that shows it into `worker/build`, from where they are served as static assets:
 * `openapi.json`, `docs.html` and the scripts it loads in `docs/`. Run by `npm run build`, after the playground was built, to whose
 * `_headers` it adds the page's.
 */
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { openApiDocument } from "../worker/openapi/document.ts";

const root = join(import.meta.dirname, "..");
const source = join(root, "api-page");
const target = join(root, "worker/build");

await mkdir(join(target, "docs"), { recursive: true });
const document = openApiDocument(packageJson.version);
await writeFile(join(target, "openapi.json"), JSON.stringify(document));
await copyFile(join(source, "index.html"), join(target, "docs.html"));
await copyFile(join(source, "main.js"), join(target, "docs/main.js"));
await copyFile(scalar(), join(target, "docs/scalar.js"));
await addHeaders();

/** The whole of Scalar in one script, which loads nothing else. */
function scalar(): string {
  const entry = createRequire(import.meta.url).resolve("@scalar/api-reference");
  return join(dirname(entry), "browser/standalone.js");
}

async function addHeaders(): Promise<void> {
  const path = join(target, "_headers");
  const own = await readFile(join(source, "_headers"), "utf8");
  const existing = await readFile(path, "utf8").catch(() => "");
  if (!existing.includes(own)) await writeFile(path, `${existing}\n${own}`);
}
