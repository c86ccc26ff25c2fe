import { createStore, useStore } from "../lib/store";

/** Chromium's offer to install the app; no standard type has it yet. */
export interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

/** Null while the browser offers nothing: it is installed already, or installs by its own menu only. */
export const installOffer = createStore<InstallOffer | null>(null);

/** Listens from the start: the offer comes once, soon after the page has loaded. */
export function listenForInstallOffer(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    installOffer.set(event as InstallOffer);
  });
  window.addEventListener("appinstalled", () => installOffer.set(null));
}

export function useInstallOffer(): InstallOffer | null {
  return useStore(installOffer);
}
