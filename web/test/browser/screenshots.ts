// Every screen, on a phone and a desktop, by day and by night: npm run build && npm run screenshots
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { Backend } from "../backend/backend";
import { PICTURES } from "../backend/pictures";
import { DESKTOP, launchChromium, openContext, PHONE, type Screen, signIn } from "./chromium";

const web = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const out = join(web, "test-results", "screenshots");
const only = process.argv[2] ?? "";
mkdirSync(out, { recursive: true });

const backend = await Backend.start({ files: join(web, "dist"), script: { beatMillis: 30, ahead: 0 } });
const browser = await launchChromium();

async function pick(page: Page, ...files: string[]): Promise<void> {
  await page.getByTestId("gallery").setInputFiles(files.map((file) => join(PICTURES, file)));
}

async function addAndRestore(page: Page, file: string, work: string): Promise<void> {
  await page.goto(backend.address);
  await pick(page, file);
  await page.getByRole("button", { name: "Looks right, upload" }).click();
  await page.getByText(work, { exact: true }).first().click();
  await page.getByRole("button", { name: new RegExp(`^(${work}|Do both) for`) }).click();
}

async function walk(page: Page, shoot: (name: string, whole?: boolean) => Promise<void>): Promise<void> {
  const { script } = backend;
  await page.goto(backend.address);
  await page.getByLabel("What is your name?").waitFor();
  await shoot("01-welcome", true);
  await signIn(page, backend.address, "Ada");
  await page.getByText("Your box is empty").waitFor();
  await shoot("02-home-empty");

  await pick(page, "portrait.taken.jpg", "cat.taken.jpg");
  await page.getByAltText("The picture you chose").waitFor();
  await shoot("03-crop-auto");
  await page.getByText("By hand", { exact: true }).click();
  const corner = page.getByRole("button", { name: /^Top left corner/ });
  const box = await corner.boundingBox();
  if (box !== null) {
    await page.mouse.move(box.x + 24, box.y + 24);
    await page.mouse.down();
    await page.mouse.move(box.x + 36, box.y + 40, { steps: 5 });
    await shoot("04-crop-drag");
    await page.mouse.up();
  }
  await shoot("05-crop-hand");
  await page.getByRole("button", { name: "Leave it out" }).click();
  await page.getByRole("button", { name: "Leave it out" }).click();

  await addAndRestore(page, "cat.taken.jpg", "Restore");
  await page.getByRole("slider", { name: "Compare before and after" }).waitFor();
  await addAndRestore(page, "rocket.taken.jpg", "Restore");
  await page.getByRole("slider", { name: "Compare before and after" }).waitFor();

  await page.goto(backend.address);
  await pick(page, "portrait.taken.jpg");
  await page.getByText("By hand", { exact: true }).click();
  script.holdAt = "preparation";
  await page.getByRole("button", { name: "Looks right, upload" }).click();
  await page.getByText("Getting your photo ready").waitFor();
  await page.waitForTimeout(800);
  await shoot("06-photo-preparing");
  script.holdAt = null;
  await page.getByText("Getting your photo ready").waitFor({ state: "detached" });
  await page.getByText("What you get").waitFor();
  await shoot("07-photo-restore", true);
  await page.getByText("Both", { exact: true }).click();
  await page.getByRole("button", { name: "Add a colour hint" }).click();
  await page.waitForTimeout(600);
  await shoot("08-photo-hints");
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: "instant" }));
  const photo = await page.getByRole("img", { name: /Your photo portrait/ }).boundingBox();
  if (photo !== null) {
    await page.mouse.click(photo.x + photo.width * 0.3, photo.y + photo.height * 0.75);
    await page.mouse.move(photo.x + photo.width * 0.65, photo.y + photo.height * 0.2);
    await page.mouse.down();
    await page.mouse.move(photo.x + photo.width * 0.8, photo.y + photo.height * 0.3, { steps: 6 });
    await page.mouse.up();
  }
  await shoot("09-photo-hints-set");
  script.ahead = 3;
  script.holdAt = "queue";
  await page.getByRole("button", { name: "Done with colours" }).locator("visible=true").last().click();
  await page.getByRole("button", { name: /^Do both for/ }).click();
  await page.getByText("before you").waitFor();
  await page.waitForTimeout(400);
  await shoot("10-job-queued");
  script.holdAt = "work";
  await page.getByText(/^Mending/).waitFor();
  await page.waitForTimeout(1500);
  await shoot("11-job-working");
  await page.getByRole("button", { name: "Cancel the job" }).click();
  await page.getByRole("dialog").waitFor();
  await page.waitForTimeout(300);
  await shoot("12-job-cancel");
  await page.getByRole("button", { name: "Let it run" }).click();
  script.holdAt = null;
  script.ahead = 0;
  const slider = page.getByRole("slider", { name: "Compare before and after" });
  await slider.waitFor();
  await page.waitForTimeout(500);
  await shoot("13-job-result", true);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByRole("button", { name: "Zoom in" }).click();
  await shoot("14-job-result-zoomed");

  await page.goto(backend.address);
  await page.getByTestId("gallery").setInputFiles({
    name: "cup fail.jpg",
    mimeType: "image/jpeg",
    buffer: (await import("node:fs")).readFileSync(join(PICTURES, "cup.before.jpg")),
  });
  await page.getByRole("button", { name: "Looks right, upload" }).click();
  await page.getByRole("button", { name: /^Restore for/ }).click();
  await page.getByRole("heading", { name: "That did not work" }).waitFor();
  await page.waitForTimeout(300);
  await shoot("15-job-failed");

  await page.goto(backend.address);
  await page.getByText("Restored", { exact: true }).first().waitFor();
  await page.waitForTimeout(700);
  await shoot("16-home", true);
  await page.goto(`${backend.address}/history`);
  await page.getByRole("heading", { name: "Today" }).waitFor();
  await page.waitForTimeout(500);
  await shoot("17-history", true);
  await page.goto(`${backend.address}/credits`);
  await page.getByText("Paid for a job").first().waitFor();
  await shoot("18-credits", true);
  await page.getByRole("button", { name: "Buy 10 credits" }).click();
  await page.getByText("Coming soon").first().waitFor();
  await shoot("19-credits-soon");
  await page.goto(`${backend.address}/settings`);
  await page.getByText("Appearance").waitFor();
  await shoot("20-settings", true);
  await page.goto(`${backend.address}/nowhere`);
  await page.getByText("Nothing here").waitFor();
  await shoot("21-nowhere");
  await page.goto(backend.address);
  await page
    .getByTestId("gallery")
    .setInputFiles({ name: "grandpa.heic", mimeType: "image/heic", buffer: Buffer.alloc(2_000) });
  await page.getByText("This browser cannot show").waitFor();
  await shoot("22-crop-heic");
  await page.getByRole("button", { name: "Looks right, upload" }).click();
  await page.getByText("Not sent").waitFor();
  await shoot("23-upload-failed");
}

async function shootAll(screen: Screen, scheme: "light" | "dark"): Promise<void> {
  const context = await openContext(browser, screen, scheme);
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && console.log(`  console: ${message.text()}`));
  page.on("pageerror", (error) => console.log(`  page: ${error.message}`));
  backend.users.forget();
  await walk(page, async (name, whole = false) => {
    await page.screenshot({
      path: join(out, `${name}.${screen.name}.${scheme}.png`),
      fullPage: whole,
      animations: "disabled",
    });
  });
  await context.close();
}

try {
  for (const screen of [PHONE, DESKTOP]) {
    for (const scheme of ["light", "dark"] as const) {
      const name = `${screen.name}.${scheme}`;
      if (name.includes(only)) {
        console.log(name);
        await shootAll(screen, scheme);
      }
    }
  }
} finally {
  await browser.close();
  await backend.close();
}
