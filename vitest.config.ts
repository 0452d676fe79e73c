import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "test/build-engine.ts",
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/worker/**", "test/clients/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "worker",
          include: ["test/worker/**/*.test.ts"],
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
