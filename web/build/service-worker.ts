import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { notices } from "../src/text/en.notices.ts";

/** The place in the worker's source that the list of files and its words are written into. */
const PLACE = "__SHELL__";

/** Files of the shell that are worth having before they are asked for; the rest is cached when it is first used. */
function belongsToShell(file: string): boolean {
  return /\.(js|css|html|webmanifest|svg)$/.test(file) || /-latin-(?!ext).*\.woff2$/.test(file);
}

/**
 * Writes into sw.js which files make the offline shell, and a version that changes with any of them.
 */
export function serviceWorkerShell(): Plugin {
  let publicDir = "";
  let page = "";
  return {
    name: "rekindle-service-worker-shell",
    apply: "build",
    configResolved(config) {
      publicDir = config.publicDir;
      page = join(config.root, "index.html");
    },
    generateBundle(_, bundle) {
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") {
        this.error("the build made no sw.js");
      }
      const hash = createHash("sha256").update(readFileSync(page));
      const built = Object.keys(bundle).filter((file) => file !== "sw.js" && belongsToShell(file));
      const copied = readdirSync(publicDir).filter(belongsToShell);
      for (const file of copied) {
        hash.update(readFileSync(join(publicDir, file)));
      }
      // The page itself is written after this hook.
      const files = [...new Set(["index.html", ...built, ...copied])].sort();
      const shell = {
        version: "",
        files: files.map((file) => `/${file}`),
        // The worker is one file that imports nothing.
        words: notices.shown,
      };
      shell.version = hash.update(JSON.stringify(files)).digest("hex").slice(0, 12);
      worker.code = worker.code.replace(PLACE, JSON.stringify(shell));
    },
  };
}
