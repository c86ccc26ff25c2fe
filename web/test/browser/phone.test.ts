import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import decodeQR from "qr/decode.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PICTURES } from "../backend/pictures";
import { DESKTOP, openContext, PHONE, signIn } from "./chromium";
import { Visit } from "./harness";

let visit: Visit;
let hand: BrowserContext;
let phone: Page;

beforeEach(async () => {
  visit = await Visit.open(DESKTOP);
  await signIn(visit.page, visit.backend.address, "Ada");
  hand = await openContext(visit.browser, PHONE);
  phone = await hand.newPage();
  phone.on("pageerror", (error) => visit.faults.push(error.message));
});

afterEach(async () => {
  await visit.close();
  expect(visit.faults).toEqual([]);
});

/** What a camera reads from the screen. */
async function scan(): Promise<string> {
  const code = visit.page.getByRole("img", { name: "A code to scan with your phone" });
  await code.waitFor();
  const png = `data:image/png;base64,${(await code.screenshot({ animations: "disabled" })).toString("base64")}`;
  // The page's policy lets no picture in from elsewhere, so an empty page looks at the pixels.
  const blank = await hand.newPage();
  const { width, height, data } = await blank.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
    pen.drawImage(image, 0, 0);
    const { width, height, data } = pen.getImageData(0, 0, image.width, image.height);
    return { width, height, data: [...data] };
  }, png);
  await blank.close();
  return decodeQR({ width, height, data: new Uint8ClampedArray(data) });
}

async function pick(...files: string[]): Promise<void> {
  await phone.getByTestId("gallery").setInputFiles(files.map((file) => join(PICTURES, file)));
}

describe("a phone uploads for the page on the other screen (PHO-10, WEB-01)", () => {
  it("reads the code from the screen, sends without signing in, and the photos appear there", async () => {
    const { page, backend } = visit;
    await page.getByRole("button", { name: "Use your phone" }).click();
    const address = await scan();
    expect(address).toMatch(new RegExp(`^${backend.address}/phone#[A-Z0-9]{12}$`));
    await page.getByText("This address is known to this computer alone.").waitFor();
    expect(await visit.barriers()).toEqual([]);

    await phone.goto(address);
    await phone.getByRole("heading", { name: "Send photos to your other screen" }).waitFor();
    await pick("portrait.taken.jpg");
    await phone.getByText("Sent", { exact: true }).waitFor();
    await page.getByText("1 photo has arrived.").waitFor();
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByText("portrait.taken.jpg").first().waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);

    await phone.reload();
    await phone.getByText("You can send 3 photos with this code.").waitFor();
    expect(await phone.evaluate(() => localStorage.getItem("rekindle.signedIn"))).toBeNull();
  });

  it("lets one phone in for a code, and says so to the next", async () => {
    const { page } = visit;
    await page.getByRole("button", { name: "Use your phone" }).click();
    const address = await scan();
    await phone.goto(address);
    await phone.getByRole("heading", { name: "Send photos to your other screen" }).waitFor();
    const other = await (await openContext(visit.browser, PHONE)).newPage();
    await other.goto(address);
    await other.getByRole("heading", { name: "This phone can send no more" }).waitFor();

    await page.getByRole("button", { name: "Show a new code" }).click();
    await expect.poll(scan).not.toBe(address);
    await other.goto(await scan());
    await other.reload();
    await other.getByRole("heading", { name: "Send photos to your other screen" }).waitFor();
  });

  it("tells the phone when its time is over", async () => {
    await visit.page.getByRole("button", { name: "Use your phone" }).click();
    await phone.goto(await scan());
    await phone.getByRole("heading", { name: "Send photos to your other screen" }).waitFor();
    visit.backend.users.endHandoffs();
    await pick("portrait.taken.jpg");
    await phone.getByRole("heading", { name: "This phone can send no more" }).waitFor();
    await phone.goto(`${visit.backend.address}/phone#nonsense`);
    await phone.reload();
    await phone.getByRole("heading", { name: /There is no code in this address/ }).waitFor();
  });
});
