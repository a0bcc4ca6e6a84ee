import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import { type ExitCode, exitCode, readOptions, UsageError } from "../cli/command.ts";
import { evaluatePlan } from "../cli/plan/evaluate-plan.ts";
import { number, progressLine, say, table } from "../cli/terminal.ts";
import { burst } from "../local/campaign/burst.ts";
import { virtualClock } from "../local/clock.ts";
import { type Cloud, startCloud } from "../local/cloud.ts";
import { deliveredLine } from "../src/delivery/delivered-line.ts";
import { decodeMessage } from "../src/event/decode-message.ts";
import { toIso } from "../src/time/instant.ts";

/*
 * Objects that an hour of events leaves in S3: lines of the sample campaign, put on the local delivery stream at an even
 * rate, through the real transform. What lies before the stream makes no objects, and is left out.
 */

const start = Date.UTC(2026, 0, 5, 9);
const hourSeconds = 3_600;
const organisation = 'floodgate:genesys={"region":"mypurecloud.de","clientId":"local","clientSecret":"local"}';

/** The defaults until version 0.1, and those that follow from the expected volume. */
const layouts: Readonly<Record<string, object>> = { before: { shards: 4, bufferSeconds: 60 }, now: {} };

/** Lines to be filled with a key and a time of their own. */
const templates = (): ReadonlyArray<readonly [string, string, string]> =>
  burst({ count: 4_000, seed: 1, perMinute: 10_000, start }).flatMap(({ text }, index) => {
    const event = decodeMessage({ messageId: `bench-${index}`, body: text, receivedAt: start, receives: 1 });
    if (E.isLeft(event)) return [];
    const { key, eventTime } = event.right;
    const [head = "", rest = ""] = deliveredLine(event.right).split(`"key":"${key}"`);
    const time = `"eventTime":"${toIso(eventTime)}"`;
    const at = rest.indexOf(time);
    return [[`${head}"key":"`, rest.slice(0, at), rest.slice(at + time.length)] as const];
  });

/** Puts a second's events on the stream, an hour long. */
const feed = async (
  { clock, streams }: Cloud,
  perSecond: number,
  onSecond: (second: number) => void,
): Promise<void> => {
  const lines = templates();
  let put = 0;
  const putSecond = (second: number): void => {
    const time = `","eventTime":"${toIso(clock.now())}"`;
    for (const stream of streams.values()) {
      for (; put < (second + 1) * perSecond; put += 1) {
        const [head, middle, tail] = lines[put % lines.length] ?? ["", "", ""];
        const key = put.toString(16).padStart(8, "0").repeat(4);
        stream.offer(Buffer.from(`${head}${key}"${middle}${time.slice(2)}${tail}`).toString("base64"));
      }
    }
    onSecond(second);
    if (second + 1 < hourSeconds) clock.after(1_000, () => putSecond(second + 1));
  };
  putSecond(0);
  const isDone = (): boolean =>
    put >= hourSeconds * perSecond && [...streams.values()].every((stream) => stream.heldCount() === 0);
  await clock.runUntil(isDone);
};

const measure = async (perDay: number, layout: object, onSecond: (second: number) => void) => {
  const perMinute = Math.max(1, Math.round(perDay / 1440));
  const overrides = [
    organisation,
    `floodgate:delivery=${JSON.stringify({ quotaMebibytesPerSecond: 10, ...layout })}`,
    `floodgate:expected=${JSON.stringify({ eventsPerMinute: perMinute, peakEventsPerMinute: Math.max(10_000, perMinute) })}`,
  ];
  const plan = await evaluatePlan("dev", overrides);
  const out = mkdtempSync(join(tmpdir(), "floodgate-bench-"));
  const cloud = await startCloud({ plan, clock: virtualClock(start, 1), isVirtual: true, out });
  const sizes: number[] = [];
  cloud.objects.onWritten = (_, body) => void sizes.push(body.length);
  try {
    await feed(cloud, perDay / 86_400, onSecond);
  } finally {
    cloud.stop();
    rmSync(out, { recursive: true });
  }
  const sorted = sizes.toSorted((a, b) => a - b);
  return { objectsPerDay: sizes.length * 24, medianBytes: sorted[Math.floor(sorted.length / 2)] ?? 0 };
};

export const benchObjects = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, {
    "per-day": { type: "string", default: "0.1,5" },
    json: { type: "boolean", default: false },
  });
  const millions = options["per-day"].split(",").map(Number);
  if (!millions.every((each) => each > 0))
    throw new UsageError("--per-day takes millions of events a day, such as 0.1,5,100");
  const progress = progressLine();
  const rows = [];
  for (const perDay of millions.map((each) => each * 1_000_000)) {
    for (const [name, layout] of Object.entries(layouts)) {
      const show = (second: number): void => {
        if (second % 60 === 0) progress.show(`${number(perDay)} events a day, ${name}: minute ${second / 60} of 60`);
      };
      rows.push({ perDay, layout: name, ...(await measure(perDay, layout, show)) });
    }
  }
  progress.clear();
  if (options.json) say(JSON.stringify(rows));
  else
    say(
      table([
        ["events a day", "layout", "objects a day", "median object"],
        ...rows.map(({ perDay, layout, objectsPerDay, medianBytes }) => [
          number(perDay),
          layout,
          number(objectsPerDay),
          `${number(Math.round(medianBytes / 1024))} KiB`,
        ]),
      ]),
    );
  return exitCode.done;
};
