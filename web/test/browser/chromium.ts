import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The Chromium of the system, or the one that REKINDLE_CHROMIUM names. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.REKINDLE_CHROMIUM ?? "/usr/bin/chromium",
    args: ARGUMENTS,
  });
}

export interface Screen {
  name: string;
  width: number;
  height: number;
  phone: boolean;
}

export const PHONE: Screen = { name: "phone", width: 390, height: 844, phone: true };
export const DESKTOP: Screen = { name: "desktop", width: 1280, height: 800, phone: false };

export function openContext(
  browser: Browser,
  screen: Screen,
  colorScheme: "light" | "dark" = "light",
): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: screen.width, height: screen.height },
    isMobile: screen.phone,
    hasTouch: screen.phone,
    deviceScaleFactor: screen.phone ? 2 : 1,
    colorScheme,
    locale: "en-GB",
  });
}

export async function signIn(page: Page, address: string, name: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel("What is your name?").fill(name);
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("heading", { level: 1, name: `${name}’s photos` }).waitFor();
}
