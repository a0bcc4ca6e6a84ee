import { describe, expect, it } from "vitest";
import {
  always,
  both,
  change,
  deleteIf,
  equals,
  isAtMost,
  putIfNew,
  updateIf,
} from "../../../src/aws/adapters/conditional-write.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";
import { contractCloud, itemsOf } from "../../support/contracts/contract-cloud.ts";

const key = { chunkId: { S: "c-1" } };

describe("conditions and changes", () => {
  it("name each attribute and value, so that no word is reserved", () => {
    expect([equals("status", { S: "parked" }), isAtMost("at", { N: "5" })]).toStrictEqual([
      { text: "#status = :is_status", names: { "#status": "status" }, values: { ":is_status": { S: "parked" } } },
      { text: "#at <= :is_at", names: { "#at": "at" }, values: { ":is_at": { N: "5" } } },
    ]);
    expect(both(equals("a", { N: "1" }), isAtMost("b", { N: "2" }))).toStrictEqual({
      text: "#a = :is_a AND #b <= :is_b",
      names: { "#a": "a", "#b": "b" },
      values: { ":is_a": { N: "1" }, ":is_b": { N: "2" } },
    });
    expect(change({ set: { a: { S: "x" }, b: { S: "y" } }, add: { n: 2 }, remove: ["r", "s"] })).toStrictEqual({
      text: "SET #a = :a, #b = :b ADD #n :n REMOVE #r, #s",
      names: { "#a": "a", "#b": "b", "#n": "n", "#r": "r", "#s": "s" },
      values: { ":a": { S: "x" }, ":b": { S: "y" }, ":n": { N: "2" } },
    });
    expect([change({}), always]).toStrictEqual(Array(2).fill({ text: "", names: {}, values: {} }));
  });
});

describe("conditional writes on a table", () => {
  const { clients, table } = contractCloud();
  const place = async () => ({ ...clients(), table: await table("failed-events") });

  it("put an item once, and leave the first", async () => {
    const at = await place();
    const answers = [
      await putIfNew(at, { ...key, n: { N: "1" } }, "chunkId"),
      await putIfNew(at, { ...key, n: { N: "2" } }, "chunkId"),
    ];
    expect([answers, await itemsOf(at, at.table)]).toStrictEqual([[true, false], [{ ...key, n: { N: "1" } }]]);
  });

  it("change an item only while the condition holds", async () => {
    const at = await place();
    await putIfNew(at, { ...key, status: { S: "retrying" }, n: { N: "1" } }, "chunkId");
    const parked = change({ set: { status: { S: "parked" } }, add: { n: 2 }, remove: ["gone"] });
    const isRetrying = equals("status", { S: "retrying" });
    expect([await updateIf(at, key, isRetrying, parked), await updateIf(at, key, isRetrying, parked)]).toStrictEqual([
      true,
      false,
    ]);
    expect(await itemsOf(at, at.table)).toStrictEqual([{ ...key, status: { S: "parked" }, n: { N: "3" } }]);
  });

  it("make an item without a condition, and none where its condition asks for something", async () => {
    const at = await place();
    expect(await updateIf(at, key, equals("n", { N: "1" }), change({ set: { n: { N: "2" } } }))).toBe(false);
    expect(await itemsOf(at, at.table)).toStrictEqual([]);
    expect(await updateIf(at, key, always, change({ add: { n: 2 } }))).toBe(true);
    expect(await itemsOf(at, at.table)).toStrictEqual([{ ...key, n: { N: "2" } }]);
  });

  it("remove an item only while the condition holds", async () => {
    const at = await place();
    await putIfNew(at, { ...key, n: { N: "1" } }, "chunkId");
    expect(await deleteIf(at, key, equals("n", { N: "2" }))).toBe(false);
    expect(await itemsOf(at, at.table)).toHaveLength(1);
    expect(await deleteIf(at, key, equals("n", { N: "1" }))).toBe(true);
    expect(await itemsOf(at, at.table)).toStrictEqual([]);
    await putIfNew(at, key, "chunkId");
    expect([await deleteIf(at, key, always), await itemsOf(at, at.table)]).toStrictEqual([true, []]);
  });
});

describe("a conditional write that fails", () => {
  const cloud = answeringCloud();
  const writes = () => {
    const place = { dynamoDb: cloud.dynamoDb(), table: "things" };
    return [
      putIfNew(place, key, "chunkId"),
      updateIf(place, key, always, change({ add: { n: 1 } })),
      deleteIf(place, key, always),
    ];
  };

  it("is no condition that does not hold: it rejects", async () => {
    cloud.answer(failure(400, "ThrottlingException"));
    expect((await Promise.allSettled(writes())).map(({ status }) => status)).toStrictEqual(Array(3).fill("rejected"));
  });

  it("is none when its condition does not hold", async () => {
    cloud.answer(failure(400, "ConditionalCheckFailedException"));
    expect(await Promise.all(writes())).toStrictEqual([false, false, false]);
  });

  it("sends no empty maps, which DynamoDB refuses", async () => {
    cloud.answer(ok());
    const place = { dynamoDb: cloud.dynamoDb(), table: "things" };
    await deleteIf(place, key, always);
    await updateIf(place, key, always, change({ remove: ["a"] }));
    expect(cloud.calls().map(({ input }) => input)).toStrictEqual([
      { TableName: "things", Key: key },
      { TableName: "things", Key: key, UpdateExpression: "REMOVE #a", ExpressionAttributeNames: { "#a": "a" } },
    ]);
  });
});
