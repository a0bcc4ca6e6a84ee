import { describe, expect, it } from "vitest";
import { readQueueBins } from "../../../../local/watch/counting/queue-bins.ts";
import type { FrameQueue } from "../../../../local/watch/frame.ts";
import { queueEntryText } from "../../../support/builders.ts";
import { atBus, runLocally } from "../../../support/local-run.ts";

const vip = "90000008-0000-4000-8000-000000000008";
const billing = "90000010-0000-4000-8000-000000000010";

const allOf = ({ bins }: FrameQueue) => ({
  admitted: bins.reduce((sum, bin) => sum + bin.admitted, 0),
  setAside: bins.reduce((sum, bin) => sum + bin.setAside, 0),
});

describe("admission per queue", () => {
  it("is what the log of decisions says of the last quarter of an hour, the busiest queue first", async () => {
    const entries = (queue: string, count: number) =>
      Array.from({ length: count }, (_, index) => atBus(queueEntryText(`${queue}-${index}`, queue)));
    let queues: ReadonlyArray<FrameQueue> = [];
    let later: ReadonlyArray<FrameQueue> = [{ id: "", name: "", priority: null, limit: null, bins: [] }];
    const run = await runLocally([...entries(vip, 9), ...entries(billing, 2), ...entries("q-unknown", 1)], {
      perMinute: 60_000,
      beforeAudit: async (cloud) => {
        const allowance = { maxEvents: 5, minPriority: 3 };
        queues = await readQueueBins(cloud, allowance);
        const until = cloud.clock.now() + 20 * 60_000;
        await cloud.clock.runUntil(() => cloud.clock.now() >= until);
        later = await readQueueBins(cloud, allowance);
      },
    });
    expect(
      queues.map((queue) => [queue.name, queue.priority, queue.limit, allOf(queue), queue.bins.length]),
    ).toStrictEqual([
      ["VIP 8", 3, 75, { admitted: 5, setAside: 4 }, 60],
      ["Billing 10", 1, null, { admitted: 0, setAside: 2 }, 60],
      // Its id is in no map, so the log's digest is all that is known of it.
      [expect.stringMatching(/^[0-9a-f]{8}$/), null, 75, { admitted: 1, setAside: 0 }, 60],
    ]);
    expect(run.ledger.setAside).toStrictEqual({ lowPriority: 2, rateLimited: 4 });
    expect(later).toStrictEqual([]);
  });
});
