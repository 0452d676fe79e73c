/**
 * Writes the reference in docs/sdk.md from the docstrings of the SDK's public names: `npm run build -w sdk && npx node tools/build-sdk-reference.ts`.
 * It reads the built declarations, in which functions have no bodies.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "./user-error.ts";

const root = join(import.meta.dirname, "..");
const page = join(root, "docs/sdk.md");
const START = "<!-- reference: made by";
const END = "<!-- /reference -->";

/** A declaration with its docstring, up to the next one. */
const DECLARATION =
  /^(?:\/\*\*(?:(?!\*\/)[^])*\*\/\n)?(?:declare )?(?:abstract )?(?:interface|class|type|function|const) (\w+)[^]*?(?=^(?:\/\*\*|declare |interface |type |export |import |\/\/#)|(?![^]))/gm;

/** Names that sdk/index.ts exports one by one: the wire's own types, which it exports as a whole, stand in docs/api.md. */
async function publicNames(): Promise<string[]> {
  const index = await readFile(join(root, "sdk/index.ts"), "utf8");
  return Array.from(index.matchAll(/^export (?:type )?\{([^}]*)\}/gm), ([, names = ""]) =>
    names.split(",").map((name) => name.replace(/^\s*type\s+/, "").trim()),
  )
    .flat()
    .filter((name) => name !== "");
}

async function declarations(): Promise<Map<string, string>> {
  const dist = join(root, "sdk/dist");
  const files = await readdir(dist).catch(() => []);
  const own = files.filter((file) => /^(client|errors|index).*\.d\.ts$/.test(file));
  const texts = await Promise.all(own.map((file) => readFile(join(dist, file), "utf8")));
  return new Map(
    texts
      .flatMap((text) => [...text.matchAll(DECLARATION)])
      .map(([declaration, name]) => [name!, declaration.trim()]),
  );
}

const found = await declarations();
const sections = (await publicNames()).map((name) => {
  const declaration = found.get(name);
  if (declaration === undefined)
    throw new UserError(`${name} is not in sdk/dist: run \`npm run build -w sdk\` first.`);
  return `### ${name}\n\n\`\`\`\`typescript\n${declaration}\n\`\`\`\`\n`;
});
const text = await readFile(page, "utf8");
const start = text.indexOf("\n", text.indexOf(START));
const end = text.indexOf(END);
await writeFile(page, `${text.slice(0, start)}\n\n${sections.join("\n")}\n${text.slice(end)}`);
