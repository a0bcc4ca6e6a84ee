import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { startDev } from "../floodgate.ts";

/*
 * `npm run measure:page`: the first paint of the live page, and its longest task in a minute of about 10,000 events, on
 * this machine, beside the pipeline itself. Numbers of one machine; no test asserts them.
 */

const seconds = 60;
/** Conversations begin at this pace, and a third of their events come within the first minute: about 10,000. */
const perMinute = 31_000;

interface Measured {
  readonly paint: number;
  readonly longTasks: ReadonlyArray<number>;
  readonly frames: number;
  readonly received: string;
}

/** Runs in the page: what is painted, and each task that took longer than 50 ms. */
const watch = `
  window.longTasks = [];
  window.framesSeen = 0;
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask", buffered: true });
  new MutationObserver(() => { window.framesSeen += 1; }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
`;

const read = `({
  paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1,
  longTasks: window.longTasks,
  frames: window.framesSeen,
  received: document.querySelector("#equation b")?.textContent ?? "",
})`;

const dev = await startDev(join(mkdtempSync(join(tmpdir(), "floodgate-")), "out"));
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, bypassCSP: true });
await page.addInitScript(watch);
await page.goto(dev.page);
await page.waitForTimeout(1_000);
await fetch(`${dev.page}campaign`, {
  method: "POST",
  body: JSON.stringify({ perMinute, minutes: Math.ceil(seconds / 60) + 1 }),
});
await page.waitForTimeout(seconds * 1_000);
const measured: Measured = await page.evaluate(read);
await browser.close();
await dev.stop();
const longest = Math.max(0, ...measured.longTasks);
console.log(
  `first contentful paint ${measured.paint.toFixed(0)} ms; in ${seconds} s in which ${measured.received} events were received: ` +
    `${measured.longTasks.length} tasks over 50 ms, the longest ${longest.toFixed(0)} ms`,
);
