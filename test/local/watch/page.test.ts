import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dev, floodgate, startDev } from "../../support/floodgate.ts";
import { newFolder } from "../../support/local-run.ts";

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
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
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

  it("shows a burst while it runs", async () => {
    await page.waitForFunction('document.getElementById("verdict").textContent.startsWith("Events flow")');
    await floodgate("send", "--count", "60", "--outputs", dev.outputs);
    await page.waitForFunction('document.getElementById("received").textContent === "60"');
    await page.waitForFunction('document.querySelectorAll("#copies tr").length === 15');
    await shoot("burst");
    expect(await violations()).toStrictEqual([]);
  }, 60_000);

  it("shows the history of an event, by keyboard", async () => {
    await page.locator("#copies button").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open] li");
    expect(await page.locator("#history-list").innerText()).toContain("received");
    expect(await violations()).toStrictEqual([]);
    await shoot("history");
    await page.keyboard.press("Escape");
    expect(await page.locator("dialog[open]").count()).toBe(0);
  }, 60_000);

  it("shows an outage and its recovery", async () => {
    await page.getByRole("button", { name: "Firehose answers 503" }).click();
    await page.waitForFunction(
      'document.getElementById("verdict").textContent.includes("outage: Firehose answers 503")',
    );
    await floodgate("send", "--count", "20", "--outputs", dev.outputs);
    await page.waitForFunction('Number(document.getElementById("backlog").textContent) > 0');
    await shoot("outage");
    expect(await violations()).toStrictEqual([]);
    await page.getByRole("button", { name: "Firehose answers 503" }).click();
    await page.waitForFunction('!document.getElementById("verdict").textContent.includes("outage")');
    await floodgate("send", "--count", "20", "--outputs", dev.outputs);
    await page.waitForFunction('Number(document.getElementById("in-stream").textContent) > 0');
    await shoot("recovery");
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
      await page.waitForSelector("#told[open] li");
      const rows = page.locator("#told-rows > li");
      expect([await rows.count(), await page.locator("#told-missing").innerText()]).toStrictEqual([
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
    await page.getByRole("button", { name: "Show" }).click();
    await page.waitForSelector("#told[open]");
    expect([
      await page.locator("#told-summary").innerText(),
      await page.locator("#told-rows > li").count(),
    ]).toStrictEqual(["Nothing is known of it yet: it was not received, or is still in the buffer.", 0]);
    await page.keyboard.press("Escape");
  }, 90_000);

  it("leads from an event to its conversation", async () => {
    await page.locator("#copies button").first().click();
    await page.getByRole("button", { name: "The whole conversation" }).click();
    await page.waitForSelector("#told[open] li");
    expect(await page.locator("#told-title").innerText()).toContain("3d2dbb4e");
    await page.keyboard.press("Escape");
  }, 60_000);

  it("complains of nothing on the console", () => {
    expect(complaints).toStrictEqual([]);
  });
});

describe("the control path of floodgate dev", () => {
  it("switches outages only for its own page, and knows nothing else", async () => {
    const dev = await startDev(newFolder());
    const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
      fetch(`${dev.page}outages`, { method: "POST", body: JSON.stringify(body), headers });
    const answers = [
      await post({ name: "genesys-down", isOn: true }),
      await post({ name: "genesys-down", isOn: false }, { origin: "http://elsewhere.example" }),
      await post({ name: "genesys-down", isOn: false }, { origin: "null" }),
      await fetch(`${dev.page}outages`, { method: "POST", body: "{" }),
      await post({ name: "flood", isOn: true }),
      await fetch(`${dev.page}elsewhere`),
      await fetch(dev.page),
    ];
    expect(answers.map(({ status }) => status)).toStrictEqual([200, 403, 403, 400, 400, 404, 200]);
    expect(await answers[0]?.json()).toStrictEqual({ active: ["genesys-down"] });
    await dev.stop();
  });
});
