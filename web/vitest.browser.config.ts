import { defineConfig } from "vitest/config";

/** The whole app in Chromium against the scripted backend. Needs `npm run build` first. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    environment: "node",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
