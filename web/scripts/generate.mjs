// TypeScript of the contracts into src/gen.
import { buf, ensureThirdParty, main } from "./contracts.mjs";

main(() => {
  ensureThirdParty();
  buf("generate");
});
