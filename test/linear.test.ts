import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliveredLine } from "../src/delivery/delivered-line.ts";
import { readDeliveredLine } from "../src/delivery/read-delivered-line.ts";
import { decodeMessage } from "../src/event/decode-message.ts";
import { matchesGlob } from "../src/priorities/priority-rule.ts";
import { redactor } from "../src/redaction/redact.ts";
import { parseInstant } from "../src/time/instant.ts";
import { eventOf, message, queueEntryText, withBody } from "./support/builders.ts";

/*
 * What works on a vendor's text takes work in proportion to its length. Measured is growth, and not in time but in what
 * this thread has computed, so that a busy machine changes nothing: sixteen times the text may need eight times as much
 * again as it should; quadratic work needs sixteen times as much again.
 */

const [small, large] = [12_500, 200_000];
const mostGrowth = (large / small) * 8;
/** Below this a measurement says nothing. */
const leastMilliseconds = 1;

const rounds = 3;

/** Milliseconds that this thread has computed since it began. */
const computed = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

const fastest = (work: () => unknown): number => {
  const times = Array.from({ length: rounds }, () => {
    const began = computed();
    work();
    return computed() - began;
  });
  return Math.max(leastMilliseconds, Math.min(...times));
};

const fill = (piece: string, size: number): string => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);

/** Texts that are dear to somebody who wants a scanner to look at them again and again. */
const pieces = [
  "\\",
  '\\"',
  '"',
  '"ani"',
  '"ani":',
  '"ani":"',
  '\\"ani\\":',
  '\\\\\\"ani',
  '{"ani":[',
  '{"a":',
  "[",
  "]",
  "{",
  " ",
  "\\u0061",
  "u005c",
  "\\u005c",
  "\\\\u0022",
  "\\u0022ani\\u0022:",
  '"ani": x ',
  '"\\u0061ni" :\\n ',
  "ß",
  "*a",
  "0",
  ":",
  "-",
];

const redact = redactor(["ani", "callbackNumbers"], "salt");

const workers: Readonly<Record<string, (text: string) => unknown>> = {
  "redaction of a text": (text) => redact(text),
  "redaction of a name that is escaped again and again": (text) => redact(`x "\\u005c${text}":1`),
  "redaction of a value that is": (text) => redact(`x "ani":"\\u005c${text}"`),
  "redaction of a member": (text) => redact(JSON.stringify({ detail: { note: text, ani: text, [text]: 1 } })),
  "redaction of JSON in a text in a text": (text) => redact(JSON.stringify({ a: JSON.stringify({ b: text }) })),
  "decoding a text": (text) => decodeMessage(message(text)),
  "decoding a member": (text) => {
    const entry = queueEntryText("c-1").replace('"conversationId"', `${JSON.stringify(text)}:1,"conversationId"`);
    return decodeMessage(message(entry));
  },
  "a delivered line": (text) => {
    const event = eventOf(message(queueEntryText("c-1")));
    return deliveredLine(withBody(event, `{"floodgate":${JSON.stringify(text)},${event.message.body.slice(1)}`));
  },
  "reading a record": (text) => readDeliveredLine(Buffer.from(text).toString("base64"), "r-1", 0),
  "reading a record that begins like ours": (text) =>
    readDeliveredLine(Buffer.from(`{"floodgate":${text}`).toString("base64"), "r-1", 0),
  "a glob on a name": (text) => matchesGlob("*a*a*a*a*a*a*b", text),
  "a time": (text) => parseInstant(text),
};

describe("work on a vendor's text", () => {
  it.each(Object.keys(workers))("grows with its length and no faster: %s", (name) => {
    const work = workers[name] ?? (() => undefined);
    const growths = pieces.map((piece) => {
      const [short, long] = [fill(piece, small), fill(piece, large)];
      return [piece, fastest(() => work(long)) / fastest(() => work(short))] as const;
    });
    expect(growths.filter(([, growth]) => growth > mostGrowth)).toStrictEqual([]);
  });

  it("does so for texts that nobody thought of", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 5 }), (parts) => {
        const piece = parts.join("");
        const growth = fastest(() => redact(fill(piece, large))) / fastest(() => redact(fill(piece, small)));
        expect(growth).toBeLessThan(mostGrowth);
      }),
      { numRuns: 25 },
    );
  });
});
