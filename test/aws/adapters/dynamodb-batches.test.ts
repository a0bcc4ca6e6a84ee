import { describe, expect, it } from "vitest";
import { batchGet, batchPut, type Item } from "../../../src/aws/adapters/dynamodb-batches.ts";
import { stillClock } from "../../support/capabilities.ts";
import { type Answer, answeringCloud, type Call, failure, ok } from "../../support/cloud/answering-cloud.ts";

const items = (count: number): ReadonlyArray<Item> =>
  Array.from({ length: count }, (_, index) => ({ id: { S: `i-${String(index).padStart(3, "0")}` } }));

const idsOf = (of: ReadonlyArray<Item>): ReadonlyArray<string | undefined> => of.map(({ id }) => id?.S).toSorted();

interface Requested {
  readonly things: {
    readonly Keys: Item[];
    readonly ConsistentRead: boolean;
    readonly ProjectionExpression: string;
    readonly ExpressionAttributeNames?: Record<string, string>;
  };
}

const keysOf = ({ input }: Call): ReadonlyArray<Item> => (input["RequestItems"] as Requested).things.Keys;
const putsOf = ({ input }: Call): ReadonlyArray<Item> =>
  (input["RequestItems"] as { readonly things: { readonly PutRequest: { readonly Item: Item } }[] }).things.map(
    ({ PutRequest }) => PutRequest.Item,
  );

/** Answers all keys but the last few. */
const allBut =
  (unread: number) =>
  (call: Call): Answer => {
    const keys = keysOf(call);
    const left = keys.slice(keys.length - unread);
    return ok({
      Responses: { things: keys.slice(0, keys.length - unread) },
      UnprocessedKeys: left.length === 0 ? {} : { things: { Keys: left } },
    });
  };

const writtenBut =
  (unwritten: number) =>
  (call: Call): Answer => {
    const left = putsOf(call).slice(putsOf(call).length - unwritten);
    return ok({
      UnprocessedItems: left.length === 0 ? {} : { things: left.map((item) => ({ PutRequest: { Item: item } })) },
    });
  };

describe("batchGet", () => {
  const cloud = answeringCloud();
  const get = (count: number, clock = stillClock(), names?: Record<string, string>) =>
    batchGet({ dynamoDb: cloud.dynamoDb(), table: "things" }, clock)(items(count), "id, #n", names);

  it("reads what lies under any number of keys, a hundred a call, and at once what was just written", async () => {
    cloud.answer(allBut(0));
    expect(idsOf(await get(230))).toStrictEqual(idsOf(items(230)));
    expect(
      cloud
        .calls()
        .map(({ operation, input }) => [operation, keysOf({ operation, input }).length])
        .toSorted(),
    ).toStrictEqual([
      ["BatchGetItem", 100],
      ["BatchGetItem", 100],
      ["BatchGetItem", 30],
    ]);
    const requested = cloud.calls().map(({ input }) => (input["RequestItems"] as Requested).things);
    expect(requested.map((each) => [each.ConsistentRead, each.ProjectionExpression])).toStrictEqual(
      Array(3).fill([true, "id, #n"]),
    );
  });

  it("passes names of attributes on, and none where there are none", async () => {
    cloud.answer(allBut(0));
    await get(1, stillClock(), { "#n": "name" });
    await get(1);
    expect(
      cloud.calls().map(({ input }) => (input["RequestItems"] as Requested).things.ExpressionAttributeNames),
    ).toStrictEqual([{ "#n": "name" }, undefined]);
  });

  it("asks for nothing without keys", async () => {
    expect(await get(0)).toStrictEqual([]);
    expect(cloud.calls()).toStrictEqual([]);
  });

  it("asks again, after a wait, for the keys alone that stayed unprocessed", async () => {
    cloud.answer(allBut(2), allBut(1), allBut(0));
    const clock = stillClock();
    expect(idsOf(await get(3, clock))).toStrictEqual(["i-000", "i-001", "i-002"]);
    expect(cloud.calls().map((call) => idsOf(keysOf(call)))).toStrictEqual([
      ["i-000", "i-001", "i-002"],
      ["i-001", "i-002"],
      ["i-002"],
    ]);
    expect(clock.slept).toStrictEqual([0, 25, 50]);
  });

  it("rejects when keys stay unprocessed through six tries: they are unread, not absent", async () => {
    cloud.answer(allBut(1));
    const clock = stillClock();
    await expect(get(2, clock)).rejects.toThrow("1 keys of things stayed unprocessed");
    expect([cloud.calls().length, clock.slept]).toStrictEqual([6, [0, 25, 50, 100, 200, 400]]);
  });

  it("rejects when a call fails, or its connection breaks", async () => {
    cloud.answer(failure(400, "ProvisionedThroughputExceededException"));
    await expect(get(1)).rejects.toThrow(expect.objectContaining({ name: "ProvisionedThroughputExceededException" }));
    cloud.answer("broken");
    await expect(get(1)).rejects.toThrow();
  });

  it("takes an answer that says nothing for one that found nothing", async () => {
    cloud.answer(ok());
    expect(await get(1)).toStrictEqual([]);
  });

  it("has at most four calls under way", async () => {
    let underWay = 0;
    let most = 0;
    const dynamoDb = cloud.dynamoDb();
    dynamoDb.middlewareStack.add((next) => async (args) => {
      underWay += 1;
      most = Math.max(most, underWay);
      const result = await next(args);
      underWay -= 1;
      return result;
    });
    cloud.answer(allBut(0));
    expect(await batchGet({ dynamoDb, table: "things" }, stillClock())(items(1_000), "id")).toHaveLength(1_000);
    expect(most).toBe(4);
  });
});

