// Lint and format check of the contracts.
import { buf, ensureThirdParty, main } from "./contracts.mjs";

main(() => {
  ensureThirdParty();
  buf("lint", "../proto");
  buf("format", "--diff", "--exit-code", "../proto/src/main/proto");
});
