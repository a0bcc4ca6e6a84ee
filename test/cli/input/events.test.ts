import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEvents } from "../../../cli/input/events.ts";
import { envelope } from "../../support/builders.ts";
import { newFolder } from "../../support/local-run.ts";

const one = envelope("acd.start", { eventTime: 1767603620723, conversationId: "c-1", queueId: "q-1" });
const two = envelope("user.start", { eventTime: 1767603620724, conversationId: "c-2", note: 'a "quote", {a} [b] ü' });
const pretty = (text: string) => JSON.stringify(JSON.parse(text), null, 2);

const fileWith = (name: string, content: string | Buffer): string => {
  const file = join(newFolder(), name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};

const read = (name: string, content: string | Buffer) => {
  const { events, unread } = readEvents(fileWith(name, content));
  return {
    texts: events.filter(({ problem }) => problem === undefined).map(({ text }) => text),
    problems: events.flatMap(({ problem }) => problem ?? []),
    unread: unread.map((each) => each.slice(each.indexOf(": ") + 2)),
  };
};

const both = { texts: [one, two], problems: [], unread: [] };
const utf16 = (text: string, mark: boolean): Buffer => Buffer.from(`${mark ? "\ufeff" : ""}${text}`, "utf16le");
const lines = `${one}\n${two}\n`;
const record = (body: string) => ({ messageId: "m", receiptHandle: "r", body });

describe("readEvents", () => {
  it("takes an event whose text rightly holds the sign of a letter that could not be read", () => {
    const odd = envelope("user.end", { eventTime: 1767603620725, conversationId: "c-3", note: "\ufffd" });
    expect(read("e.jsonl", `${one}\n${odd}\n`)).toStrictEqual({ texts: [one, odd], problems: [], unread: [] });
  });

  it.each<[string, string, string | Buffer]>([
    ["a line each", "e.jsonl", lines],
    ["a byte order mark", "e.jsonl", `\ufeff${lines}`],
    ["byte order marks of files that were put together", "e.jsonl", `\ufeff${one}\n\ufeff${two}\n`],
    ["a pretty-printed event behind a byte order mark in the middle", "e.json", `${one}\n\ufeff${pretty(two)}`],
    ["a list behind a byte order mark in the middle", "e.json", `[${one}]\n\ufeff[${two}]`],
    ["CRLF", "e.jsonl", `${one}\r\n${two}\r\n`],
    ["no end of the last line", "e.jsonl", `${one}\n${two}`],
    ["empty lines", "e.jsonl", `\n\n${one}\n   \n${two}\n\n`],
    ["UTF-16 with its mark", "e.jsonl", utf16(lines, true)],
    ["UTF-16 without a mark", "e.jsonl", utf16(lines, false)],
    ["UTF-16 with the bytes the other way", "e.json", utf16(`[${one},${two}]`, true).swap16()],
    ["gzip", "e.jsonl.gz", gzipSync(lines)],
    ["gzip that does not say so in its name", "e.jsonl", gzipSync(lines)],
    ["an array", "e.json", `[${one},\n${two}]`],
    ["an array with white space", "e.json", ` [ ${pretty(one)} , ${pretty(two)} ] `],
    ["an array with a comma too many", "e.json", `[\n${one},\n${two},\n]\n`],
    ["an array in a file of lines", "e.jsonl", `[${one},${two}]`],
    ["pretty-printed events one behind the other", "e.json", `${pretty(one)}\n${pretty(two)}\n`],
    ["events one behind the other, as Firehose writes them", "e.log", `${one}${two}`],
    ["pretty-printed events without a line between them", "e.json", `${pretty(one)}${pretty(two)}`],
    ["a pretty-printed event with one behind it in its last line", "e.json", `${pretty(one)} ${two}`],
    ["a list of pretty-printed events with a comma too many", "e.json", `[${pretty(one)},${pretty(two)},]`],
    ["lists, a line each", "e.jsonl", `[${one}]\n[${two}]\n`],
    ["a list in a body", "e.json", JSON.stringify({ Body: `[${one},${two}]` })],
    [
      "pretty-printed events in a log",
      "e.log",
      `2026-01-05T09:00:21.043Z ${pretty(one)}\n2026-01-05T09:00:21Z ${pretty(two)}\n`,
    ],
    ["an extension of its own", "archive-0001", lines],
    ["texts within a line", "e.jsonl", `${JSON.stringify(one)}\n${JSON.stringify(two)}\n`],
    ["aws sqs receive-message", "e.json", JSON.stringify({ Messages: [{ Body: one }, { Body: two }] }, null, 4)],
    ["messages of SQS' console", "e.json", JSON.stringify([{ Body: one }, { Body: two }])],
    ["records of Lambda", "e.json", JSON.stringify({ Records: [record(one), record(two)] })],
    ["filter-log-events", "e.json", JSON.stringify({ events: [{ message: one }, { message: two }], nextToken: "x" })],
    [
      "a log group's export",
      "000000.gz",
      gzipSync(`2026-01-05T09:00:21.043Z ${one}\n2026-01-05T09:00:22.000Z ${two}\n`),
    ],
    ["rows of Logs Insights", "e.json", JSON.stringify([{ "@message": one }, { "@message": two }])],
    [
      "a subscription of CloudWatch Logs in SQS in Lambda",
      "e.json",
      JSON.stringify({
        Records: [
          record(JSON.stringify({ messageType: "DATA_MESSAGE", logEvents: [{ message: one }, { message: two }] })),
        ],
      }),
    ],
  ])("reads %s", (_, name, content) => {
    expect(read(name, content)).toStrictEqual(both);
  });

  it.each<[string, string, string | Buffer, unknown]>([
    [
      "a broken line, which costs only itself",
      "e.jsonl",
      `${one}\n${one.slice(0, -9)}\n${two}\n`,
      { ...both, problems: ["line 2: not JSON"] },
    ],
    [
      "lines that are no events, each with its reason",
      "e.jsonl",
      `${one}\nnull\n5\n"x"\n{}\n{"detail-type":5}\n{"detail-type":"a"}\n{"detail-type":"a","detail":"{}"}\n${two}\n`,
      {
        ...both,
        problems: [
          "line 2: a null by itself",
          "line 3: a number by itself",
          "line 4: a string by itself",
          "line 5: no detail-type, no detail",
          "line 6: detail-type is no text, no detail",
          "line 7: no detail",
          "line 8: detail is a text, not an object",
        ],
      },
    ],
    [
      "an element of an array that is none",
      "e.json",
      `[${one},[1],${two}]`,
      { ...both, problems: ["line 1, value 2: a number by itself"] },
    ],
    [
      "a record with another body",
      "e.json",
      JSON.stringify({ Messages: [{ Body: one }, { Body: "{}" }, { Body: two }] }),
      { ...both, problems: ["line 1, record 2, Body: no detail-type, no detail"] },
    ],
    [
      "a record whose body is cut off",
      "e.json",
      JSON.stringify({ Messages: [{ Body: one }, { Body: one.slice(0, 99) }, { Body: two }] }),
      { ...both, problems: ["line 1, record 2, Body: not JSON"] },
    ],
    [
      "a value of several in a line that is cut off",
      "e.log",
      `${one}${two}${one.slice(0, 99)}`,
      { ...both, problems: ["line 1, value 3: not JSON"] },
    ],
    [
      "a line of a log that is no event",
      "e.log",
      `START RequestId: 1\n2026-01-05T09:00:21.043Z ${one}\n2026-01-05T09:00:21.043Z END\n${two}\n`,
      { ...both, problems: ["line 1: not JSON", "line 3: not JSON"] },
    ],
    [
      "a broken value between others in one line",
      "e.json",
      `[${one},{"a":tru},${two}]`,
      { ...both, problems: ["line 1, value 2: not JSON"] },
    ],
    ["the same without a list", "e.log", `${one}{"a":tru}${two}`, { ...both, problems: ["line 1, value 2: not JSON"] }],
    [
      "many lines that were cut off before pretty-printed events",
      "e.log",
      `${`${one.slice(0, 50)}\n`.repeat(80)}${pretty(one)}\n${pretty(two)}\n`,
      { ...both, problems: Array.from({ length: 80 }, (_, index) => `line ${index + 1}: not JSON`) },
    ],
    [
      "an event whose letters are in another encoding",
      "e.jsonl",
      Buffer.concat([Buffer.from(`${one}\n`), Buffer.from(two, "latin1"), Buffer.from(`\n${two}`)]),
      { ...both, unread: ["line 2: not in UTF-8"] },
    ],
    ["an empty file", "e.jsonl", "", { texts: [], problems: [], unread: ["the file is empty"] }],
    ["an empty list", "e.json", "[]", { texts: [], problems: [], unread: ["the file holds no event"] }],
    ["white space", "e.jsonl", "\ufeff \n\n", { texts: [], problems: [], unread: ["the file is empty"] }],
    [
      "a zip archive",
      "e.zip",
      "PK\u0003\u0004rest",
      { texts: [], problems: [], unread: ["is a zip archive: unpack it first"] },
    ],
    [
      "gzip that breaks off, of which the beginning is taken",
      "e.jsonl.gz",
      gzipSync(`${one}\n${two}\n${"x".repeat(10)}`).subarray(0, -6),
      {
        ...both,
        problems: ["line 3: not JSON"],
        unread: ["the file breaks off: its gzip is not whole"],
      },
    ],
  ])("names %s", (_, name, content, expected) => {
    expect(read(name, content)).toStrictEqual(expected);
  });

  it("names the file in a folder, and the files that it did not look into", () => {
    const file = fileWith("a.jsonl", `${one}\nnull\n`);
    writeFileSync(join(dirname(file), "notes.md"), "x");
    const { events, ignored } = readEvents(dirname(file));
    expect([events.map(({ place, problem }) => problem ?? place), ignored]).toStrictEqual([
      ["a.jsonl line 1", "a.jsonl line 2: a null by itself"],
      [join(dirname(file), "notes.md")],
    ]);
  });

  it("passes every text on as it was written, but for white space between tokens", () => {
    const odd = one.replace('"q-1"', '"q\\u002d1 \\" \\\\"').replace("{", '{ "a" :\t[ 1 , 1e3 ] ,\r ');
    expect(read("e.jsonl", odd).texts).toStrictEqual([
      one.replace('"q-1"', '"q\\u002d1 \\" \\\\"').replace("{", '{"a":[1,1e3],'),
    ]);
  });

  it("takes a zero byte in the first line for a broken line, and not for another encoding of the file", () => {
    for (const broken of ["#\u0000", "\u0000#"])
      expect(read("e.jsonl", `${broken}\n${one}\n${two}`)).toStrictEqual({
        ...both,
        problems: ["line 1: not JSON"],
        unread: [],
      });
  });

  it("takes one broken item for one, wherever it stands among many", () =>
    fc.assert(
      fc.property(fc.nat(49), fc.string({ unit: "binary" }), (at, text) => {
        const broken = `#${text.replaceAll(/[\n\r]/g, "")}`;
        const content = Array.from({ length: 50 }, (_, index) => (index === at ? broken : one)).join("\n");
        const { texts, problems } = read("e.jsonl", content);
        expect([texts.length, problems]).toStrictEqual([49, [`line ${at + 1}: not JSON`]]);
      }),
    ));

  it("reads 200,000 events of one line, one behind the other", () => {
    const short = '{"source":"s","detail-type":"d","detail":{}}';
    expect(read("e.log", short.repeat(200_000)).texts.length).toBe(200_000);
  });

  it("names each of 200,000 lines in another encoding", () => {
    const { unread } = read("e.log", Buffer.from("Müller\n".repeat(200_000), "latin1"));
    expect([unread.length, unread.at(-1)]).toStrictEqual([200_000, "line 200000: not in UTF-8"]);
  });

  it("looks into files of a folder by what is in them", () => {
    const file = fileWith("000000.gz", gzipSync(`2026-01-05T09:00:21.043Z ${one}\n`));
    writeFileSync(join(dirname(file), "B.JSON"), two);
    writeFileSync(join(dirname(file), "aws-logs-write-test"), "Permission Check Successful");
    const { events, ignored, unread } = readEvents(dirname(file));
    expect([events.map(({ text }) => text), ignored.map((each) => basename(each)), unread]).toStrictEqual([
      [one, two],
      ["aws-logs-write-test"],
      [],
    ]);
  });

  it("reads ten million characters of text in one value, and of unclosed braces, without a stack of them", () => {
    const long = envelope("attributes", { note: '\\"[{'.repeat(200_000) });
    expect(read("e.jsonl", `${long}\n${one}`).texts).toStrictEqual([long, one]);
    expect(read("e.jsonl", `${'{"a":'.repeat(200_000)}\n${one}`)).toStrictEqual({
      texts: [one],
      problems: ["line 1: not JSON"],
      unread: [],
    });
  });
});
