import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { streamLimits } from "../../src/delivery/ports.ts";
import type { FailedEvent } from "../../src/failed/failed-event.ts";
import type { Fields, Telemetry } from "../../src/telemetry/ports.ts";
import type { Clock, Random } from "../../src/time/ports.ts";
import { receivedAt } from "./builders.ts";

/** A clock that stands still and notes how long it was asked to sleep. */
export const stillClock = (): Clock & Random & { readonly slept: number[] } => {
  const slept: number[] = [];
  return {
    slept,
    now: () => receivedAt,
    sleep: (milliseconds) => () => {
      slept.push(milliseconds);
      return Promise.resolve();
    },
    random: () => 0.5,
  };
};

/** Telemetry that keeps what it was told. */
export const keptTelemetry = () => {
  const logged: { readonly message: string; readonly fields: Fields }[] = [];
  const counted: Record<string, number>[] = [];
  const telemetry: Telemetry = {
    info: (message, fields) => () => void logged.push({ message, fields }),
    warn: (message, fields) => () => void logged.push({ message, fields }),
    count: (counts) => () => void counted.push({ ...counts }),
  };
  return { logged, counted, telemetry };
};

/** A store of parked events in memory. */
export const keptFailedEvents = () => {
  const parked: { readonly reason: string; readonly events: ReadonlyArray<FailedEvent> }[] = [];
  return {
    parked,
    parkEvents: (reason: string, events: ReadonlyArray<FailedEvent>) => {
      parked.push({ reason, events });
      return TE.right(`chunk-${parked.length}`);
    },
  };
};

export const takesAll = {
  limits: streamLimits,
  turnIn: () => 0,
  timeLeft: () => 60_000,
  putRecords: (records: ReadonlyArray<string>) => TE.right(records.map(() => undefined)),
};

export const noDeliveries = {
  findDeliveries: () => TE.right(new Map()),
  recordDeliveries: () => T.of([]),
};
