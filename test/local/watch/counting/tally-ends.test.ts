import { describe, expect, it } from "vitest";
import type { Cloud } from "../../../../local/cloud.ts";
import { Tally } from "../../../../local/watch/counting/tally.ts";

/** As much of a cloud as the tally looks at: one copy was received, and nothing is held. */
const cloudWith = (messageId: string): { readonly cloud: Cloud; readonly logs: { text: string }[] } => {
  const logs: { text: string }[] = [];
  const buffer = { name: "buffer", accepted: new Map([[messageId, "{}"]]), heldIds: () => [] };
  const cloud = { mappings: [{ buffer, inHandIds: () => [] }], buffers: new Map(), logs, clock: { now: () => 0 } };
  return { cloud: cloud as unknown as Cloud, logs };
};

const line = (excess?: string): Buffer =>
  Buffer.from(JSON.stringify({ floodgate: { messageId: "m-1", ...(excess === undefined ? {} : { excess }) } }));

const nothing = {
  received: 1,
  delivered: 0,
  setAside: { lowPriority: 0, rateLimited: 0, dropped: 0 },
  duplicates: 0,
  parked: {},
  inFlight: { buffer: 0, inHand: 0, firehose: 0, retrying: 0 },
  missing: 0,
};

describe("a copy that ends more than once", () => {
  it("is counted once, by the end that says most of it: given up, brought back, delivered, seen again", () => {
    const { cloud, logs } = cloudWith("m-1");
    const tally = new Tally(cloud);
    tally.noteRecord(line(), "handed to Firehose");
    expect(tally.ledger([])).toStrictEqual({ ...nothing, inFlight: { ...nothing.inFlight, firehose: 1 } });
    tally.noteRecord(line(), "processing-failed");
    const [reason = ""] = Object.keys(tally.ledger([]).parked);
    expect([reason === "", tally.ledger([])]).toStrictEqual([false, { ...nothing, parked: { [reason]: 1 } }]);
    tally.noteRecord(line(), "handed to Firehose");
    tally.noteRecord(line(), "delivered: type=other/x");
    const delivered = { ...nothing, delivered: 1 };
    expect(tally.ledger([])).toStrictEqual(delivered);
    logs.push({ text: JSON.stringify({ message: "duplicates", messageIds: ["m-1"] }) });
    expect(tally.ledger([])).toStrictEqual(delivered);
  });

  it("is set aside by its reason, and is no copy of this stack when nobody has received it", () => {
    const tally = new Tally(cloudWith("m-1").cloud);
    tally.noteRecord(line("rateLimited"), "delivered: excess=acd.start/x");
    expect(tally.ledger([])).toStrictEqual({ ...nothing, setAside: { ...nothing.setAside, rateLimited: 1 } });
    const others = new Tally(cloudWith("m-2").cloud);
    others.noteRecord(line(), "delivered: type=other/x");
    expect([others.ledger([]).delivered, others.endedSoFar("delivered")]).toStrictEqual([0, 0]);
  });
});
