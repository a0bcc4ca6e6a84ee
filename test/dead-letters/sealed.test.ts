import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import type { DeadLetter } from "../../src/dead-letters/dead-letter.ts";
import { parkRedacted } from "../../src/dead-letters/park-dead-letters.ts";
import type { Redaction } from "../../src/redaction/ports.ts";
import { redactor } from "../../src/redaction/redact.ts";
import { type DeliverFailedEventsCapabilities, deliverFailedEvents } from "../../src/retry/deliver-failed-events.ts";
import { envelope, eventTime, message } from "../support/builders.ts";
import { keptTelemetry, noDeliveries, stillClock, takesAll } from "../support/capabilities.ts";
import { memoryDeliveryTurn } from "../support/memory/memory-delivery-turn.ts";
import { memoryEntityCache } from "../support/memory/memory-entity-cache.ts";
import { memoryFailedEvents } from "../support/memory/memory-failed-events.ts";
import { onlyThese } from "../support/should-not-be-called.ts";

const ani = "tel:+12025550143";
const text = envelope("customer.start", { eventTime, conversationId: "c-1", ani });
const redact = redactor(["ani"], "salt");
const noSalt: Redaction = {
  redacts: true,
  readRedaction: TE.left({ _tag: "RedactionUnavailable", reason: "away" } as const),
};
const salt: Redaction = { redacts: true, readRedaction: TE.right(redact) };

const letter = (receives: number): DeadLetter => ({
  ...message(text, { receives }),
  detail: "buffer-dead-letters",
});

const newStore = () => memoryFailedEvents(stillClock());

const parkWith = async (letters: ReadonlyArray<DeadLetter>, redaction: Redaction) => {
  const store = newStore();
  const outcomes = await parkRedacted(letters)({
    ...noDeliveries,
    ...keptTelemetry().telemetry,
    ...redaction,
    parkEvents: store.parkEvents,
  })();
  return { outcomes, store, chunks: [...store.chunks.values()] };
};

describe("a dead letter", () => {
  it("waits for the salt at first, and is parked as it came when it has waited for too long", async () => {
    const [early, late] = [letter(99), letter(100)];
    const { outcomes, store, chunks } = await parkWith([early, late], noSalt);
    expect(outcomes).toStrictEqual([
      { _tag: "Parked", message: late, failure: "sealed" },
      { _tag: "Failed", message: early, failure: "unknown" },
    ]);
    expect(chunks).toMatchObject([{ status: "parked", failure: "sealed", events: 1 }]);
    expect(store.objects.get(chunks[0]?.object ?? "")).toMatchObject([{ sealed: true, body: text }]);
  });

  it("that kills its reader is never looked at where the stack redacts, and parked plainly where it does not", async () => {
    const killer = letter(100);
    expect((await parkWith([killer], salt)).outcomes).toMatchObject([{ _tag: "Parked", failure: "sealed" }]);
    const plain = await parkWith([killer], { redacts: false, readRedaction: TE.right((body: string) => body) });
    expect(plain.outcomes).toMatchObject([{ _tag: "Parked", failure: "deadLetter" }]);
  });
});

describe("a sealed event that is brought back", () => {
  const bringBack = async (redaction: Redaction) => {
    const { store, chunks } = await parkWith([letter(100)], noSalt);
    const chunkId = chunks[0]?.chunkId ?? "";
    await store.unparkChunk(chunkId, 0)();
    const claimed = await store.claimChunk({ chunkId, attempt: 1 }, 0)();
    const records: string[] = [];
    const capabilities = onlyThese<DeliverFailedEventsCapabilities>({
      ...stillClock(),
      ...takesAll,
      ...memoryDeliveryTurn(),
      ...noDeliveries,
      ...keptTelemetry().telemetry,
      ...redaction,
      ...store,
      users: memoryEntityCache(stillClock()),
      tallyRetry: () => TE.right(undefined),
      putRecords: (given) => {
        records.push(...given);
        return TE.right(given.map(() => undefined));
      },
    });
    const policy = { enrich: { mode: "off", maxDelaySeconds: 60 }, maximumEventAgeDays: 14 } as const;
    const ref = E.isRight(claimed) && claimed.right !== undefined ? claimed.right : { chunkId, attempt: 0 };
    const output = await deliverFailedEvents(policy)(ref)(capabilities)();
    return { output, records, left: [...store.objects.values()].at(-1) };
  };

  it("is delivered without its personal data", async () => {
    const { output, records } = await bringBack(salt);
    expect(output).toMatchObject({ right: { status: "delivered" } });
    expect(records.map((record) => JSON.parse(record).detail.eventBody.ani)).toStrictEqual([
      JSON.parse(redact(JSON.stringify({ ani }))).ani,
    ]);
  });

  it("stays sealed while the salt cannot be read", async () => {
    const { output, records, left } = await bringBack(noSalt);
    expect(output).toMatchObject({ right: { status: "postponed" } });
    expect([records, left]).toMatchObject([[], [{ sealed: true, body: text }]]);
  });
});
