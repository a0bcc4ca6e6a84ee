import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { deliver } from "../../src/delivery/deliver.ts";
import type { StreamFailure } from "../../src/delivery/ports.ts";
import { keptTelemetry, stillClock, takesAll } from "../support/capabilities.ts";

const throttled: StreamFailure = { _tag: "StreamThrottled", reason: "slow down" };

describe("deliver", () => {
  it("offers again only the entries that failed, with full jitter between the tries", async () => {
    const offered: string[][] = [];
    const clock = stillClock();
    const failures = await deliver(["a", "b", "c"])({
      ...clock,
      ...keptTelemetry().telemetry,
      ...takesAll,
      putRecords: (records) => {
        offered.push([...records]);
        return TE.right(records.map((record) => (record === "b" && offered.length < 3 ? throttled : undefined)));
      },
    })();
    expect(offered).toStrictEqual([["a", "b", "c"], ["b"], ["b"]]);
    expect(failures).toStrictEqual(new Map());
    expect(clock.slept).toStrictEqual([0, 100, 200]);
  });

  it("says, by position, what did not get through after the last try", async () => {
    const clock = stillClock();
    const failures = await deliver(["a", "b"])({
      ...clock,
      ...keptTelemetry().telemetry,
      ...takesAll,
      putRecords: (records) => TE.right(records.map((record) => (record === "b" ? throttled : undefined))),
    })();
    expect(failures).toStrictEqual(new Map([[1, "firehoseThrottled"]]));
    expect(clock.slept).toHaveLength(5);
  });

  it("counts a whole call that failed as a failure of every line in it", async () => {
    const refused: StreamFailure = { _tag: "StreamRefused", reason: "no such stream" };
    const failures = await deliver(["a", "b"])({
      ...stillClock(),
      ...keptTelemetry().telemetry,
      ...takesAll,
      putRecords: () => TE.left(refused),
    })();
    expect(failures).toStrictEqual(
      new Map([
        [0, "firehoseRefused"],
        [1, "firehoseRefused"],
      ]),
    );
  });

  it("asks for nothing when there is nothing to deliver", async () => {
    const putRecords = () => {
      throw new Error("nothing to put");
    };
    expect(
      await deliver([])({ ...stillClock(), ...keptTelemetry().telemetry, ...takesAll, putRecords })(),
    ).toStrictEqual(new Map());
  });
});
