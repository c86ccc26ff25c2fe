import { api, type Clients } from "../api/clients";
import { onSignOut } from "../auth/session";
import { deviceStorage } from "../lib/storage";

/** Whether this browser is told by push, or why it cannot be. */
export type PushState = "unsupported" | "unavailable" | "denied" | "off" | "on";

/** What of a browser push needs. */
export interface PushDevice {
  permission(): NotificationPermission;
  ask(): Promise<NotificationPermission>;
  /** Null where there is no worker. */
  worker(): Promise<Pick<ServiceWorkerRegistration, "pushManager"> | null>;
  label(): string;
}

type Calls = Pick<Clients["notifications"], "registerPushSubscription" | "deletePushSubscription">;

/** The id under which this browser is registered; there is one while its owner wants push here. */
const KEY = "rekindle.push";

/** Null in browsers without push. */
export function pushDevice(): PushDevice | null {
  if (!("serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis)) {
    return null;
  }
  return {
    permission: () => Notification.permission,
    ask: () => Notification.requestPermission(),
    worker: async () => (await navigator.serviceWorker.getRegistration()) ?? null,
    label: () => deviceName(navigator.userAgent),
  };
}

/** "Chrome on Android": what a person calls the device by. */
export function deviceName(agent: string): string {
  const browser = /Edg\//.test(agent)
    ? "Edge"
    : /Firefox\//.test(agent)
      ? "Firefox"
      : /Chrom(e|ium)\//.test(agent)
        ? "Chrome"
        : /Safari\//.test(agent)
          ? "Safari"
          : "Browser";
  const system = /Android/.test(agent)
    ? "Android"
    : /iPhone|iPad/.test(agent)
      ? "iPhone or iPad"
      : /Windows/.test(agent)
        ? "Windows"
        : /Mac OS X/.test(agent)
          ? "Mac"
          : /Linux|CrOS/.test(agent)
            ? "Linux"
            : "";
  return system === "" ? browser : `${browser} on ${system}`;
}

/** A key as the browser wants it, of base64url. */
export function keyBytes(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function isUnder(subscription: PushSubscription, key: Uint8Array): boolean {
  const own = subscription.options.applicationServerKey;
  const bytes = own === null ? new Uint8Array() : new Uint8Array(own);
  return bytes.length === key.length && bytes.every((byte, i) => byte === key[i]);
}

export async function pushState(device: PushDevice | null, publicKey: string): Promise<PushState> {
  if (publicKey === "") {
    return "unavailable";
  }
  const worker = (await device?.worker()) ?? null;
  if (device === null || worker === null) {
    return "unsupported";
  }
  if (device.permission() === "denied") {
    return "denied";
  }
  const subscription = await worker.pushManager.getSubscription();
  return subscription !== null && deviceStorage.read(KEY) !== null ? "on" : "off";
}

/**
 * Has this browser told. To be called by a press: it may ask for permission.
 *
 * @returns how it stands then
 */
export async function switchOn(device: PushDevice, calls: Calls, publicKey: string): Promise<PushState> {
  const permission = await device.ask();
  if (permission !== "granted") {
    return permission === "denied" ? "denied" : "off";
  }
  const worker = await device.worker();
  if (worker === null) {
    return "unsupported";
  }
  await register(worker, device.label(), calls, publicKey);
  return "on";
}

async function register(
  worker: Pick<ServiceWorkerRegistration, "pushManager">,
  label: string,
  calls: Calls,
  publicKey: string,
): Promise<void> {
  const key = keyBytes(publicKey);
  let subscription = await worker.pushManager.getSubscription();
  if (subscription !== null && !isUnder(subscription, key)) {
    // The server has other keys than it had: the old subscription takes nothing from it.
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  try {
    const answer = await calls.registerPushSubscription({
      endpoint: subscription.endpoint,
      p256dh: bytesOf(subscription, "p256dh"),
      auth: bytesOf(subscription, "auth"),
      label,
    });
    deviceStorage.write(KEY, answer.subscription?.id ?? "");
  } catch (thrown) {
    await subscription.unsubscribe();
    deviceStorage.write(KEY, null);
    throw thrown;
  }
}

function bytesOf(subscription: PushSubscription, name: PushEncryptionKeyName): Uint8Array {
  return new Uint8Array(subscription.getKey(name) ?? new ArrayBuffer(0));
}

/** Ends it on this browser: what the server does not hear of now, the push service tells it at the next push. */
export async function switchOff(device: PushDevice, calls: Calls): Promise<void> {
  const subscriptionId = deviceStorage.read(KEY) ?? "";
  await unsubscribe(device);
  if (subscriptionId !== "") {
    await calls.deletePushSubscription({ subscriptionId }).catch(() => undefined);
  }
}

async function unsubscribe(device: PushDevice): Promise<void> {
  deviceStorage.write(KEY, null);
  const worker = await device.worker();
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}

/** At the start of the app: browsers change subscriptions now and then, and servers their keys. Asks for nothing. */
export async function keepPush(): Promise<void> {
  const device = pushDevice();
  if (device === null || deviceStorage.read(KEY) === null || device.permission() !== "granted") {
    return;
  }
  try {
    const { settings } = await api.notifications.getNotificationSettings({});
    const worker = await device.worker();
    if (worker !== null && settings !== undefined && settings.pushPublicKey !== "") {
      await register(worker, device.label(), api.notifications, settings.pushPublicKey);
    }
  } catch {
    // At the next start again.
  }
}

// Who signs in next on this device is somebody else, perhaps.
onSignOut(() => {
  const device = pushDevice();
  if (device !== null && deviceStorage.read(KEY) !== null) {
    void unsubscribe(device).catch(() => undefined);
  }
});
