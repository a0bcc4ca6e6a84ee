import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dev, floodgate, startDev } from "../../support/floodgate.ts";
import { newFolder } from "../../support/local-run.ts";
import { isFull } from "../../support/setup/sized.ts";

const browserPath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const hasBrowser = existsSync(browserPath);
const screenshots = process.env["SCREENSHOTS"];

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: ReadonlyArray<{ readonly html: string }>;
}

if (!hasBrowser)
  console.log(`The live page is not tested: there is no Chromium at ${browserPath} (set CHROMIUM_PATH).`);

// A story on one running stack: its scenes follow each other, whatever order is asked for.
describe.skipIf(!hasBrowser)("the live page of floodgate dev, in a real browser", { shuffle: false }, () => {
  let dev: Dev;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    dev = await startDev(newFolder());
    browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
    // What this test asks the page is a text, which the page's own policy forbids; the first scene is without this.
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, bypassCSP: true });
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(dev.page);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await dev?.stop();
  });

  const shoot = async (name: string): Promise<void> => {
    if (screenshots === undefined) return;
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true });
  };

  const violations = async (): Promise<ReadonlyArray<string>> => {
    await page.evaluate(axe);
    const found = (await page.evaluate("axe.run().then(({violations}) => violations)")) as ReadonlyArray<Violation>;
    return found
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  };

  it("refuses every path to a page that has made its own name point to this machine", async () => {
    const { port } = new URL(dev.endpoint);
    const rebound = await chromium.launch({
      executablePath: browserPath,
      args: ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP evil.test 127.0.0.1"],
    });
    try {
      const evil = await rebound.newPage();
      const paths = [
        "/",
        "/_floodgate/",
        "/_floodgate/events",
        "/floodgate-events?list-type=2",
        "/genesys/oauth/token",
      ];
      const answers: unknown[] = [];
      for (const path of paths) answers.push((await evil.goto(`http://evil.test:${port}${path}`))?.status());
      expect(answers).toStrictEqual(paths.map(() => 403));
      // What such a page would do next, from its own origin: ask for the OAuth client, and switch outages.
      const asked = await evil.evaluate(async () => {
        const statuses: number[] = [];
        for (const [path, headers] of [
          ["/", { "x-amz-target": "secretsmanager.GetSecretValue", authorization: "Credential=x.y/z" }],
          ["/_floodgate/outages", { "content-type": "application/json" }],
        ] as const) {
          statuses.push((await fetch(path, { method: "POST", headers, body: "{}" })).status);
        }
        return statuses;
      });
      expect(asked).toStrictEqual([403, 403]);
    } finally {
      await rebound.close();
    }
  });

  it("works under its own policy: nothing from elsewhere, and no complaint", async () => {
    const strict = await browser.newPage();
    const said: string[] = [];
    strict.on("console", (message) => said.push(message.text()));
    strict.on("pageerror", (error) => said.push(error.message));
    const answer = await strict.goto(dev.page);
    await strict.getByText("Waiting for the first event").first().waitFor();
    expect([said, answer?.headers()["content-security-policy"]]).toStrictEqual([
      [],
      expect.stringContaining("default-src 'none'"),
    ]);
    await strict.close();
  });

  const number = (text: string): number => Number(text.replaceAll(",", ""));

  /** What the page's ledger says, term by term. */
  const ledger = async (): Promise<ReadonlyArray<number>> =>
    (await page.locator("#equation b").allInnerTexts()).map(number);

  it("shows a burst while it runs, and a ledger that adds up", async () => {
    await page.waitForFunction('document.getElementById("verdict").dataset.tone === "good"');
    await floodgate("send", "--count", "60", "--outputs", dev.outputs);
    await page.waitForFunction('document.querySelector("#equation b")?.textContent === "60"');
    await page.waitForFunction('document.querySelectorAll("#events tr").length === 12');
    const [received, ...terms] = await ledger();
    expect([received, terms.length, terms.reduce((sum, term) => sum + term, 0)]).toStrictEqual([60, 5, 60]);
    expect(await page.locator(".balance").innerText()).toBe("adds up: nothing is missing");
    await shoot("burst");
  }, 60_000);

  it.each([
    ["light", 1440],
    ["dark", 1440],
    ["light", 360],
    ["dark", 360],
  ] as const)("can be read by everybody: %s, %i pixels wide", async (theme, width) => {
    await page.setViewportSize({ width, height: 900 });
    await page.getByLabel("Theme").selectOption(theme);
    // The drawing follows the width with the next frame.
    await page.waitForFunction(`document.querySelector("#flow svg").clientWidth <= ${width}`);
    expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true);
    expect(await violations()).toStrictEqual([]);
    await shoot(`${theme}-${width}`);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByLabel("Theme").selectOption("");
  });

  it("shows what happened to an event, and its conversation, by keyboard", async () => {
    await page.locator("#events button").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open] #history li");
    expect(await page.locator("#history").innerText()).toContain("waits in the buffer");
    expect(await violations()).toStrictEqual([]);
    await shoot("history");
    await page.keyboard.press("Escape");
    expect(await page.locator("dialog[open]").count()).toBe(0);
  }, 60_000);

  it("shows an outage and its recovery", async () => {
    await page.getByRole("switch", { name: "Firehose answers 503" }).click();
    await page.waitForFunction('document.getElementById("verdict-text").textContent.startsWith("Firehose refuses")');
    await floodgate("send", "--count", "20", "--outputs", dev.outputs);
    // What process-batch has in hand, or the buffer.
    await page.waitForFunction('/^[1-9]/.test([...document.querySelectorAll("#equation b")].at(-1).textContent)');
    expect(await page.locator("#chart .stop").count()).toBe(1);
    await shoot("outage");
    expect(await violations()).toStrictEqual([]);
    await page.getByRole("switch", { name: "Firehose answers 503" }).click();
    await page.waitForFunction('!document.getElementById("verdict-text").textContent.startsWith("Firehose refuses")');
    await floodgate("send", "--count", "20", "--outputs", dev.outputs);
    await page.waitForFunction('/^[1-9]/.test(document.getElementById("v-fire").textContent)');
    await shoot("recovery");
  }, 90_000);

  it("pauses the flow as a person at the command line does, and lets it go on", async () => {
    const pause = page.getByRole("switch", { name: "You pause the flow" });
    await pause.click();
    await page.waitForFunction('document.getElementById("verdict-text").textContent.startsWith("Paused: ")');
    expect((await floodgate("status", "--outputs", dev.outputs)).stdout).toMatch(/Paused by \S+ /);
    await pause.click();
    await page.waitForFunction('!document.getElementById("verdict-text").textContent.startsWith("Paused: ")');
  }, 60_000);

  it("lets time stand still, and pass sixty times as fast", async () => {
    const clock = (): Promise<string> => page.locator("#clock").innerText();
    await page.getByRole("button", { name: "Pause time" }).click();
    await page.waitForFunction('document.getElementById("play").textContent === "Let time pass"');
    const before = await clock();
    await page.waitForTimeout(1_200);
    expect(await clock()).toBe(before);
    await page.getByText("60x").click();
    // A minute of the pipeline's time, and not of the machine's.
    const began = performance.now();
    await page.waitForFunction(
      `Math.abs(Date.parse("2026-01-05T" + document.getElementById("clock").textContent + "Z") - Date.parse("2026-01-05T${before}Z")) > 60_000`,
    );
    expect(performance.now() - began).toBeLessThan(50_000);
    await page.getByText("1x", { exact: true }).click();
    await page.waitForFunction('document.getElementById("play").textContent === "Pause time"');
  }, 90_000);

  it("tells a conversation that is typed in as a timeline, on a desk and on a phone", async () => {
    await floodgate("send", "--events", "test/samples/conversation.jsonl", "--wait", "--outputs", dev.outputs);
    for (const [name, size] of [
      ["timeline", { width: 1280, height: 900 }],
      ["timeline-phone", { width: 360, height: 740 }],
    ] as const) {
      await page.setViewportSize(size);
      await page.getByLabel("A conversation's timeline").fill("3d2dbb4e-2ab9-4f4b-858e-d7d3a50e3871");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#conversation[open] #timeline li");
      const rows = page.locator("#timeline > li");
      expect([await rows.count(), await page.locator("#missing").innerText()]).toStrictEqual([
        10,
        "Complete: whatever began has an end.",
      ]);
      expect(await rows.nth(4).innerText()).toBe(
        "agent a0000277-0000-4000-8000-000000000277 talked 2 min 25 s, after 3.9 s of ringing\n" +
          "user.start 09:01:04 delivered, user.end 09:03:33 delivered, acw 09:03:41 delivered, wrapup 09:03:41 delivered",
      );
      expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true);
      expect(await violations()).toStrictEqual([]);
      await shoot(name);
      await page.keyboard.press("Escape");
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByLabel("A conversation's timeline").fill("nowhere");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await page.waitForSelector("#conversation[open]");
    expect([await page.locator("#talk-sum").innerText(), await page.locator("#timeline > li").count()]).toStrictEqual([
      "Nothing is known of it yet: it was not received, or is still in the buffer.",
      0,
    ]);
    await page.keyboard.press("Escape");
  }, 90_000);

  it("leads from an event to its conversation", async () => {
    await page.locator("#events button").first().click();
    await page.waitForSelector("#conversation[open] #timeline li");
    expect(await page.locator("#talk-title").innerText()).toContain("3d2dbb4e");
    await page.keyboard.press("Escape");
  }, 60_000);

  // 25 s of a machine's time: every week, and by hand.
  it.runIf(isFull)(
    "runs the guided outage to its end, at sixty times the speed of time",
    async () => {
      await page.getByText("60x").click();
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await page.waitForFunction('document.querySelectorAll("#steps .done").length === 8', undefined, {
        timeout: 240_000,
      });
      const [received = 0, ...terms] = await ledger();
      expect([terms.reduce((sum, term) => sum + term, 0), terms.at(-1), received > 15_000]).toStrictEqual([
        received,
        0,
        true,
      ]);
      expect(await page.locator(".balance").innerText()).toBe("adds up: nothing is missing");
      await shoot("guided");
    },
    300_000,
  );

  it("complains of nothing on the console", () => {
    expect(complaints).toStrictEqual([]);
  });
});