describe("batchPut", () => {
  const cloud = answeringCloud();
  const put = (count: number, clock = stillClock()) =>
    batchPut({ dynamoDb: cloud.dynamoDb(), table: "things" }, clock)(items(count));

  it("writes any number of items, 25 a call", async () => {
    cloud.answer(writtenBut(0));
    expect(await put(60)).toStrictEqual([]);
    expect(
      cloud
        .calls()
        .map((call) => [call.operation, putsOf(call).length])
        .toSorted(),
    ).toStrictEqual([
      ["BatchWriteItem", 10],
      ["BatchWriteItem", 25],
      ["BatchWriteItem", 25],
    ]);
    expect(idsOf(cloud.calls().flatMap(putsOf))).toStrictEqual(idsOf(items(60)));
  });

  it("writes again, after a wait, the items alone that stayed unprocessed, and answers those that still do", async () => {
    cloud.answer(writtenBut(2), writtenBut(1));
    const clock = stillClock();
    expect(idsOf(await put(3, clock))).toStrictEqual(["i-002"]);
    expect(cloud.calls().map((call) => putsOf(call).length)).toStrictEqual([3, 2, 1, 1, 1, 1]);
    expect(clock.slept).toStrictEqual([0, 25, 50, 100, 200, 400]);
  });

  it("answers what was left when a call fails, and not what was written before", async () => {
    cloud.answer(writtenBut(1), failure(400, "ThrottlingException"));
    expect(idsOf(await put(3))).toStrictEqual(["i-002"]);
  });

  it("answers all of a call that fails at once, and none of its neighbours", async () => {
    cloud.answer((call) =>
      idsOf(putsOf(call)).includes("i-000") ? failure(500, "InternalServerError") : writtenBut(0)(call),
    );
    expect(idsOf(await put(30))).toStrictEqual(idsOf(items(25)));
  });

  it("takes a deletion that comes back for none of its items", async () => {
    cloud.answer(ok({ UnprocessedItems: { things: [{ DeleteRequest: { Key: { id: { S: "i-000" } } } }] } }));
    expect(await put(1)).toStrictEqual([]);
  });
});
