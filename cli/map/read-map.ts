import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import * as E from "fp-ts/lib/Either.js";
import { dynamodbPriorityMaps } from "../../src/priorities/adapters/dynamodb-priority-maps.ts";
import type { PriorityMapUnavailable } from "../../src/priorities/ports.ts";
import type { PriorityMap } from "../../src/priorities/priority-map.ts";
import type { Pointer } from "../../src/priorities/priority-pointer.ts";
import { systemClock } from "../../src/time/adapters/system-clock.ts";
import { clientSettings, type StackOutputs } from "../stack/stack-outputs.ts";

/** What commands read of the queue priority map. */
export interface MapReader {
  readonly map: () => Promise<PriorityMap | undefined>;
  readonly pointer: () => Promise<Pointer | undefined>;
  /** Pages that a run has stored so far. */
  readonly pagesOf: (run: string) => Promise<number>;
}

/** A reader of a stack's map; rejects with what AWS said. */
export const mapReader = (outputs: StackOutputs): MapReader => {
  const client = new DynamoDBClient(clientSettings(outputs));
  const table = outputs.queuePrioritiesTable;
  const read = async <A>(
    act: (maps: ReturnType<typeof dynamodbPriorityMaps>) => Promise<E.Either<PriorityMapUnavailable, A>>,
  ): Promise<A> => {
    // A new one each time: the command wants what is there now, not what a container may still use.
    const result = await act(dynamodbPriorityMaps({ dynamoDb: client, table }, systemClock));
    if (E.isLeft(result)) throw new Error(`the table ${table} cannot be read: ${result.left.reason}`);
    return result.right;
  };
  return {
    map: () => read((maps) => maps.readPriorityMap()),
    pointer: () => read((maps) => maps.readPointer()),
    pagesOf: async (run) => {
      const { Count } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: "run",
          KeyConditionExpression: "#run = :run",
          ExpressionAttributeNames: { "#run": "run" },
          ExpressionAttributeValues: { ":run": { S: run } },
          Select: "COUNT",
        }),
      );
      return Count ?? 0;
    },
  };
};
