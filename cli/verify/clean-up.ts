import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import type { FailedChunk } from "../../src/failed/failed-chunk.ts";
import { listFailedChunks } from "../failed/failed-chunks.ts";
import { loadOrWarn } from "../failed/failed-selection.ts";
import { answerOf, type Stack } from "../stack/stack.ts";
import type { Stored } from "./read-lines.ts";
import { type Ground, malformedText } from "./test-events.ts";

const oneDay = 24 * 60 * 60_000;

/** A chunk has the time of its oldest event, and what waited for longer than a day is not parked together with ours. */
export const recentChunks = async (stack: Stack, since: number): Promise<ReadonlyArray<FailedChunk>> =>
  (await listFailedChunks(stack)).filter(({ createdAt }) => createdAt > since - oneDay);

const ofMalformed = (chunks: ReadonlyArray<FailedChunk>): ReadonlyArray<FailedChunk> =>
  chunks.filter(({ failure }) => failure === "malformed");

export const isMalformedParked = async (
  stack: Stack,
  chunks: ReadonlyArray<FailedChunk>,
  run: string,
): Promise<boolean> => {
  for (const { chunkId } of ofMalformed(chunks)) {
    const loaded = await loadOrWarn(stack, chunkId);
    if (loaded?.events.some(({ body }) => body === malformedText(run)) === true) return true;
  }
  return false;
};

/** Takes our malformed message out of the chunk that it was parked in, which may hold others. */
const unpark = async (stack: Stack, { run, now }: Ground): Promise<void> => {
  for (const { chunkId } of ofMalformed(await recentChunks(stack, now))) {
    const loaded = await loadOrWarn(stack, chunkId);
    const others = loaded?.events.filter(({ body }) => body !== malformedText(run)) ?? [];
    if (loaded !== undefined && others.length < loaded.events.length)
      await answerOf(stack.failedEvents.shrinkChunk(loaded.chunk, others));
  }
};

/**
 * Removes what a verification has made. Objects that hold events of others stay; answers how many of our lines they hold. The
 * records of the deliveries stay as well, until they expire: by them a replay of the archive knows the test events again.
 */
export const cleanUp = async (stack: Stack, ground: Ground, { lines, others }: Stored): Promise<number> => {
  const { s3, outputs } = stack;
  await unpark(stack, ground);
  for (const [object, foreign] of others) {
    const isOurs = foreign === 0 && lines.some((line) => line.object === object);
    if (isOurs) await s3.send(new DeleteObjectCommand({ Bucket: outputs.bucketName, Key: object }));
  }
  return lines.filter(({ object }) => (others.get(object) ?? 0) > 0).length;
};
