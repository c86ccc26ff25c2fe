import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const web = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const root = resolve(web, "..");
export const proto = join(root, "proto");
export const thirdParty = join(proto, "target", "third-party");

/** Runs a program in a folder; its output is ours. */
export function run(command, args, cwd = web) {
  execFileSync(command, args, { cwd, stdio: "inherit" });
}

export function buf(...args) {
  run(join(web, "node_modules", ".bin", "buf"), args);
}

/** The contracts of others, which the Maven build unpacks from the jars that carry them. */
export function ensureThirdParty() {
  if (existsSync(join(thirdParty, "buf", "validate", "validate.proto"))) {
    return;
  }
  run("mvn", ["-q", "-B", "-pl", "proto", "generate-sources"], root);
}

/** Ends the script with the exit code of the program that failed, without a stack trace. */
export function main(work) {
  try {
    work();
  } catch (failure) {
    if (typeof failure.status === "number") {
      process.exit(failure.status);
    }
    if (failure.code === "ENOENT") {
      console.error(`${failure.path ?? "a program"} was not found: run \`npm ci\` here, and have Maven on the PATH`);
      process.exit(1);
    }
    throw failure;
  }
}
