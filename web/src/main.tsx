import "./styles/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { listenForInstallOffer } from "./settings/install";
import { Crash } from "./shell/Crash";
import { registerServiceWorker } from "./shell/UpdateNote";
import { text } from "./text";

const root = document.getElementById("root");
if (root === null) {
  throw new Error("the page has no #root");
}
document.documentElement.lang = text.locale;
createRoot(root).render(
  <StrictMode>
    <Crash>
      <App />
    </Crash>
  </StrictMode>,
);
listenForInstallOffer();
void registerServiceWorker();
