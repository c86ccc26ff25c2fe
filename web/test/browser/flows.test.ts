import { afterEach, describe, expect, it } from "vitest";
import { Tier } from "../../src/gen/rekindle/common/v1/tier_pb";
import { DESKTOP, PHONE, type Screen, signIn } from "./chromium";
import { Visit } from "./harness";

let visit: Visit;

async function begin(screen: Screen = PHONE, script: Parameters<typeof Visit.open>[2] = {}): Promise<Visit> {
  visit = await Visit.open(screen, "light", script);
  await signIn(visit.page, visit.backend.address, "Ada");
  return visit;
}

afterEach(async () => {
  await visit.close();
  expect(visit.faults).toEqual([]);
});

function user() {
  const found = visit.backend.users.ofHeader("Bearer token-of-ada");
  if (found === null) {
    throw new Error("nobody signed in");
  }
  return found;
}

describe("from a print on the table to the result (WEB-01, WEB-02, WEB-03)", () => {
  it("crops by hand, uploads, restores live, compares and saves", async () => {
    const { page, pick } = { ...(await begin()), pick: (file: string) => visit.pick(file) };
    const { script } = visit.backend;
    script.ahead = 1;
    await pick("portrait.taken.jpg");
    const corner = page.getByRole("button", { name: /^Top left corner, 8 % from the left/ });
    await corner.focus();
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByRole("button", { name: "Restore for 2 credits" }).waitFor();
    expect([...user().uploads.values()][0]?.corners?.topLeft).toMatchObject({
      x: expect.closeTo(0.11),
      y: expect.closeTo(0.084),
    });

    script.holdAt = "queue";
    await page.getByRole("button", { name: "Restore for 2 credits" }).click();
    await page.getByText("1 before you").waitFor();
    await page.getByText(/^Begins in/).waitFor();
    script.holdAt = "work";
    await page.getByText(/^Mending/).waitFor();
    await page.getByText("Fetching the photo").waitFor();
    await expect.poll(() => page.getByRole("progressbar").getAttribute("aria-valuenow")).toMatch(/^4\d$/);
    script.holdAt = null;

    const slider = page.getByRole("slider", { name: "Compare before and after" });
    await slider.waitFor();
    await page.getByText("Mended 41 scratches and 118 specks of dust").waitFor();
    await slider.focus();
    await page.keyboard.press("Home");
    expect(await slider.getAttribute("aria-valuenow")).toBe("0");
    await page.keyboard.press("PageUp");
    expect(await slider.getAttribute("aria-valuenow")).toBe("10");
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download" }).click();
    expect((await saved).suggestedFilename()).toBe("portrait.taken-restored.jpg");
    await page.getByRole("link", { name: "12 credits, open the credits page" }).waitFor();
  });

  it("looks closer at the result by wheel, mouse, fingers and keys", async () => {
    const { page, context } = await begin(PHONE);
    await visit.pick("cat.taken.jpg");
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByRole("button", { name: /^Restore for/ }).click();
    const slider = page.getByRole("slider");
    await slider.waitFor();
    const scaleOf = () =>
      page.getByAltText("The photo after").evaluate((image) => {
        const matrix = new DOMMatrix(getComputedStyle(image.parentElement as Element).transform);
        return [matrix.a, matrix.e, matrix.f].map((value) => Math.round(value * 100) / 100);
      });
    expect(await scaleOf()).toEqual([1, 0, 0]);
    await slider.focus();
    await page.keyboard.press("+");
    const [zoomed = 0, left = 0] = await scaleOf();
    expect(zoomed).toBe(1.5);
    await page.keyboard.press("Shift+ArrowRight");
    expect((await scaleOf())[1]).toBeCloseTo(left - 48, 0);
    await page.keyboard.press("0");
    expect(await scaleOf()).toEqual([1, 0, 0]);

    // Two fingers go apart.
    const box = await page.getByAltText("The photo before").boundingBox();
    if (box === null) {
      throw new Error("the photo is not shown");
    }
    const middle = { x: box.x + box.width * 0.25, y: box.y + box.height / 2 };
    const touch = await context.newCDPSession(page);
    const fingers = (apart: number) => [
      { x: middle.x - apart, y: middle.y, id: 1 },
      { x: middle.x + apart, y: middle.y, id: 2 },
    ];
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: fingers(20) });
    await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: fingers(40) });
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await expect.poll(async () => (await scaleOf())[0]).toBeGreaterThan(1.5);
    await page.getByRole("button", { name: "Whole picture" }).click();
    expect(await scaleOf()).toEqual([1, 0, 0]);

    await page.mouse.move(box.x + box.width / 2, middle.y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, middle.y, { steps: 4 });
    await page.mouse.up();
    expect(Number(await slider.getAttribute("aria-valuenow"))).toBeCloseTo(80, -1);
  });

  it("takes a stack of prints at once and finds their edges", async () => {
    const { page } = await begin();
    await visit.pick("portrait.taken.jpg", "cat.taken.jpg", "rocket.taken.jpg");
    await page.getByText("Photo 1 of 3").waitFor();
    await page.getByRole("button", { name: "Looks right" }).click();
    await page.getByText("Photo 2 of 3").waitFor();
    await page.getByRole("button", { name: "Find the edges of all 2 for me" }).click();
    await expect.poll(() => user().photos.size).toBe(3);
    expect([...user().uploads.values()].every(({ corners }) => corners === undefined)).toBe(true);
    await page.getByRole("link", { name: /rocket/ }).waitFor();
  });

  it("goes on without cropping where the browser cannot show the picture", async () => {
    const { page } = await begin();
    await page
      .getByTestId("gallery")
      .setInputFiles({ name: "grandpa.heic", mimeType: "image/heic", buffer: Buffer.from("not shown") });
    await page.getByText("This browser cannot show this kind of picture").waitFor();
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByText("This is not a kind of picture that Rekindle can read.").waitFor();
    expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(0);
  });

  it("sends colour hints with the job", async () => {
    const { page } = await begin(DESKTOP);
    await visit.pick("portrait.taken.jpg");
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByText("Colourize", { exact: true }).click();
    await page.getByText("Getting your photo ready").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Add a colour hint" }).click();
    const photo = await page.getByRole("img", { name: /Your photo/ }).boundingBox();
    if (photo === null) {
      throw new Error("the photo is not shown");
    }
    await page.getByRole("button", { name: "sky blue", exact: true }).locator("visible=true").click();
    await page.mouse.click(photo.x + photo.width * 0.25, photo.y + photo.height * 0.5);
    await page.getByRole("button", { name: "Put one in the middle" }).locator("visible=true").click();
    await page.getByText("2 hints").waitFor();
    // Both marks are of a light blue, and so is what the preview shows where the first one lies.
    await page.waitForFunction(() => {
      const preview = document.querySelector<HTMLCanvasElement>("canvas[data-preview=colours]");
      const { width = 0, height = 0 } = preview ?? {};
      const [red = 255, , blue = 0, reach = 0] =
        preview?.getContext("2d")?.getImageData(width * 0.25, height * 0.5, 1, 1).data ?? [];
      return reach > 200 && Math.abs(red - 0x8f) < 8 && Math.abs(blue - 0xd9) < 8;
    });
    await page.getByRole("button", { name: /^Colourize for 3 credits/ }).click();
    await page.getByRole("slider").waitFor();
    const work = [...user().jobs.values()].find(({ creditCost }) => creditCost === 3)?.spec?.work;
    const hints = work?.case === "restoration" ? work.value.hints : [];
    expect(hints.map(({ rgb }) => rgb)).toEqual([0x8fb6d9, 0x8fb6d9]);
    expect(hints[0]?.points[0]).toMatchObject({ x: expect.closeTo(0.25, 1), y: expect.closeTo(0.5, 1) });
  });

  it("marks with one colour after the other, takes back what went wrong, and looks closer (AI-07)", async () => {
    const { page } = await begin();
    await visit.pick("portrait.taken.jpg");
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByText("Colourize", { exact: true }).click();
    await page.getByText("Getting your photo ready").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Add a colour hint" }).click();
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(0);
    const photo = await page.getByRole("img", { name: /Your photo/ }).boundingBox();
    if (photo === null) {
      throw new Error("the photo is not shown");
    }
    const press = (name: string) => page.getByRole("button", { name, exact: true }).locator("visible=true").click();
    const tap = (x: number, y: number) => page.mouse.click(photo.x + photo.width * x, photo.y + photo.height * y);
    const marks = () =>
      page.locator("[data-hint]").evaluateAll((all) => all.map((mark) => mark.getAttribute("aria-label")));
    await press("red");
    await tap(0.25, 0.5);
    await press("sky blue");
    await tap(0.75, 0.5);
    await press("bottle green");
    expect(await marks()).toEqual([
      expect.stringMatching(/^Hint 1, red, 2[456] %/),
      expect.stringMatching(/^Hint 2, sky blue, 7[456] %/),
    ]);
    // A stroke may begin where a mark lies: only one that was tapped moves, or takes another colour.
    await page.mouse.move(photo.x + photo.width * 0.25, photo.y + photo.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(photo.x + photo.width * 0.25, photo.y + photo.height * 0.7, { steps: 5 });
    await page.mouse.up();
    expect(await marks()).toHaveLength(3);
    await tap(0.75, 0.5);
    await press("lilac");
    expect((await marks())[1]).toContain("lilac");
    await press("Undo");
    expect((await marks())[1]).toContain("sky blue");
    await press("Undo");
    expect(await marks()).toHaveLength(2);
    // What is twice as large is met where it is seen.
    await page.getByRole("button", { name: "Zoom in" }).click();
    await page.getByRole("button", { name: "Zoom in" }).click();
    await tap(0.9, 0.5);
    expect((await marks())[2]).toMatch(/^Hint 3, lilac, 6[567] % from the left, (49|50|51) %/);
    await press("Undo");
    await press("Undo");
    await press("Undo");
    expect(await marks()).toEqual([]);
    expect(await page.getByRole("button", { name: "Undo" }).locator("visible=true").isDisabled()).toBe(true);
  });

  it("pays nothing twice when the button is pressed again after a lost answer", async () => {
    const { page } = await begin();
    await visit.pick("cat.taken.jpg");
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    Object.assign(visit.backend.lostAnswers, { path: "/rekindle.jobs.v1.JobsService/CreateJob", left: 1_000 });
    await page.getByRole("button", { name: /^Restore for/ }).click();
    await page.getByText("No connection to Rekindle.").waitFor();
    visit.backend.lostAnswers.left = 0;
    await page.getByRole("button", { name: /^Restore for/ }).click();
    await page.getByRole("slider").waitFor();
    expect(user().ledger.filter(({ amount }) => amount < 0)).toHaveLength(1);
  });
});

