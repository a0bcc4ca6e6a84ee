import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEntries, encodeEntries, type LogEntry, queueBytes } from "../../src/admission/admission-log.ts";

const entry: fc.Arbitrary<LogEntry> = fc.record({
  queue: fc.constantFrom("a", "b", "c").map(queueBytes),
  second: fc.nat(59),
  decision: fc.constantFrom("admitted", "lowPriority", "rateLimited"),
  key: fc.nat(2 ** 48 - 1),
});

const inOrder = (entries: ReadonlyArray<LogEntry>) => entries.map((each) => JSON.stringify(each)).toSorted();

describe("encodeEntries", () => {
  it("is read back by decodeEntries, in 7 bytes an entry and 18 a queue", () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const bytes = encodeEntries(entries);
        expect(inOrder(decodeEntries(bytes) ?? [])).toStrictEqual(inOrder(entries));
        expect(bytes.length).toBe(1 + new Set(entries.map(({ queue }) => queue)).size * 18 + entries.length * 7);
      }),
    );
  });
});

describe("a queue with more entries than a count of 16 bits holds", () => {
  it("is written in several groups", () => {
    const many = Array.from(
      { length: 0x10001 },
      (_, key): LogEntry => ({
        queue: queueBytes("a"),
        second: key % 60,
        decision: "admitted",
        key,
      }),
    );
    const bytes = encodeEntries(many);
    expect(bytes.length).toBe(1 + 2 * 18 + many.length * 7);
    const read = decodeEntries(bytes) ?? [];
    expect([read.length, read.at(0), read.at(-1)]).toStrictEqual([many.length, many.at(0), many.at(-1)]);
  });
});

describe("decodeEntries", () => {
  it("refuses what it cannot read to the last byte", () => {
    const bytes = encodeEntries([{ queue: queueBytes("a"), second: 1, decision: "admitted", key: 1 }]);
    expect(decodeEntries(bytes.subarray(0, -1))).toBeUndefined();
    expect(decodeEntries(Buffer.concat([bytes, Buffer.from([0])]))).toBeUndefined();
    expect(decodeEntries(Buffer.from([9]))).toBeUndefined();
    expect(decodeEntries(Buffer.from([]))).toBeUndefined();
    const unknownDecision = Buffer.from(bytes);
    unknownDecision.writeUInt8((1 << 2) | 3, 19);
    expect(decodeEntries(unknownDecision)).toBeUndefined();
  });

  it("reads an item without entries, and a queue of which there is none", () => {
    expect(decodeEntries(encodeEntries([]))).toStrictEqual([]);
    expect(decodeEntries(Buffer.concat([Buffer.from([1]), Buffer.alloc(18)]))).toStrictEqual([]);
  });
});

describe("queueBytes", () => {
  it("keeps the UUID that Genesys makes, and digests any other text", () => {
    expect(queueBytes("90000001-0000-4000-8000-000000000001")).toBe("90000001000040008000000000000001");
    expect(queueBytes("support")).toBe("434990c8a25d2be94863561ae98bd682");
    const around = ["x90000001-0000-4000-8000-000000000001", "90000001-0000-4000-8000-000000000001x"];
    expect(around.map((each) => queueBytes(each).startsWith("90000001"))).toStrictEqual([false, false]);
  });
});
