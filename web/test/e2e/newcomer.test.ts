import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JobState } from "../../src/gen/rekindle/jobs/v1/job_pb";
import { text } from "../../src/text";
import { PICTURES } from "../backend/pictures";
import { launchChromium, openContext, PHONE, signIn } from "../browser/chromium";
import { Rekindle } from "./rekindle";

const shots = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "test-results", "e2e");

let rekindle: Rekindle;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const faults: string[] = [];

beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  rekindle = await Rekindle.start();
  browser = await launchChromium();
  context = await openContext(browser, PHONE);
  page = await context.newPage();
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => {
    // Going to the page of payments is no leak; loading something from elsewhere would be.
    const leads = request.isNavigationRequest() && request.frame() === page.mainFrame();
    if (!leads && !/^(blob:|data:)/.test(request.url()) && !request.url().startsWith(rekindle.address)) {
      faults.push(`request to ${request.url()}`);
    }
  });
});

afterAll(async () => {
  await browser?.close();
  expect(await rekindle?.stop()).toEqual([]);
  expect(faults).toEqual([]);
});

function shot(name: string): Promise<Buffer> {
  return page.screenshot({ path: join(shots, `${name}.png`) });
}

describe("a newcomer with one old photo, on a phone, with the real mesh behind the page", () => {
  it("uploads, sees the price, watches it live, compares and saves (OPS-01, WEB-01, WEB-02, WEB-03, CARD-04)", async () => {
    await signIn(page, rekindle.address, "Ada");
    await page.getByTestId("gallery").setInputFiles(join(PICTURES, "portrait.before.jpg"));
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    const restore = page.getByRole("button", { name: "Restore for 2 credits" });
    await restore.waitFor();
    await shot("options");
    const percents: number[] = [];
    await page.exposeFunction("noteProgress", (percent: number) => percents.push(percent));
    // The page of the photo has a bar too, of its preparation: only the job's counts here.
    await page.evaluate((bar) => {
      const note = (window as unknown as { noteProgress(percent: number): void }).noteProgress;
      new MutationObserver(() => {
        const value = document
          .querySelector(`[role="progressbar"][aria-label="${bar}"]`)
          ?.getAttribute("aria-valuenow");
        if (value) {
          note(Number(value));
        }
      }).observe(document.body, { attributes: true, childList: true, subtree: true });
    }, text.job.states[JobState.PROCESSING]);
    await restore.click();
    await page.getByRole("slider", { name: "Compare before and after" }).waitFor({ timeout: 120_000 });
    expect(percents.length).toBeGreaterThan(2);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download" }).click();
    const download = await saved;
    const bytes = await download.createReadStream();
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.length;
    }
    expect(size).toBeGreaterThan(10_000);
    await page.getByRole("link", { name: "1 credit, open the credits page" }).waitFor();
    await shot("result");
  });

  it("is told plainly what lacks when the credits are used up (CR-06)", async () => {
    const token = rekindle.token("ada");
    const photos = await fetch(`${rekindle.address}/v1/photos`, { headers: { Authorization: `Bearer ${token}` } });
    const {
      photos: [photo],
    } = (await photos.json()) as { photos: { id: string }[] };
    const answer = await fetch(`${rekindle.address}/v1/jobs`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ photoIds: [photo?.id], spec: { restoration: { restore: true } } }),
    });
    expect(answer.status).toBe(402);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(await answer.json()).toMatchObject({
      reason: "INSUFFICIENT_CREDITS",
      detail: expect.stringMatching(/2 credits.*1/),
    });
  });

  it("buys credits, which are there when the page comes back (CR-03, WEB-04)", async () => {
    await page.getByRole("link", { name: "1 credit, open the credits page" }).click();
    await page.getByText(text.credits.testMode).waitFor();
    await page.getByRole("button", { name: text.credits.buy(10) }).click();
    await page.getByRole("button", { name: "Pay (test)" }).click();
    await page.getByLabel(text.credits.balanceLabel).getByText("11 credits").waitFor();
    await page.getByText(text.credits.entries[4] ?? "", { exact: true }).waitFor();
    await shot("bought");
  });

  it("subscribes to a plan, has its credits, and ends it knowing what is lost (CR-02, CR-05, WEB-04)", async () => {
    await page.getByRole("button", { name: text.credits.choose("Remember") }).click();
    await page.getByRole("button", { name: "Pay (test)" }).click();
    const balance = page.getByLabel(text.credits.balanceLabel);
    await balance.getByText("36 credits").waitFor();
    await balance.getByText(text.credits.tierLine("Remember")).waitFor();
    await page
      .getByText(text.credits.entries[3] ?? "", { exact: true })
      .first()
      .waitFor();
    await page.getByText(text.plan.line("Remember", text.plan.terms[1] ?? "")).waitFor();
    await shot("subscribed");
    await page.getByRole("button", { name: text.plan.end }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(text.plan.endLost(36)).waitFor();
    await shot("ending");
    await dialog.getByRole("button", { name: text.plan.endYes }).click();
    await page.getByText(/^It ends on .*\. Until then everything stays as it is\.$/).waitFor();
    await balance.getByText("36 credits").waitFor();
    await shot("ended");
  });

  it("finds everything as it was after the power was cut (Q-16)", async () => {
    await rekindle.kill();
    await rekindle.startAgain();
    await page.goto(`${rekindle.address}/`);
    await page
      .getByRole("link", { name: /portrait/ })
      .first()
      .waitFor();
    const token = rekindle.token("ada");
    const answer = await fetch(`${rekindle.address}/v1/jobs`, { headers: { Authorization: `Bearer ${token}` } });
    const { jobs } = (await answer.json()) as { jobs: { state: string }[] };
    expect(jobs.map(({ state }) => state)).toEqual(["JOB_STATE_COMPLETED"]);
  });

  it("marks colours, sees at once how they spread, and gets them (AI-07, WEB-02)", async () => {
    const headers = { Authorization: `Bearer ${rekindle.token("ada")}` };
    const answer = await fetch(`${rekindle.address}/v1/photos`, { headers });
    const { photos } = (await answer.json()) as { photos: { id: string }[] };
    await page.goto(`${rekindle.address}/photos/${photos[0]?.id}`);
    await page.getByText("Colourize", { exact: true }).click();
    await page.getByRole("button", { name: text.photo.hintsAdd }).click();
    await page.getByRole("button", { name: "amber", exact: true }).locator("visible=true").click();
    // The page scrolls softly up to the photo.
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(0);
    const photo = await page.getByRole("img", { name: /Your photo/ }).boundingBox();
    if (photo === null) {
      throw new Error("the photo is not shown");
    }
    await page.mouse.click(photo.x + photo.width * 0.25, photo.y + photo.height * 0.65);
    await page.getByText(text.photo.hintCount(1)).waitFor();
    const opacity = () =>
      page.locator("canvas[data-preview=colours]").evaluate((preview: HTMLCanvasElement) => {
        const { width, height } = preview;
        return preview.getContext("2d")?.getImageData(width * 0.25, height * 0.65, 1, 1).data[3];
      });
    await expect.poll(opacity, { timeout: 30_000 }).toBeGreaterThan(200);
    await shot("colours");
    await page.getByRole("button", { name: text.photo.hintsDone }).locator("visible=true").last().click();
    await page.getByRole("button", { name: "Colourize for 3 credits" }).click();
    await page.getByRole("slider", { name: "Compare before and after" }).waitFor({ timeout: 120_000 });
    await shot("coloured");
  });

  it("takes everything along, has everything erased, and begins anew (PHO-12, WEB-04)", async () => {
    await page.goto(`${rekindle.address}/settings`);
    await page.getByRole("button", { name: text.settings.exportData }).click();
    const link = page.getByRole("link", { name: text.settings.exported });
    await link.waitFor({ timeout: 60_000 });
    const archive = await fetch((await link.getAttribute("href")) ?? "");
    const bytes = Buffer.from(await archive.arrayBuffer());
    expect(bytes.subarray(0, 2).toString()).toBe("PK");
    expect(bytes.includes("ledger.json")).toBe(true);
    expect(bytes.length).toBeGreaterThan(10_000);
    await page.getByRole("button", { name: text.settings.erase }).click();
    await page.getByLabel(text.settings.eraseLabel("erase everything")).fill("erase everything");
    await page.getByRole("button", { name: text.settings.erase }).last().click();
    await page.getByText(text.welcome.begin).first().waitFor();
    const headers = { Authorization: `Bearer ${rekindle.token("ada")}` };
    await expect
      .poll(
        async () => {
          const photos = await fetch(`${rekindle.address}/v1/photos`, { headers });
          return photos.ok ? ((await photos.json()) as { photos?: unknown[] }).photos?.length : photos.status;
        },
        { timeout: 60_000 },
      )
      .toBe(0);
  });
});
