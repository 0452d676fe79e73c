/** What building and bundling the Worker reads, relative to the project; beside it, a packed model and node_modules. */
export const PROJECT_PARTS = [
  "worker",
  "engine",
  "playground",
  "api-page",
  "sdk",
  "tools",
  "package.json",
  "tsconfig.json",
  "wrangler.toml",
] as const;
