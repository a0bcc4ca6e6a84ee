import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { type Backoff, waitBefore } from "../../time/backoff.ts";
import type { Clock, Random } from "../../time/ports.ts";

export type Item = Record<string, AttributeValue>;

/** A table, and the client by which it is reached. */
export interface Table {
  readonly dynamoDb: DynamoDBClient;
  readonly table: string;
}

/** Most that one call takes. */
const keysPerGet = 100;
const itemsPerWrite = 25;
const callsAtOnce = 4;
const backoff: Backoff = { firstMilliseconds: 50, longestMilliseconds: 2_000, tries: 6 };

const slices = <A>(items: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

/** Runs tasks with at most `callsAtOnce` under way, results in order. */
const inLanes = async <A, B>(inputs: ReadonlyArray<A>, run: (input: A) => Promise<B>): Promise<ReadonlyArray<B>> => {
  const results: B[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < inputs.length) {
      const index = next;
      next += 1;
      const input = inputs[index];
      if (input !== undefined) results[index] = await run(input);
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, lane));
  return results;
};

/** Repeats a call on what it left undone (unprocessed keys or items are a success to the SDK), with full jitter. */
const untilDone = async <A>(
  { sleep, random }: Clock & Random,
  first: ReadonlyArray<A>,
  call: (pending: ReadonlyArray<A>) => Promise<ReadonlyArray<A>>,
): Promise<ReadonlyArray<A>> => {
  let pending = first;
  for (let tried = 0; tried < backoff.tries && pending.length > 0; tried += 1) {
    await sleep(waitBefore(backoff, tried, random()))();
    pending = await call(pending);
  }
  return pending;
};

/** Reads any number of items by distinct keys. Rejects when some stay unread. */
export const batchGet =
  ({ dynamoDb, table }: Table, clock: Clock & Random) =>
  async (
    keys: ReadonlyArray<Item>,
    attributes: string,
    names?: Readonly<Record<string, string>>,
  ): Promise<ReadonlyArray<Item>> => {
    const found: Item[] = [];
    await inLanes(slices(keys, keysPerGet), async (slice) => {
      const unread = await untilDone(clock, slice, async (pending) => {
        const request = {
          Keys: [...pending],
          // A copy that was recorded a moment ago by this very invocation has to be seen.
          ConsistentRead: true,
          ProjectionExpression: attributes,
          ...(names === undefined ? {} : { ExpressionAttributeNames: { ...names } }),
        };
        const output = await dynamoDb.send(new BatchGetItemCommand({ RequestItems: { [table]: request } }));
        found.push(...(output.Responses?.[table] ?? []));
        return output.UnprocessedKeys?.[table]?.Keys ?? [];
      });
      if (unread.length > 0) throw new Error(`${unread.length} keys of ${table} stayed unprocessed`);
    });
    return found;
  };

/** Puts any number of items with distinct keys; answers those that could not be written. */
export const batchPut =
  ({ dynamoDb, table }: Table, clock: Clock & Random) =>
  async (items: ReadonlyArray<Item>): Promise<ReadonlyArray<Item>> => {
    const left = await inLanes(slices(items, itemsPerWrite), async (slice) => {
      let unwritten: ReadonlyArray<Item> = slice;
      const write = async (pending: ReadonlyArray<Item>): Promise<ReadonlyArray<Item>> => {
        const requests = pending.map((item) => ({ PutRequest: { Item: item } }));
        const output = await dynamoDb.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
        unwritten = (output.UnprocessedItems?.[table] ?? []).flatMap(({ PutRequest }) =>
          PutRequest?.Item === undefined ? [] : [PutRequest.Item],
        );
        return unwritten;
      };
      // A call that fails leaves behind what was unwritten before it; the caller counts that.
      return untilDone(clock, slice, write).catch(() => unwritten);
    });
    return left.flat();
  };
