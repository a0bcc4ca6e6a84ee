import { hash } from "node:crypto";
import { type FailureClass, isHopeless, transientFailures } from "../../src/event/failure.ts";
import type { FailedEvent } from "../../src/failed/failed-event.ts";
import { type ExitCode, exitCode, readOptions, wholeNumber } from "../command.ts";
import { answerOf, openStack, type Stack } from "../stack/stack.ts";
import { stackOptions } from "../stack/stack-outputs.ts";
import { bar, duration, number, progressLine, say, table } from "../terminal.ts";
import {
  type Filter,
  filterOptions,
  groupFailed,
  readFilter,
  type Selected,
  selectFailed,
} from "./failed-selection.ts";

const defaultRate = 3_000;
const mostPerPiece = 500;
const minute = 60_000;

/** Never more in one piece than a minute may bring back. */
const piecesOf = (events: ReadonlyArray<FailedEvent>, rate: number): ReadonlyArray<ReadonlyArray<FailedEvent>> => {
  const size = Math.min(mostPerPiece, rate);
  return Array.from({ length: Math.ceil(events.length / size) }, (_, index) =>
    events.slice(index * size, (index + 1) * size),
  );
};

/** The same for the same events of the same chunk: bringing them back again makes no second piece. */
const pieceId = (chunkId: string, events: ReadonlyArray<FailedEvent>): string =>
  hash("sha256", [chunkId, ...events.map(({ messageId }) => messageId)].join("\n"), "hex").slice(0, 32);

/**
 * Moves events of a parked chunk into the retries: as the chunk that they are when all of it goes at once, else as
 * pieces, made before the chunk loses them. Ended in between, both hold them, and the next run ends it: an event that
 * was delivered from a piece meanwhile is recognised as delivered.
 */
const bringBack = async (
  { failedEvents }: Stack,
  { chunk, matching, others }: Selected,
  rate: number,
  dueOf: (events: number) => number,
): Promise<boolean> => {
  const events = matching.map(({ failed }) => failed);
  const pieces = piecesOf(events, rate);
  if (others.length === 0 && pieces.length === 1) {
    return answerOf(failedEvents.unparkChunk(chunk.chunkId, dueOf(events.length)));
  }
  const failure = transientFailures.find((known) => known === chunk.failure) ?? "unknown";
  for (const piece of pieces) {
    const chunkId = pieceId(chunk.chunkId, piece);
    const dueAt = dueOf(piece.length);
    // A piece of an earlier run that was parked again meanwhile.
    if (await answerOf(failedEvents.unparkChunk(chunkId, dueAt))) continue;
    await answerOf(failedEvents.keepForRetry(failure, piece, dueAt, { chunkId }));
  }
  return answerOf(failedEvents.shrinkChunk(chunk, others));
};

/** Parked events that stay where they are, because bringing them back would change nothing: by reason. */
const selectLeft = async (stack: Stack, filter: Filter): Promise<Readonly<Record<string, number>>> => {
  const failures = filter.failures.filter(isHopeless);
  const selected = failures.length === 0 ? [] : await selectFailed(stack, ["parked"], { ...filter, failures });
  const left: Record<string, number> = {};
  for (const { chunk, matching } of selected) left[chunk.failure] = (left[chunk.failure] ?? 0) + matching.length;
  return left;
};

const sayLeft = (left: Readonly<Record<string, number>>): void => {
  for (const [reason, events] of Object.entries(left)) {
    say(
      `Left ${number(events)} ${reason} events parked: a retry cannot help them (docs/failures.md). ` +
        "--include-permanent tries all the same, and parks them again.",
    );
  }
};

/** Brings everything that was selected back; answers how many events that were. */
const bringAllBack = async (stack: Stack, selected: ReadonlyArray<Selected>, rate: number): Promise<number> => {
  const total = selected.reduce((sum, { matching }) => sum + matching.length, 0);
  const began = Date.now();
  const progress = progressLine();
  let scheduled = 0;
  let moved = 0;
  const dueOf = (events: number): number => {
    // So many events a minute: a piece is due in the minute in which its first event has its turn.
    const due = began + Math.floor(scheduled / rate) * minute;
    scheduled += events;
    return due;
  };
  for (const each of selected) {
    // False: somebody else has moved the chunk meanwhile.
    if (await bringBack(stack, each, rate, dueOf)) moved += each.matching.length;
    progress.show(`${bar(moved / Math.max(1, total))} ${number(moved)} of ${number(total)} events`);
  }
  progress.clear();
  return moved;
};

export const redriveFailed = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, {
    ...stackOptions,
    ...filterOptions,
    rate: { type: "string" },
    "include-permanent": { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
  });
  const rate = wholeNumber("rate", options.rate, defaultRate);
  const isDry = options["dry-run"];
  const filter = readFilter(options);
  const stack = await openStack(options);
  const isWanted = (failure: FailureClass): boolean => options["include-permanent"] || !isHopeless(failure);
  const selected = await selectFailed(stack, ["parked"], { ...filter, failures: filter.failures.filter(isWanted) });
  const left = options["include-permanent"] ? {} : await selectLeft(stack, filter);
  const groups = groupFailed(selected);
  const events = selected.reduce((sum, { matching }) => sum + matching.length, 0);
  const moved = isDry ? 0 : await bringAllBack(stack, selected, rate);
  if (options.json) {
    say(JSON.stringify({ events, moved, left, dryRun: isDry, rate, groups }));
    return exitCode.done;
  }
  const lasts = duration(Math.max(1, Math.ceil(events / rate)) * minute);
  if (events > 0) say(table(groups.map((group) => [group.reason, group.type, number(group.events)])));
  if (isDry) say(`Would bring back ${number(events)} events within ${lasts}. Nothing was changed.`);
  else if (events === 0) say("There is nothing to bring back.");
  else say(`Bringing back ${number(moved)} events, ${number(rate)} a minute, within ${lasts}. -> npx floodgate status`);
  sayLeft(left);
  return exitCode.done;
};

export const parkFailed = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, { ...stackOptions, ...filterOptions });
  const filter = readFilter(options);
  const stack = await openStack(options);
  const selected = await selectFailed(stack, ["retrying"], filter);
  let parked = 0;
  let left = 0;
  for (const { chunk, others, matching } of selected) {
    // A chunk that is being retried has a lease; part of it cannot be taken away without racing its execution.
    const isWhole = others.length === 0 && (await answerOf(stack.failedEvents.parkChunk(chunk.chunkId)));
    if (isWhole) parked += matching.length;
    else left += matching.length;
  }
  if (options.json) say(JSON.stringify({ parked, left }));
  else
    say(
      `Parked ${number(parked)} events${left === 0 ? "." : `; ${number(left)} are still retried, because they share a chunk with events you did not select.`}`,
    );
  return exitCode.done;
};
