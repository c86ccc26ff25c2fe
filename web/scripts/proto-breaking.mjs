// Compares the contracts with those of a git revision: npm run proto:breaking -- v1.0 (default: main).
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buf, ensureThirdParty, main, root, run, thirdParty } from "./contracts.mjs";

main(() => {
  const revision = process.argv[2] ?? "main";
  ensureThirdParty();
  // The contracts of others are not in git, so the earlier tree borrows today's.
  const earlier = mkdtempSync(join(tmpdir(), "rekindle-contracts-"));
  try {
    const archive = join(earlier, "contracts.tar");
    const tar = execFileSync("git", ["archive", revision, "proto/buf.yaml", "proto/src/main/proto"], { cwd: root });
    writeFileSync(archive, tar);
    run("tar", ["-xf", archive, "-C", earlier], earlier);
    mkdirSync(join(earlier, "proto", "target"), { recursive: true });
    cpSync(thirdParty, join(earlier, "proto", "target", "third-party"), { recursive: true });
    buf("breaking", "../proto", "--against", join(earlier, "proto"));
    console.log(`the contracts break nothing of ${revision}`);
  } finally {
    rmSync(earlier, { recursive: true, force: true });
  }
});
