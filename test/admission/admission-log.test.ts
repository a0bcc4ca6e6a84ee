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

describe("decodeEntries", () => {
  it("refuses what it cannot read to the last byte", () => {
    const bytes = encodeEntries([{ queue: queueBytes("a"), second: 1, decision: "admitted", key: 1 }]);
    expect(decodeEntries(bytes.subarray(0, -1))).toBeUndefined();
    expect(decodeEntries(Buffer.concat([bytes, Buffer.from([0])]))).toBeUndefined();
    expect(decodeEntries(Buffer.from([9]))).toBeUndefined();
  });
});

describe("queueBytes", () => {
  it("keeps the UUID that Genesys makes, and digests any other text", () => {
    expect(queueBytes("90000001-0000-4000-8000-000000000001")).toBe("90000001000040008000000000000001");
    expect(queueBytes("support")).toMatch(/^[0-9a-f]{32}$/);
  });
});
