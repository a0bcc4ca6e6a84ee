import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { startDev } from "../floodgate.ts";
import { digestsFile, digestsNow } from "./shown.ts";
import { terminalHtml } from "./terminal-html.ts";

/*
 * `npm run pictures` makes docs/images from the real page and the real terminal, without a hand's edit: the guided outage
 * is run to the step that is shown, and `floodgate run` is what it prints.
 */

const folder = "docs/images";
const waiting = 8_000;

const atTheOutage = async (page: Page): Promise<void> => {
  await page.getByText("60x").click();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.waitForFunction(
    `Number((document.getElementById("v-buffer")?.textContent ?? "0").replaceAll(",", "")) > ${waiting}`,
    undefined,
    { timeout: 180_000 },
  );
  await page.getByRole("button", { name: "Pause time" }).click();
  await page.waitForFunction('document.getElementById("play").textContent === "Let time pass"');
};

const shootPage = async (chrome: Browser): Promise<void> => {
  const dev = await startDev(join(mkdtempSync(join(tmpdir(), "floodgate-")), "out"));
  try {
    const page = await chrome.newPage({ viewport: { width: 1440, height: 940 }, bypassCSP: true });
    await page.goto(dev.page);
    await atTheOutage(page);
    for (const [theme, name] of [
      ["light", "live-page"],
      ["dark", "live-page-dark"],
    ] as const) {
      await page.getByLabel("Theme").selectOption(theme);
      await page.waitForTimeout(700);
      await page.screenshot({ path: `${folder}/${name}.png` });
    }
  } finally {
    await dev.stop();
  }
};

const shootRun = async (chrome: Browser): Promise<void> => {
  const printed = execFileSync(process.execPath, ["cli/main.ts", "run"], {
    encoding: "utf8",
    env: { ...process.env, FORCE_COLOR: "1" },
  });
  const page = await chrome.newPage({ viewport: { width: 1400, height: 900 } });
  await page.setContent(terminalHtml("npm start", printed));
  await page.locator("#terminal").screenshot({ path: `${folder}/run.png` });
};

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
await shootPage(browser);
await shootRun(browser);
await browser.close();
writeFileSync(digestsFile, `${JSON.stringify(digestsNow(), null, 2)}\n`);