describe("poor connections (PHO-02, JOB-06, WEB-05)", () => {
  it("an upload that breaks goes on where it stopped", async () => {
    const { page } = await begin();
    visit.backend.uploadFaults.breakAfterBytes = 5_000;
    const ranges: string[] = [];
    page.on(
      "request",
      (request) => request.method() === "PUT" && ranges.push(request.headers()["content-range"] ?? ""),
    );
    await visit.pick("cat.taken.jpg");
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByRole("button", { name: /^Restore for/ }).waitFor();
    expect(ranges.map((range) => range.split("-")[0])).toEqual(["bytes 0", "bytes 5000"]);
  });

  it("a watch whose stream is dropped goes on without going back", async () => {
    const { page } = await begin();
    const { script } = visit.backend;
    await visit.pick("cat.taken.jpg");
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    script.holdAt = "work";
    await page.getByRole("button", { name: /^Restore for/ }).click();
    await page.getByText(/^Mending/).waitFor();
    visit.backend.dropStreams();
    script.holdAt = null;
    await page.getByRole("slider").waitFor();
  });

  it("photos added without a connection are sent later, also after closing the app", async () => {
    const { page, context } = await begin();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await context.setOffline(true);
    await page.getByText("You are offline.").waitFor();
    await visit.pick("cat.taken.jpg");
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByRole("heading", { name: "Sending your photo" }).waitFor();
    await page.goto(visit.backend.address);
    await page.getByRole("heading", { name: "On the way" }).waitFor();
    expect(user().photos.size).toBe(0);
    await context.setOffline(false);
    await expect.poll(() => user().photos.size, { timeout: 20_000 }).toBe(1);
    await page.getByRole("link", { name: /cat/ }).waitFor();
  });

  it("an upload is paused and taken up again", async () => {
    const { page } = await begin();
    visit.backend.script.holdAt = "upload";
    await visit.pick("cat.taken.jpg");
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused").waitFor();
    visit.backend.script.holdAt = null;
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: /^Restore for/ }).waitFor();
    expect(user().uploads.size).toBe(1);
  });
});

