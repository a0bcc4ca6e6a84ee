import { DeleteItemCommand, UpdateItemCommand, type UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { unlessLost } from "../../aws/adapters/unless-lost.ts";
import { toIso } from "../../time/instant.ts";
import { dueShardOf, type FailedChunk, shrunkObjectName } from "../failed-chunk.ts";
import type { ClaimFailedChunks, FailedEventsUnavailable, MoveFailedChunks, SettleFailedChunks } from "../ports.ts";
import { type FailedEventsClients, type FailedEventsPlace, failedChunkIndex, inTable } from "./failed-chunk-index.ts";
import { failedObjects } from "./failed-objects.ts";

export type FailedChunkMoves = ClaimFailedChunks & Omit<SettleFailedChunks, "writeRemainder"> & MoveFailedChunks;

/** Conditional changes of a chunk: whoever sees it as it was may move it, once. */
export const failedChunkMoves = (clients: FailedEventsClients, place: FailedEventsPlace): FailedChunkMoves => {
  const { dynamoDb } = clients;
  const { write, ...objects } = failedObjects(clients.s3, place.bucket);
  const { keyOf, find } = failedChunkIndex(clients, place);

  /** The index item is what counts: an object that nothing points to any more is only in the way. */
  const remove = (object: string): TE.TaskEither<FailedEventsUnavailable, unknown> =>
    TE.orElse(() => TE.right<FailedEventsUnavailable, unknown>(undefined))(objects.remove(object));

  /** Writes on condition that the attempt is still ours; answers with the chunk as it was before. */
  const whileOurs = (chunkId: string, change: () => Promise<unknown>) =>
    pipe(
      find(chunkId),
      TE.bindTo("before"),
      TE.bind("isOurs", () => inTable(unlessLost(change))),
    );

  const move = (
    chunkId: string,
    from: FailedChunk["status"],
    {
      UpdateExpression,
      ExpressionAttributeValues,
    }: Pick<UpdateItemCommandInput, "UpdateExpression" | "ExpressionAttributeValues">,
  ) =>
    inTable(
      unlessLost(() =>
        dynamoDb.send(
          new UpdateItemCommand({
            ...keyOf(chunkId),
            ConditionExpression: "#status = :from",
            UpdateExpression,
            ExpressionAttributeNames: { "#status": "status" },
            ExpressionAttributeValues: { ...ExpressionAttributeValues, ":from": { S: from } },
          }),
        ),
      ),
    );

  return {
    claimChunk: ({ chunkId, attempt }, leaseEnd) =>
      pipe(
        inTable(
          unlessLost(() =>
            dynamoDb.send(
              new UpdateItemCommand({
                ...keyOf(chunkId),
                ConditionExpression: "attempt = :attempt AND #status = :retrying",
                UpdateExpression: "SET attempt = :next, dueAt = :leaseEnd",
                ExpressionAttributeNames: { "#status": "status" },
                ExpressionAttributeValues: {
                  ":attempt": { N: String(attempt) },
                  ":next": { N: String(attempt + 1) },
                  ":retrying": { S: "retrying" },
                  ":leaseEnd": { S: toIso(leaseEnd) },
                },
              }),
            ),
          ),
        ),
        TE.map((isClaimed) => (isClaimed ? { chunkId, attempt: attempt + 1 } : undefined)),
      ),

    parkChunk: (chunkId) =>
      move(chunkId, "retrying", {
        UpdateExpression: "SET #status = :to REMOVE dueShard",
        ExpressionAttributeValues: { ":to": { S: "parked" } },
      }),

    unparkChunk: (chunkId, dueAt) =>
      move(chunkId, "parked", {
        UpdateExpression: "SET #status = :to, dueShard = :shard, dueAt = :dueAt, attempt = attempt + :one",
        ExpressionAttributeValues: {
          ":one": { N: "1" },
          ":to": { S: "retrying" },
          ":shard": { S: dueShardOf(chunkId) },
          ":dueAt": { S: toIso(dueAt) },
        },
      }),

    shrinkChunk: (chunk, events) => {
      const isStill = {
        ...keyOf(chunk.chunkId),
        ConditionExpression: "#status = :parked AND #object = :before",
        ExpressionAttributeNames: { "#status": "status", "#object": "object" },
      };
      const before = { ":parked": { S: "parked" }, ":before": { S: chunk.object } };
      if (events.length === 0) {
        return pipe(
          inTable(
            unlessLost(() => dynamoDb.send(new DeleteItemCommand({ ...isStill, ExpressionAttributeValues: before }))),
          ),
          TE.tap((isOurs) => (isOurs ? remove(chunk.object) : TE.right(undefined))),
        );
      }
      const object = shrunkObjectName(chunk);
      return pipe(
        write(object, events),
        TE.flatMap(() =>
          inTable(
            unlessLost(() =>
              dynamoDb.send(
                new UpdateItemCommand({
                  ...isStill,
                  UpdateExpression: "SET #object = :after, #events = :events, attempt = attempt + :one",
                  ExpressionAttributeNames: { ...isStill.ExpressionAttributeNames, "#events": "events" },
                  ExpressionAttributeValues: {
                    ...before,
                    ":one": { N: "1" },
                    ":after": { S: object },
                    ":events": { N: String(events.length) },
                  },
                }),
              ),
            ),
          ),
        ),
        TE.tap((isOurs) => (isOurs ? remove(chunk.object) : TE.right(undefined))),
      );
    },

    replaceChunk: ({ chunkId, attempt }, remainder) =>
      pipe(
        whileOurs(chunkId, () =>
          dynamoDb.send(
            new UpdateItemCommand({
              ...keyOf(chunkId),
              ConditionExpression: "attempt = :attempt",
              UpdateExpression: `SET #object = :object, #events = :events, reason = :reason, dueAt = :dueAt${
                remainder.isParked ? ", #status = :parked REMOVE dueShard" : ""
              }`,
              ExpressionAttributeNames: {
                "#object": "object",
                "#events": "events",
                ...(remainder.isParked ? { "#status": "status" } : {}),
              },
              ExpressionAttributeValues: {
                ...(remainder.isParked ? { ":parked": { S: "parked" } } : {}),
                ":attempt": { N: String(attempt) },
                ":object": { S: remainder.object },
                ":events": { N: String(remainder.events) },
                ":reason": { S: remainder.reason },
                ":dueAt": { S: toIso(remainder.dueAt) },
              },
            }),
          ),
        ),
        TE.flatMap(({ before, isOurs }) =>
          isOurs && before !== undefined && before.object !== remainder.object
            ? pipe(remove(before.object), TE.as(true))
            : TE.right(isOurs),
        ),
      ),

    deleteChunk: ({ chunkId, attempt }) =>
      pipe(
        whileOurs(chunkId, () =>
          dynamoDb.send(
            new DeleteItemCommand({
              ...keyOf(chunkId),
              ConditionExpression: "attempt = :attempt",
              ExpressionAttributeValues: { ":attempt": { N: String(attempt) } },
            }),
          ),
        ),
        TE.flatMap(({ before, isOurs }) =>
          isOurs && before !== undefined ? pipe(remove(before.object), TE.asUnit) : TE.right(undefined),
        ),
      ),
  };
};
