// Completes package-lock.json after dependencies have changed. A registry mirror may hold the builds for some platforms
// only; npm then leaves the others out of the lock, and `npm ci` refuses such a lock everywhere. Their versions stand in
// the packages that want them, so they can be added without being fetched.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { web } from "./contracts.mjs";

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64", "wasm32"];
const PROCESSOR_OF = { armv7: "arm", loong64: "loong64", x86: "ia32" };

/** Where a package runs, by the words of its name: @biomejs/cli-linux-arm64-musl. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.map((word) => PROCESSOR_OF[word] ?? word).filter((word) => PROCESSORS.includes(word));
  const libc = words.includes("musl") || words.includes("musleabihf") ? ["musl"] : [];
  return { ...(cpu.length > 0 && { cpu }), ...(os.length > 0 && { os }), ...(libc.length > 0 && { libc }) };
}

const file = join(web, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));
const added = [];
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (lock.packages[place] === undefined) {
      lock.packages[place] = { version, ...(parent.dev && { dev: true }), optional: true, ...platformOf(name) };
      added.push(name);
    }
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? "the lock is complete" : `added to the lock: ${added.join(", ")}`);
