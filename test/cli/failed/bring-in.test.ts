import * as TE from "fp-ts/lib/TaskEither.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bringIn } from "../../../cli/failed/bring-in.ts";
import type { Stack } from "../../../cli/stack/stack.ts";
import type { DeliveryTurn } from "../../../src/retry/ports.ts";

const lines = Array.from({ length: 4 }, (_, index) => `${index}`.repeat(1_000));

/** A Firehose that takes so long for each call, and refuses records that begin with one of these digits. */
const scene = (given: {
  readonly seconds?: number;
  readonly refuses?: string;
  readonly takeTurn?: DeliveryTurn["takeTurn"];
}) => {
  const offered: string[] = [];
  const told: string[] = [];
  const moved: string[] = [];
  const firehose = {
    send: async ({ input }: { readonly input: { readonly Records: ReadonlyArray<{ readonly Data: Uint8Array }> } }) => {
      const texts = input.Records.map(({ Data }) => Buffer.from(Data).toString("utf8"));
      offered.push(texts.map((text) => text[0]).join(""));
      await new Promise((resolve) => setTimeout(resolve, (given.seconds ?? 0) * 1000));
      return {
        RequestResponses: texts.map((text) =>
          given.refuses?.includes(text[0] ?? "")
            ? { ErrorCode: "InternalFailure", ErrorMessage: "no" }
            : { RecordId: "r" },
        ),
      };
    },
  };
  const stack = {
    firehose,
    // A quarter of a second's worth goes at once: one line.
    outputs: { deliveryStreamName: "events", retryBytesPerSecond: 4_000 },
    deliveryTurn: {
      takeTurn: given.takeTurn ?? (() => TE.right(true)),
      moveTurnEnd: (owner: string) => TE.fromIO(() => moved.push(owner) > 0),
    },
  } as unknown as Stack;
  const bring = bringIn(
    stack,
    "import.1",
    () => told.push("waits"),
    (reason) => told.push(reason),
  );
  const run = async (): Promise<ReadonlyArray<number>> => {
    const answer = bring(lines);
    await vi.runAllTimersAsync();
    return [...(await answer)];
  };
  return { offered, told, moved, run };
};

describe("bringIn", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("answers nothing when Firehose has taken every line", async () => {
    const { run, offered, told, moved } = scene({});
    expect([await run(), offered, told, moved]).toStrictEqual([[], ["0", "1", "2", "3"], [], ["import.1"]]);
  });

  it("answers what Firehose refused at each of five offers, and nothing that it took", async () => {
    const { run, offered } = scene({ refuses: "13" });
    expect([await run(), offered.join("")]).toStrictEqual([[1, 3], "011111233333"]);
  });

  it("answers what there was no time for in its turn: it was not offered, so it is not brought in", async () => {
    const { run, offered } = scene({ seconds: 14 });
    // 40 seconds less 15 that have to be left.
    expect([await run(), offered]).toStrictEqual([
      [2, 3],
      ["0", "1"],
    ]);
  });

  it("waits while somebody else has the turn, and says so", async () => {
    let asked = 0;
    const { run, told } = scene({
      takeTurn: () =>
        TE.fromIO(() => {
          asked += 1;
          return asked > 2;
        }),
    });
    expect([await run(), told]).toStrictEqual([[], ["waits", "waits"]]);
  });

  it("offers nothing, and answers everything, while nobody knows whose turn it is", async () => {
    const { run, offered, told } = scene({
      takeTurn: () => TE.left({ _tag: "DeliveryTurnUnavailable", reason: "away" }),
    });
    expect([await run(), offered, told]).toStrictEqual([[0, 1, 2, 3], [], ["away"]]);
  });
});
