import { createStore, useStore } from "../lib/store";
import { text } from "../text";
import { Button } from "../ui/Button";

/** A new version that has been fetched and waits to take over. */
const waiting = createStore<ServiceWorker | null>(null);

/** Keeps the shell for days without a connection, and notices new versions. */
export async function registerServiceWorker(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) {
    return;
  }
  let reloading = false;
  const first = navigator.serviceWorker.controller === null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!first && !reloading) {
      reloading = true;
      location.reload();
    }
  });
  try {
    const registration = await navigator.serviceWorker.register("/sw.js");
    const notice = () => {
      if (registration.waiting !== null && navigator.serviceWorker.controller !== null) {
        waiting.set(registration.waiting);
      }
    };
    notice();
    registration.addEventListener("updatefound", () =>
      registration.installing?.addEventListener("statechange", notice),
    );
  } catch {
    // No shell for days without a connection; everything else works.
  }
}

export function UpdateNote() {
  const worker = useStore(waiting);
  if (worker === null) {
    return null;
  }
  return (
    <div
      role="status"
      className="flex items-center justify-center gap-3 bg-moss-wash px-4 py-1.5 text-sm font-semibold"
    >
      {text.app.updateReady}
      <Button size="small" onClick={() => worker.postMessage("activate")}>
        {text.app.update}
      </Button>
    </div>
  );
}
