import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { serviceWorkerShell } from "./build/service-worker.ts";

const gateway = process.env.REKINDLE_GATEWAY ?? "http://localhost:8080";
const proxied = ["/rekindle.", "/v1", "/dev/oidc", "/app-config.json", "/explorer", "/openapi.json"];

export default defineConfig({
  plugins: [react(), tailwindcss(), serviceWorkerShell()],
  server: {
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: gateway, changeOrigin: true }])),
  },
  build: {
    target: "es2022",
    // The content policy of the gateway allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { main: "index.html", sw: "src/sw/service-worker.ts" },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
