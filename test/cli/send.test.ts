import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import { command, send } from "../../cli/send.ts";
import type { Stack } from "../../cli/stack/stack.ts";
import { answeringCloud, ok } from "../support/cloud/answering-cloud.ts";
import { outputsAt } from "../support/cloud/outputs-at.ts";

describe("send", () => {
  const cloud = answeringCloud();

  it("counts what was refused of every call, not of the last one alone", async () => {
    let calls = 0;
    cloud.answer(({ input }) => {
      calls += 1;
      const entries = input["Entries"] as ReadonlyArray<unknown>;
      return ok({ FailedEntryCount: calls < 3 ? 2 : 0, Entries: entries.map(() => ({ EventId: "e" })) });
    });
    const events = new EventBridgeClient({
      endpoint: cloud.endpoint(),
      region: "eu-central-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
    });
    const envelopes = Array.from({ length: 25 }, (_, index) => ({
      source: "s",
      "detail-type": "t",
      time: "2026-01-05T09:00:00Z",
      detail: { id: `c-${index}` },
    }));
    const sent: number[] = [];
    const stack = { events, outputs: { busName: "bus" } } as unknown as Stack;
    const refused = await send(stack, envelopes as never, (count) => sent.push(count));
    expect([refused, sent.at(-1), calls > 2]).toStrictEqual([4, 25, true]);
  });

  it.each([
    [0, 0],
    [1, 1],
  ])("ends, with %i events refused by the bus, with %i", async (refused, code) => {
    const file = await outputsAt(cloud.endpoint());
    cloud.answer(ok({ FailedEntryCount: refused, Entries: [{ EventId: "e" }] }));
    const events = ["--events", "test/samples/genesys/acd.start.voice.json"];
    expect(await command.run([...events, "--outputs", file, "--json"])).toBe(code);
  });
});
