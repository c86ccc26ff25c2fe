import type { CDPSession } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EMAIL_TOKEN } from "../backend/notifications";
import { PHONE, signIn } from "./chromium";
import { Visit } from "./harness";

let visit: Visit;

/** Chromium's push service is another host; what the page asks of it is answered in its place. */
function withoutPushService() {
  const KEY = "test.subscription";
  const bytes = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const make = (key: string) => ({
    endpoint: "https://push.example.com/send/1",
    options: { applicationServerKey: bytes(key), userVisibleOnly: true },
    getKey: (name: string) => new Uint8Array(name === "auth" ? 16 : 65).fill(4).buffer,
    unsubscribe: async () => {
      localStorage.removeItem(KEY);
      return true;
    },
  });
  const prototype = PushManager.prototype as unknown as Record<string, unknown>;
  prototype.subscribe = async (options: { applicationServerKey: Uint8Array }) => {
    const key = btoa(String.fromCharCode(...options.applicationServerKey));
    localStorage.setItem(KEY, key);
    return make(key);
  };
  prototype.getSubscription = async () => {
    const key = localStorage.getItem(KEY);
    return key === null ? null : make(key);
  };
}

beforeEach(async () => {
  visit = await Visit.open(PHONE);
  await visit.context.grantPermissions(["notifications"], { origin: visit.backend.address });
  await visit.context.addInitScript(withoutPushService);
  await signIn(visit.page, visit.backend.address, "Ada");
});

afterEach(async () => {
  await visit.close();
  expect(visit.faults).toEqual([]);
});

function told() {
  return visit.backend.notified.of("ada");
}

async function settings() {
  await visit.page.evaluate(() => navigator.serviceWorker.ready);
  await visit.page.goto(`${visit.backend.address}/settings`);
  await visit.page.getByRole("heading", { name: "Notifications" }).waitFor();
}

describe("told while looking elsewhere (EV-06)", () => {
  it("switches push on and off by a press, and chooses of what to be told", async () => {
    const { page } = visit;
    await settings();
    const device = page.getByRole("switch", { name: /On this device/ });
    expect(await device.getAttribute("aria-checked")).toBe("false");
    expect(told().subscriptions).toEqual([]);
    await device.click();
    await expect.poll(() => device.getAttribute("aria-checked")).toBe("true");
    expect(told().subscriptions).toMatchObject([
      { endpoint: "https://push.example.com/send/1", label: expect.stringMatching(/Chrome/) },
    ]);
    expect(told().subscriptions[0]?.p256dh).toHaveLength(65);

    await page.getByRole("checkbox", { name: "Notifications: a photo could not be done" }).uncheck();
    await expect.poll(() => told().preferences.push).toEqual([1]);
    await page.reload();
    await expect.poll(() => device.getAttribute("aria-checked")).toBe("true");
    expect(await page.getByRole("checkbox", { name: "Notifications: a photo could not be done" }).isChecked()).toBe(
      false,
    );
    expect(await visit.barriers()).toEqual([]);

    await device.click();
    await expect.poll(() => device.getAttribute("aria-checked")).toBe("false");
    await expect.poll(() => told().subscriptions).toEqual([]);
  });

  it("explains that the person has blocked notifications", async () => {
    await visit.page.addInitScript(() => Object.defineProperty(Notification, "permission", { value: "denied" }));
    await settings();
    const device = visit.page.getByRole("switch", { name: /On this device/ });
    await visit.page.getByText("You have blocked notifications for Rekindle.").waitFor();
    expect(await device.isDisabled()).toBe(true);
  });

  it("shows one notification a job, and a press on it opens the job", async () => {
    const { page, context, backend } = visit;
    await page.evaluate(() => navigator.serviceWorker.ready);
    const cdp = await context.newCDPSession(page);
    const registrationId = await registrationOf(cdp);
    const push = (data: string) =>
      cdp.send("ServiceWorker.deliverPushMessage", { origin: backend.address, registrationId, data });
    const shown = () =>
      page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        return (await registration.getNotifications()).map(({ title, tag }) => ({ title, tag }));
      });
    await push('{"type":"job.failed","jobId":"job-1"}');
    await expect.poll(shown).toEqual([{ title: "A photo could not be done", tag: "job-1" }]);
    await push('{"type":"job.completed","jobId":"job-1"}');
    await expect.poll(shown).toEqual([{ title: "Your photo is ready", tag: "job-1" }]);

    const worker = context.serviceWorkers()[0];
    const opened = await worker?.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: a worker's scope has no type among those of a page
      const scope = self as any;
      const [notification] = await scope.registration.getNotifications();
      return new Promise<string>((resolve) => {
        Object.defineProperty(scope.clients, "openWindow", { value: async (path: string) => resolve(path) });
        scope.dispatchEvent(new scope.NotificationEvent("notificationclick", { notification }));
      });
    });
    expect(opened).toBe("/jobs/job-1");

    await push("not of ours");
    await expect.poll(async () => (await shown()).map(({ title }) => title)).toContain("Rekindle");
  });

  it("takes an e-mail address once the link was followed, and forgets it by the other link", async () => {
    const { page, backend } = visit;
    await settings();
    await page.getByLabel("Your e-mail address").fill("ada@example.com");
    await page.getByRole("button", { name: "Send me a link to confirm" }).click();
    await page.getByText("We sent a link to ada@example.com.").waitFor();
    expect(told().email?.confirmMillis).toBeNull();

    await page.goto(`${backend.address}/email#confirm=${EMAIL_TOKEN}`);
    await page.getByRole("heading", { name: "Confirm your e-mail address" }).waitFor();
    expect(told().email?.confirmMillis).toBeNull();
    expect(await visit.barriers()).toEqual([]);
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("Confirmed. We will write to you").waitFor();
    await settings();
    await page.getByText("Goes to ada@example.com").waitFor();

    await page.goto(`${backend.address}/email#unsubscribe=${EMAIL_TOKEN}`);
    await page.getByRole("button", { name: "Stop the e-mail" }).click();
    await page.getByText("No more e-mail is sent there.").waitFor();
    expect(told().email).toBeNull();
    await page.goto(`${backend.address}/email#confirm=short`);
    await page.reload();
    await page.getByRole("heading", { name: /This link is not whole/ }).waitFor();
  });
});

/** The id by which Chromium knows the registration of our worker. */
function registrationOf(cdp: CDPSession): Promise<string> {
  return new Promise((resolve) => {
    cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const found = registrations.find((one: { isDeleted: boolean }) => !one.isDeleted);
      if (found !== undefined) {
        resolve(found.registrationId);
      }
    });
    void cdp.send("ServiceWorker.enable");
  });
}
