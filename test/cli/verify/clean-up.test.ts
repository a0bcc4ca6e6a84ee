import { describe, expect, it } from "vitest";
import type { Stack } from "../../../cli/stack/stack.ts";
import { cleanUp } from "../../../cli/verify/clean-up.ts";
import { answeringCloud, ok } from "../../support/cloud/answering-cloud.ts";

describe("cleanUp of verify", () => {
  const cloud = answeringCloud();

  it("removes objects that hold its own lines alone, and counts its lines in those that hold others", async () => {
    cloud.answer(ok({ Items: [] }));
    const removed: string[] = [];
    const stack = {
      s3: { send: async ({ input }: { readonly input: { readonly Key: string } }) => removed.push(input.Key) },
      outputs: { bucketName: "events", failedEventsTable: "failed-events" },
      dynamoDb: cloud.dynamoDb(),
      failedEvents: {},
    } as unknown as Stack;
    const line = (object: string) => ({ object });
    const stored = {
      lines: [line("type=a/own"), line("type=a/mixed"), line("type=a/mixed")],
      others: new Map([
        ["type=a/own", 0],
        ["type=a/mixed", 3],
        ["type=a/foreign", 2],
        ["type=a/empty", 0],
      ]),
    };
    const left = await cleanUp(stack, { run: "r", now: 0 } as never, stored as never);
    expect([removed, left]).toStrictEqual([["type=a/own"], 2]);
  });
});
