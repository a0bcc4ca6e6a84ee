import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../local/clock.ts";
import { unavailable } from "../../local/genesys/local-genesys.ts";
import { userId } from "../../local/genesys/organisation.ts";
import { awsError } from "../../local/service.ts";
import { envelope } from "../support/builders.ts";
import { atBus, devPlan, inBuffer, runLocally, start } from "../support/local-run.ts";
import { sized } from "../support/setup/sized.ts";

const count = sized(2_000, 20_000);
const fields = ["ani", "callbackNumbers", "customer"];
const minute = 60_000;

const random = seededRandom(7);
const below = (most: number): number => Math.floor(random() * most);
const pick = <A>(...choices: readonly [A, ...A[]]): A => choices[below(choices.length)] ?? choices[0];

/** Every number that must not be found anywhere begins like this. */
const secret = (index: number): string => `1202555${String(index).padStart(6, "0")}`;

/** The name of a field in one of the spellings that JSON has for it. */
const spelled = (name: string): string => {
  const letters = [...name].map((letter) => {
    const own = below(8) === 0 ? letter.toUpperCase() : letter;
    return below(4) === 0 ? `\\u${own.charCodeAt(0).toString(16).padStart(4, "0")}` : own;
  });
  return `"${letters.join("")}"`;
};

const valueText = (value: string, depth = 0): string => {
  switch (below(depth < 3 ? 6 : 2)) {
    case 0:
      return value;
    case 1:
      return JSON.stringify(`tel:+${value}`);
    case 2:
      return `[${valueText(value, depth + 1)},null]`;
    case 3:
      return `{"x" : ${valueText(value, depth + 1)}}`;
    case 4:
      return `{"+${value}":true}`;
    default:
      return JSON.stringify(`{"inner":${valueText(value, depth + 1)}}`);
  }
};

const space = (): string => pick("", "", " ", "\n  ", "\t");

/** A member with the value, hidden in texts within texts, lists and other words. */
const hidden = (value: string): string => {
  let text = `{${space()}${spelled(pick("ani", "callbackNumbers", "customer"))}${space()}:${space()}${valueText(value)}}`;
  for (let depth = below(4); depth > 0; depth -= 1) {
    const inner = pick(text, text, `note: ${text} and more`, `it is 5" long ${text}`);
    text = pick(`{"attributes":${JSON.stringify(inner)}}`, `[1,${JSON.stringify(inner)}]`, `{"a":{"b":[${text}]}}`);
  }
  return text;
};

const eventText = (index: number): string => {
  const body = { eventTime: start + index, conversationId: `c-${index}`, hidden: "@" };
  const suffix = pick("acd.start", "customer.start", "user.start");
  const named = suffix === "user.start" ? { ...body, userId: userId(1 + below(500)) } : body;
  return envelope(suffix, named, { id: `e-${index}` }).replace('"@"', hidden(secret(index)));
};

const events = Array.from({ length: count }, (_, index) => {
  const text = eventText(index);
  // Some arrive cut off, and are no JSON any more.
  return below(20) === 0 ? inBuffer(text.slice(0, text.length - 1 - below(20))) : atBus(text);
});

describe(`${count} events that hide a number in every way that JSON has`, () => {
  it("leave none of them in an object, a failed chunk or a log, whatever fails on the way", async () => {
    const found: string[] = [];
    let written = 0;
    const look = (where: string, text: string): void => {
      if (text.includes("1202555")) found.push(`${where}: ${text.slice(text.indexOf("1202555") - 60).slice(0, 100)}`);
    };
    const run = await runLocally(events, {
      plan: await devPlan(`floodgate:delivery={"bufferSeconds":60,"shards":4,"redact":${JSON.stringify(fields)}}`),
      faults: ({ operation }) =>
        operation === "firehose.PutRecordBatch" && Date.now() - start > minute && Math.random() < 0.2
          ? { _tag: "Answer", answer: awsError(500, "InternalServerError", "down") }
          : undefined,
      beforeSending: ({ objects, genesys, clock }) => {
        const end = clock.now() + 2 * minute;
        genesys.fault = (_, now) => (now < end ? unavailable() : undefined);
        objects.onWritten = (key, body) => {
          written += 1;
          look(key, gunzipSync(body).toString("utf8"));
        };
      },
    });
    for (const { functionName, text } of run.logs) look(functionName, text);
    expect(found.slice(0, 5)).toStrictEqual([]);
    expect(run.differences.slice(0, 5)).toStrictEqual([]);
    // What the run has to have seen, or it shows nothing.
    expect(run.ledger).toMatchObject({ received: count, inFlight: 0 });
    expect(run.ledger.parked["malformed"]).toBeGreaterThan(count / 40);
    expect(run.executions.some(({ machine }) => machine === "retry-failed-events")).toBe(true);
    expect(written).toBeGreaterThan(count / 200);
  });
});
