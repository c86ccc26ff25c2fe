import { defineConfig } from "vitest/config";

/** The app in Chromium against the whole mesh, started by `./rekindle up`. Needs `./rekindle build` first. */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts"],
    environment: "node",
    testTimeout: 240_000,
    hookTimeout: 240_000,
    fileParallelism: false,
  },
});
