// The scripted backend by itself: npm run dev:backend, then npm run dev beside it.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Backend } from "./backend";

const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "dist");
const backend = await Backend.start({
  port: Number(process.env.PORT ?? 8080),
  ...(existsSync(dist) ? { files: dist } : {}),
});
console.log(`the scripted backend listens at ${backend.address}`);
