/** Waits, unless the signal aborts first: then it throws the signal's reason. */
export type Sleep = (millis: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = (millis, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, millis);
    signal.addEventListener("abort", abort, { once: true });
  });

/** Like sleep, but wakes early when the connection comes back. */
export const sleepUntilOnline: Sleep = async (millis, signal) => {
  const nap = childController(signal);
  const wake = () => nap.abort(WOKEN);
  globalThis.addEventListener?.("online", wake);
  try {
    await sleep(millis, nap.signal);
  } catch (thrown) {
    if (thrown !== WOKEN) {
      throw thrown;
    }
  } finally {
    globalThis.removeEventListener?.("online", wake);
    nap.abort(WOKEN);
  }
};

const WOKEN = new DOMException("online again", "AbortError");

/**
 * How long to wait before the next try: doubles with each failure in a row up to a limit, and varies by half so that
 * many clients do not come back at the same moment.
 */
export function backoffMillis(failures: number, random: () => number = Math.random): number {
  const full = Math.min(30_000, 500 * 2 ** Math.max(0, failures - 1));
  return Math.round(full / 2 + (random() * full) / 2);
}

/** A signal that aborts with its parent, and that can be aborted alone. */
export function childController(parent: AbortSignal): AbortController {
  const child = new AbortController();
  if (parent.aborted) {
    child.abort(parent.reason);
  } else {
    parent.addEventListener("abort", () => child.abort(parent.reason), { once: true, signal: child.signal });
  }
  return child;
}
