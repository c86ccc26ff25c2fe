import { defineConfig } from "vitest/config";

/**
 * The app in Chromium, and clients of others, against the whole mesh, started by `./rekindle up`. Needs `./rekindle build`
 * first, and `npm ci` in test/partner.
 */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts", "test/partner/*.test.ts"],
    environment: "node",
    testTimeout: 240_000,
    hookTimeout: 240_000,
    fileParallelism: false,
  },
});
