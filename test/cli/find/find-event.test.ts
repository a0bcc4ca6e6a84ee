import { describe, expect, it } from "vitest";
import { listFailedChunks } from "../../../cli/failed/failed-chunks.ts";
import { findEvent } from "../../../cli/find/find-event.ts";
import { connectStack } from "../../../cli/stack/stack.ts";
import { readStackOutputs } from "../../../cli/stack/stack-outputs.ts";
import { burst } from "../../../local/campaign/burst.ts";
import { seededRandom } from "../../../local/clock.ts";
import type { Cloud } from "../../../local/cloud.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";
import { runLocally, start } from "../../support/local-run.ts";
import { sized } from "../../support/setup/sized.ts";

const asked = sized(40, 1_000);
const atOnce = 40;

/** The id by which somebody would ask for an event: its conversation, else its envelope's id, else the copy itself. */
const idOf = (body: string, messageId: string): string => {
  try {
    const { id, detail, contactId } = JSON.parse(body);
    return detail?.eventBody?.conversationId ?? detail?.id ?? contactId ?? id ?? messageId;
  } catch {
    return messageId;
  }
};

/** Lets virtual time run until a command's own call has been answered. */
const drive = async <A>({ clock }: Cloud, run: () => Promise<A>): Promise<A> => {
  const answer = run();
  let isDone = false;
  const settled = answer.finally(() => {
    isDone = true;
  });
  await clock.runUntil(() => isDone);
  return settled;
};

describe("find, after a run with faults", () => {
  it(`answers exactly for each of ${asked} random events, compared with the audit`, async () => {
    const found = new Map<string, ReadonlyArray<{ readonly messageId: string; readonly outcome: string }>>();
    const run = await runLocally(burst({ count: sized(800, 3_000), seed: 11, perMinute: 10_000, start }), {
      faults: ({ operation }) =>
        operation === "firehose.PutRecordBatch" && Math.random() < 0.025 ? { _tag: "Crash", when: "after" } : undefined,
      beforeAudit: async (cloud) => {
        cloud.gateway.faults = () => undefined;
        const outputs = await outputsAt(cloud.endpoint, { accessKey: cloud.gateway.accessKey });
        const stack = connectStack(await readStackOutputs({ outputs }));
        const chunks = await drive(cloud, () => listFailedChunks(stack));
        const random = seededRandom(3);
        const received = [...cloud.mapping.buffer.accepted];
        const wanted = new Map<string, string>();
        for (let number = 0; number < asked; number += 1) {
          const [messageId = "", body = ""] = received[Math.floor(random() * received.length)] ?? [];
          wanted.set(messageId, idOf(body, messageId));
        }
        const all = [...wanted];
        for (let at = 0; at < all.length; at += atOnce) {
          await drive(cloud, () =>
            Promise.all(
              all.slice(at, at + atOnce).map(async ([messageId, id]) => {
                found.set(messageId, await findEvent(stack, id, { chunks }));
              }),
            ),
          );
        }
      },
    });
    expect(run.differences).toStrictEqual([]);
    const wrong = [...found].flatMap(([messageId, events]) => {
      const audited = run.outcomes.get(messageId);
      const own = events.find((event) => event.messageId === messageId)?.outcome;
      // A duplicate leaves no trace of its own: what is found is the copy that has the event's outcome.
      const isRight =
        own === audited ||
        (own === undefined && events.some(({ outcome }) => audited === "duplicate" || outcome === audited));
      return isRight ? [] : [{ messageId, audited, events }];
    });
    expect(wrong).toStrictEqual([]);
    expect(found.size).toBeGreaterThan(asked * 0.8);
  }, 240_000);
});