describe("what does not go well (JOB-03, JOB-04)", () => {
  it("a job that failed says why, gives its credits back, and can be tried again", async () => {
    const { page } = await begin();
    const { buffer } = {
      buffer: (await import("node:fs")).readFileSync(new URL("../pictures/cup.before.jpg", import.meta.url)),
    };
    await page.getByTestId("gallery").setInputFiles({ name: "cup fail.jpg", mimeType: "image/jpeg", buffer });
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByRole("button", { name: /^Restore for/ }).click();
    await page.getByText("it could not tell damage from picture").waitFor();
    await page.getByText("Your 2 credits are back in your account.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("slider").waitFor();
    expect(user().balance).toBe(12);
  });

  it("a job is cancelled after a question, and its credits come back", async () => {
    const { page } = await begin();
    visit.backend.script.holdAt = "queue";
    await visit.pick("cat.taken.jpg");
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByRole("button", { name: /^Restore for/ }).click();
    await page.getByRole("button", { name: "Cancel the job" }).click();
    await page.getByRole("dialog").getByText("You get your 2 credits back.").waitFor();
    await page.getByRole("button", { name: "Cancel it" }).click();
    await page.getByRole("heading", { name: "Cancelled" }).waitFor();
    expect(user().balance).toBe(14);
  });

  it("a token that is no longer taken leads back to the front page, with a word", async () => {
    const { page } = await begin();
    await page.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem("rekindle.signedIn") ?? "{}");
      kept.tokens.accessToken = "worthless";
      localStorage.setItem("rekindle.signedIn", JSON.stringify(kept));
    });
    await page.goto(`${visit.backend.address}/credits`);
    await page.getByText("You were signed out").waitFor();
    await page.getByLabel("What is your name?").fill("Ada");
    await page.getByRole("button", { name: "Begin" }).click();
    await page.getByRole("heading", { level: 1, name: "Credits" }).waitFor();
  });

  it("somebody who signs out leaves nothing behind for the next", async () => {
    const { page } = await begin(DESKTOP);
    await visit.pick("cat.taken.jpg");
    await page.getByRole("button", { name: "Looks right, upload" }).click();
    await page.getByRole("button", { name: /^Restore for/ }).waitFor();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, visit.backend.address, "Bea");
    await page.getByText("Your box is empty").waitFor();
  });
});

