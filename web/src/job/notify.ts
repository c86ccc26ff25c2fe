import { paths } from "../lib/router";
import { createStore } from "../lib/store";
import { text } from "../text";

/** Jobs whose end the person wants to be told. */
export const toldOf = createStore<ReadonlySet<string>>(new Set());

export function canNotify(): boolean {
  return "Notification" in globalThis && Notification.permission !== "denied";
}

/** Asks for permission and remembers the job. False where the browser does not let us. */
export async function tellWhenDone(jobId: string): Promise<boolean> {
  if (!canNotify() || (await Notification.requestPermission()) !== "granted") {
    return false;
  }
  toldOf.set((before) => new Set(before).add(jobId));
  return true;
}

/** Tells that a job has ended, if the person asked for it and looks elsewhere. */
export async function tellDone(jobId: string, worked: boolean): Promise<void> {
  if (!toldOf.get().has(jobId)) {
    return;
  }
  toldOf.set((before) => new Set([...before].filter((id) => id !== jobId)));
  if (document.visibilityState === "visible") {
    return;
  }
  const title = worked ? text.job.notifyTitle.done : text.job.notifyTitle.failed;
  const options = { icon: "/icon-192.png", tag: jobId, data: { path: paths.job(jobId) } };
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration === undefined) {
    new Notification(title, options);
  } else {
    await registration.showNotification(title, options);
  }
}
