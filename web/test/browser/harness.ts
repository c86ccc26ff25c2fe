import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { Backend } from "../backend/backend";
import { PICTURES } from "../backend/pictures";
import type { Script } from "../backend/script";
import { launchChromium, openContext, type Screen } from "./chromium";

const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "dist");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A browser, a backend, and a page of somebody who opened the app; notes what must not happen. */
export class Visit {
  /** Errors of the page, policy violations included, and requests to other hosts. */
  readonly faults: string[] = [];

  private constructor(
    readonly backend: Backend,
    readonly browser: Browser,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(screen: Screen, colours: "light" | "dark" = "light", script: Partial<Script> = {}): Promise<Visit> {
    const backend = await Backend.start({ files: dist, script: { beatMillis: 30, ahead: 0, ...script } });
    const browser = await launchChromium();
    const context = await openContext(browser, screen, colours);
    const page = await context.newPage();
    const visit = new Visit(backend, browser, context, page);
    page.on("pageerror", (error) => visit.faults.push(error.message));
    page.on("console", (message) => {
      // A server that is away is no fault of the page.
      if (message.type() === "error" && !/Failed to load resource|net::ERR/.test(message.text())) {
        visit.faults.push(message.text());
      }
    });
    page.on("request", (request) => {
      if (!/^(blob:|data:)/.test(request.url()) && !request.url().startsWith(backend.address)) {
        visit.faults.push(`request to ${request.url()}`);
      }
    });
    return visit;
  }

  async pick(...files: string[]): Promise<void> {
    await this.page.getByTestId("gallery").setInputFiles(files.map((file) => join(PICTURES, file)));
  }

  /** What axe finds wrong with the page, in WCAG 2.2 AA. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(axeSource);
    return this.page.evaluate(async () => {
      // Half-faded things have no contrast of their own.
      const ending = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
      await Promise.allSettled(ending.map((one) => one.finished));
      // biome-ignore lint/suspicious/noExplicitAny: axe has put itself on the window
      const { violations } = await (window as any).axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      });
      return violations.flatMap((violation: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
        violation.nodes.map((node) => `${violation.id}: ${node.html} ${node.failureSummary}`),
      );
    });
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.backend.close();
  }
}