describe("credits (WEB-04)", () => {
  it("say what happened, and that payments are not open yet", async () => {
    const { page } = await begin(DESKTOP);
    await page.getByRole("link", { name: "Credits", exact: true }).click();
    await page.getByText("14 credits").waitFor();
    await page.getByText("Welcome to Rekindle").waitFor();
    await page.getByRole("button", { name: "Buy 30 credits" }).click();
    await page.getByText("Payments are not open yet on this Rekindle.").waitFor();
    expect(await page.getByRole("button", { name: "Coming soon" }).count()).toBe(6);
  });

  it("name the plan that was paid for while the page was opening", async () => {
    const { page } = await begin(DESKTOP);
    await page.getByRole("link", { name: "14 credits, open the credits page" }).waitFor();
    user().plan = { tier: Tier.REMEMBER, ending: false };
    user().balance = 39;
    for (const listener of user().listeners) {
      listener("credits");
    }
    await page.getByRole("link", { name: "39 credits, open the credits page" }).click();
    await page.getByText("Remember plan").waitFor();
  });

  it("say what a plan's end takes before it is ended", async () => {
    const { page } = await begin(DESKTOP);
    user().plan = { tier: Tier.REMEMBER, ending: false };
    await page.goto(`${visit.backend.address}/credits`);
    await page.getByText("Remember, billed monthly").waitFor();
    await page.getByText("It renews on 17 May 2031.").waitFor();
    await page.getByRole("button", { name: "End the plan" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Your plan runs until 17 May 2031 and then ends.").waitFor();
    await dialog.getByText("those you bought too. Right now that would be 14 credits.").waitFor();
    await dialog.getByRole("button", { name: "Keep the plan" }).click();
    expect(user().plan?.ending).toBe(false);
    await page.getByRole("button", { name: "End the plan" }).click();
    await dialog.getByRole("button", { name: "End the plan" }).click();
    await page.getByText("It ends on 17 May 2031. Until then everything stays as it is.").waitFor();
    expect(user().plan?.ending).toBe(true);
    expect(await page.getByRole("button", { name: "End the plan" }).count()).toBe(0);
  });
});