describe("the control path of floodgate dev", () => {
  it("switches outages and time only for its own page, within bounds, and knows nothing else", async () => {
    const dev = await startDev(newFolder());
    const send = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
      fetch(`${dev.page}${path}`, { method: "POST", body: JSON.stringify(body), headers });
    const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) => send("outages", body, headers);
    const answers = [
      await post({ name: "genesys-down", isOn: true }),
      await post({ name: "genesys-down", isOn: false }, { origin: "http://elsewhere.example" }),
      await post({ name: "genesys-down", isOn: false }, { origin: "null" }),
      await fetch(`${dev.page}outages`, { method: "POST", body: "{" }),
      await post({ name: "flood", isOn: true }),
      await fetch(`${dev.page}elsewhere`),
      await fetch(dev.page),
      await send("clock", { speed: 2, isRunning: true }),
      await send("clock", { speed: 10, isRunning: true }),
      await send("campaign", { perMinute: 0, minutes: 5 }),
      await send("campaign", { perMinute: 60, minutes: 1 }),
      await send("guide", { isOn: "yes" }),
      await send("guide", { isOn: false }),
      await fetch(`${dev.page}history?messageId=nowhere`),
    ];
    expect(answers.map(({ status }) => status)).toStrictEqual([
      200, 403, 403, 400, 400, 404, 200, 400, 200, 400, 202, 400, 200, 404,
    ]);
    expect(await answers[0]?.json()).toStrictEqual({ active: ["genesys-down"] });
    await dev.stop();
  });
});
