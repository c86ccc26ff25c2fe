import { afterEach, describe, expect, it } from "vitest";
import { DESKTOP, PHONE, signIn } from "./chromium";
import { Visit } from "./harness";

let visit: Visit;

afterEach(() => visit.close());

describe.each([
  [PHONE, "light"],
  [PHONE, "dark"],
  [DESKTOP, "light"],
  [DESKTOP, "dark"],
] as const)("on a $name, %s", (screen, colours) => {
  it(`every page is free of barriers, ${colours} (WEB-05)`, async () => {
    visit = await Visit.open(screen, colours);
    const { page, backend } = visit;
    const { script } = backend;
    const barriers = async (where: string) => expect(await visit.barriers(), where).toEqual([]);

    await page.goto(backend.address);
    await page.getByLabel("What is your name?").waitFor();
    await barriers("welcome");
    await signIn(page, backend.address, "Ada");
    await page.getByText("Your box is empty").waitFor();
    await barriers("home");
    await visit.pick("portrait.taken.jpg");
    await page.getByAltText("The picture you chose").waitFor();
    await barriers("crop");
    script.holdAt = "preparation";
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByText("Getting your photo ready").waitFor();
    await page.getByText("What you get").waitFor();
    await barriers("photo in preparation");
    script.holdAt = "work";
    await page.getByText("Getting your photo ready").waitFor({ state: "detached" });
    await page.getByText("Both", { exact: true }).click();
    await page.getByRole("button", { name: "Add a colour hint" }).click();
    await barriers("photo with hints");
    await page.getByRole("button", { name: "Done with colours" }).locator("visible=true").last().click();
    await page.getByRole("button", { name: /^Do both for/ }).click();
    await page.getByText(/^Mending/).waitFor();
    await barriers("job at work");
    await page.getByRole("button", { name: "Cancel the job" }).click();
    await page.getByRole("dialog").waitFor();
    await barriers("question");
    await page.getByRole("button", { name: "Let it run" }).click();
    script.holdAt = null;
    await page.getByRole("slider").waitFor();
    await page.getByText("What was done").waitFor();
    await barriers("result");
    for (const [path, words] of [
      ["/", "Restored in colour"],
      ["/history", "Restoration and colour"],
      ["/credits", "Paid for a job"],
      ["/settings", "Appearance"],
      ["/nowhere", "Nothing here"],
    ] as const) {
      await page.goto(backend.address + path);
      await page.getByText(words).first().waitFor();
      await barriers(path);
    }
  });
});

describe("on a small phone", () => {
  it("no page is wider than the screen (WEB-05)", async () => {
    visit = await Visit.open({ ...PHONE, width: 360, height: 640 });
    const { page, backend } = visit;
    await page.goto(backend.address);
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBe(360);
    await signIn(page, backend.address, "Ada");
    for (const path of ["/", "/history", "/credits", "/settings"]) {
      await page.goto(backend.address + path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await width(), path).toBe(360);
    }
    await page.goto(backend.address);
    await visit.pick("portrait.taken.jpg");
    await page.getByAltText("The picture you chose").waitFor();
    expect(await width(), "crop").toBe(360);
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByText("What you get").waitFor();
    expect(await width(), "photo").toBe(360);
    await page.getByRole("button", { name: /^Restore for/ }).click();
    await page.getByRole("slider").waitFor();
    expect(await width(), "result").toBe(360);
  });
});
