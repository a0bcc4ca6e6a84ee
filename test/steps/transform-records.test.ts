import { describe, expect, it } from "vitest";
import { deliveredLine } from "../../src/domain/delivered-line.ts";
import { transformRecords } from "../../src/steps/transform-records.ts";
import { eventOf, message, queueEntryText, receivedAt } from "../support/builders.ts";
import { keptTelemetry } from "../support/capabilities.ts";

const record = (recordId: string, text: string) => ({
  recordId,
  data: Buffer.from(text).toString("base64"),
  approximateArrivalTimestamp: receivedAt,
});

describe("transformRecords", () => {
  it("answers every record once, in order, its data untouched, with the partition it belongs to", async () => {
    const kept = keptTelemetry();
    const line = record("r-1", deliveredLine(eventOf(message(queueEntryText("c-1")))));
    const foreign = record("r-2", queueEntryText("c-2"));
    const unreadable = record("r-3", "not JSON");
    const answers = await transformRecords(4)([line, foreign, unreadable])({
      ...kept.telemetry,
      now: () => receivedAt,
    })();
    const partitionKeys = { type: "acd.start", dt: "2026-01-05", shard: "1" };
    expect(answers).toStrictEqual([
      { recordId: "r-1", result: "Ok", data: line.data, metadata: { partitionKeys } },
      { recordId: "r-2", result: "Ok", data: foreign.data, metadata: { partitionKeys } },
      { recordId: "r-3", result: "ProcessingFailed", data: unreadable.data },
    ]);
    expect(kept.counted).toStrictEqual([{ records: 3, unreadable: 1 }]);
  });
});
