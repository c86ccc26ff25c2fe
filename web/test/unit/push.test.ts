import { beforeEach, describe, expect, it, vi } from "vitest";
import { routeOf } from "../../src/lib/router";
import { emailLinkOf } from "../../src/settings/emailLink";
import { deviceName, keyBytes, type PushDevice, pushState, switchOff, switchOn } from "../../src/settings/push";

const KEY = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";

/** A browser with a push service of its own. */
class Device implements PushDevice {
  granted: NotificationPermission = "default";
  answer: NotificationPermission = "granted";
  asked = 0;
  subscription: PushSubscription | null = null;
  subscribed: PushSubscriptionOptionsInit[] = [];

  permission() {
    return this.granted;
  }

  async ask() {
    this.asked++;
    this.granted = this.answer;
    return this.granted;
  }

  async worker() {
    return {
      pushManager: {
        getSubscription: async () => this.subscription,
        subscribe: async (options: PushSubscriptionOptionsInit) => {
          this.subscribed.push(options);
          this.subscription = this.make(options.applicationServerKey as Uint8Array<ArrayBuffer>);
          return this.subscription;
        },
      } as unknown as PushManager,
    };
  }

  label() {
    return "Test";
  }

  make(key: Uint8Array<ArrayBuffer>): PushSubscription {
    return {
      endpoint: `https://push.example.com/${this.subscribed.length}`,
      options: { applicationServerKey: key.buffer, userVisibleOnly: true },
      getKey: (name: string) => new Uint8Array(name === "auth" ? 16 : 65).fill(7).buffer,
      unsubscribe: async () => {
        this.subscription = null;
        return true;
      },
    } as unknown as PushSubscription;
  }
}

function calls() {
  return {
    registerPushSubscription: vi.fn(async (_request: { endpoint?: string }) => ({ subscription: { id: "s-1" } })),
    deletePushSubscription: vi.fn(async (_request: { subscriptionId?: string }) => ({})),
  };
}

type Calls = Parameters<typeof switchOn>[1];

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});

describe("push on this device (EV-06)", () => {
  it("asks, subscribes under the server's key and registers", async () => {
    const device = new Device();
    const server = calls();
    expect(await pushState(device, KEY)).toBe("off");
    expect(device.asked).toBe(0);
    expect(await switchOn(device, server as unknown as Calls, KEY)).toBe("on");
    expect(device.subscribed).toEqual([{ userVisibleOnly: true, applicationServerKey: keyBytes(KEY) }]);
    expect(server.registerPushSubscription).toHaveBeenCalledWith({
      endpoint: "https://push.example.com/1",
      p256dh: new Uint8Array(65).fill(7),
      auth: new Uint8Array(16).fill(7),
      label: "Test",
    });
    expect(await pushState(device, KEY)).toBe("on");

    await switchOff(device, server as unknown as Calls);
    expect(server.deletePushSubscription).toHaveBeenCalledWith({ subscriptionId: "s-1" });
    expect(device.subscription).toBeNull();
    expect(await pushState(device, KEY)).toBe("off");
  });

  it("registers nothing where the person says no", async () => {
    const device = new Device();
    device.answer = "denied";
    const server = calls();
    expect(await switchOn(device, server as unknown as Calls, KEY)).toBe("denied");
    expect(device.subscribed).toEqual([]);
    expect(server.registerPushSubscription).not.toHaveBeenCalled();
    expect(await pushState(device, KEY)).toBe("denied");
  });

  it("is off again where the server does not take it", async () => {
    const device = new Device();
    const server = calls();
    server.registerPushSubscription.mockRejectedValue(new Error("away"));
    await expect(switchOn(device, server as unknown as Calls, KEY)).rejects.toThrow("away");
    expect(device.subscription).toBeNull();
    expect(await pushState(device, KEY)).toBe("off");
  });

  it("subscribes anew where the server has another key than before", async () => {
    const device = new Device();
    device.subscription = device.make(new Uint8Array(65));
    await switchOn(device, calls() as unknown as Calls, KEY);
    expect(device.subscribed).toHaveLength(1);
    await switchOn(device, calls() as unknown as Calls, KEY);
    expect(device.subscribed).toHaveLength(1);
  });

  it("is off although the server cannot be told", async () => {
    const device = new Device();
    const server = calls();
    await switchOn(device, server as unknown as Calls, KEY);
    server.deletePushSubscription.mockRejectedValue(new Error("away"));
    await switchOff(device, server as unknown as Calls);
    expect(await pushState(device, KEY)).toBe("off");
  });

  it("says why it cannot be", async () => {
    expect(await pushState(null, KEY)).toBe("unsupported");
    expect(await pushState(new Device(), "")).toBe("unavailable");
  });

  it("names devices as people do", () => {
    expect(deviceName("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36")).toBe(
      "Chrome on Android",
    );
    expect(deviceName("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1")).toBe(
      "Safari on iPhone or iPad",
    );
    expect(deviceName("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")).toBe(
      "Firefox on Linux",
    );
    expect(deviceName("curl/8")).toBe("Browser");
  });
});

describe("links out of e-mail (EV-06)", () => {
  it("reads what is whole and nothing else", () => {
    const token = "a-_".repeat(14).concat("b");
    expect(emailLinkOf(`#confirm=${token}`)).toEqual({ action: "confirm", token });
    expect(emailLinkOf(`#unsubscribe=${token}`)).toEqual({ action: "unsubscribe", token });
    for (const broken of ["", "#confirm=", `#delete=${token}`, `#confirm=${token}x`, `#confirm=${token.slice(1)}`]) {
      expect(emailLinkOf(broken)).toBeNull();
    }
    expect(routeOf("/email", "")).toEqual({ page: "email" });
  });
});
