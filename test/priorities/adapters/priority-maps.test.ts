import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { dynamodbPriorityMaps } from "../../../src/priorities/adapters/dynamodb-priority-maps.ts";
import { readPriorityRules } from "../../../src/priorities/adapters/priority-rules-file.ts";
import { receivedAt } from "../../support/builders.ts";
import { answeringCloud, type Call, failure, ok } from "../../support/cloud/answering-cloud.ts";

const queue = (number: number) => ({ id: `q-${number}`, name: `Queue ${number}`, priority: 5, rule: 1 });

const pointerItem = (version: string, pages: number, given: object = {}) => ({
  version: { S: "published" },
  page: { N: "0" },
  pointsTo: { S: version },
  pages: { N: String(pages) },
  queueCount: { N: "2" },
  contentHash: { S: "hash" },
  publishedAt: { S: "2026-01-05T08:00:00.000Z" },
  checkedAt: { S: "2026-01-05T09:00:00.000Z" },
  ...given,
});

const pageItem = (version: string, page: number, given: object = {}) => ({
  version: { S: version },
  page: { N: String(page) },
  queues: { S: JSON.stringify([queue(page)]) },
  leftOut: { S: "[]" },
  ...given,
});

const mapOf = (version: string, ...numbers: ReadonlyArray<number>) => ({
  version,
  checkedAt: Date.UTC(2026, 0, 5, 9),
  queues: new Map(numbers.map((number) => [`q-${number}`, queue(number)])),
  leftOut: [],
});

describe("the table queue-priorities", () => {
  const cloud = answeringCloud();
  /** Answers a pointer and pages; `undefined`: the table has no pointer. */
  const holds = (pointer: object | undefined, ...pages: ReadonlyArray<object>) =>
    cloud.answer(({ operation }: Call) => {
      if (operation === "Query") return ok({ Items: pages });
      return pointer === undefined ? ok() : ok({ Item: pointer });
    });
  const scene = () => {
    let now = receivedAt;
    const maps = dynamodbPriorityMaps({ dynamoDb: cloud.dynamoDb(), table: "queue-priorities" }, { now: () => now });
    return {
      maps,
      read: async () => {
        const answer = await maps.readPriorityMap();
        return E.isRight(answer) ? answer.right : answer.left;
      },
      later: (seconds: number) => {
        now += seconds * 1000;
      },
      operations: () => cloud.calls().map(({ operation }) => operation),
    };
  };

  it("has no map before one was published", async () => {
    holds(undefined);
    const { read, maps } = scene();
    expect([await read(), await maps.readPointer()]).toStrictEqual([undefined, E.right(undefined)]);
  });

  it("is read strongly consistently, pointer first, and pages of that version alone", async () => {
    holds(pointerItem("v-1", 1), pageItem("v-1", 1));
    await scene().read();
    expect(cloud.calls()).toStrictEqual([
      {
        operation: "GetItem",
        input: {
          TableName: "queue-priorities",
          Key: { version: { S: "published" }, page: { N: "0" } },
          ConsistentRead: true,
        },
      },
      {
        operation: "Query",
        input: {
          TableName: "queue-priorities",
          KeyConditionExpression: "version = :version",
          ExpressionAttributeValues: { ":version": { S: "v-1" } },
          ConsistentRead: true,
        },
      },
    ]);
  });

  it("is asked once a minute whether a newer map was published, and for pages only then", async () => {
    holds(pointerItem("v-1", 1), pageItem("v-1", 1));
    const { read, later, operations } = scene();
    expect([await read(), await read()]).toStrictEqual([mapOf("v-1", 1), mapOf("v-1", 1)]);
    later(59.999);
    await read();
    expect(operations()).toStrictEqual(["GetItem", "Query"]);
    later(0.001);
    holds(pointerItem("v-1", 1, { checkedAt: { S: "2026-01-05T09:00:31.000Z" } }));
    expect(await read()).toStrictEqual({ ...mapOf("v-1", 1), checkedAt: Date.UTC(2026, 0, 5, 9, 0, 31) });
    later(60);
    holds(pointerItem("v-2", 2), pageItem("v-2", 2), pageItem("v-2", 3));
    expect([await read(), operations()]).toStrictEqual([
      mapOf("v-2", 2, 3),
      ["GetItem", "Query", "GetItem", "GetItem", "Query"],
    ]);
  });

  it("is asked once a minute too while nothing was published", async () => {
    holds(undefined);
    const { read, operations } = scene();
    await read();
    await read();
    expect(operations()).toStrictEqual(["GetItem"]);
  });

  it("keeps the map that it has while pages of the new one are missing: half a map is worse than an old one", async () => {
    holds(pointerItem("v-1", 1), pageItem("v-1", 1));
    const { read, later } = scene();
    await read();
    later(60);
    holds(pointerItem("v-2", 2), pageItem("v-2", 2));
    expect(await read()).toStrictEqual(mapOf("v-1", 1));
    later(60);
    holds(pointerItem("v-2", 2), pageItem("v-2", 2), pageItem("v-2", 3));
    expect(await read()).toStrictEqual(mapOf("v-2", 2, 3));
  });

  it("has no map while pages of the very first are missing", async () => {
    holds(pointerItem("v-1", 2), pageItem("v-1", 1));
    expect(await scene().read()).toBeUndefined();
  });

  it("serves the map that it has while the table cannot be read, and asks again with the next batch", async () => {
    holds(pointerItem("v-1", 1), pageItem("v-1", 1));
    const { read, later, operations } = scene();
    await read();
    later(60);
    cloud.answer(failure(400, "ThrottlingException", "slow down"));
    expect([await read(), await read()]).toStrictEqual([mapOf("v-1", 1), mapOf("v-1", 1)]);
    expect(operations()).toHaveLength(4);
  });

  it("says that it cannot be read where there is no map to serve", async () => {
    cloud.answer(failure(400, "ThrottlingException", "slow down"));
    const unavailable = { _tag: "PriorityMapUnavailable", reason: "ThrottlingException: slow down" };
    const { read, maps } = scene();
    expect([await read(), await maps.readPointer(), await maps.readPages("v")()]).toStrictEqual([
      unavailable,
      E.left(unavailable),
      E.left(unavailable),
    ]);
  });

  it("answers pointer and pages to whoever reviews them, and none of a version that is not there", async () => {
    const left = { leftOut: { S: '[{"path":"p","id":"q-9"}]' } };
    holds(pointerItem("v-1", 2), pageItem("v-1", 1), pageItem("v-1", 2, left));
    const { maps } = scene();
    expect([await maps.readPointer(), await maps.readPages("v-1")()]).toStrictEqual([
      E.right({
        version: "v-1",
        pages: 2,
        queues: 2,
        hash: "hash",
        publishedAt: Date.UTC(2026, 0, 5, 8),
        checkedAt: Date.UTC(2026, 0, 5, 9),
      }),
      E.right([
        { queues: [queue(1)], leftOut: [] },
        { queues: [queue(2)], leftOut: [{ path: "p", id: "q-9" }] },
      ]),
    ]);
    holds(pointerItem("v-1", 2, { publishedAt: { S: "x" }, checkedAt: { S: "x" } }));
    expect(await maps.readPointer()).toMatchObject({ right: { publishedAt: 0, checkedAt: 0 } });
    expect(await maps.readPages("v-9")()).toStrictEqual(E.right([]));
  });

  it("reads pages of a release before pages had what was left out", async () => {
    holds(undefined, { version: { S: "v" }, page: { N: "1" }, queues: { S: JSON.stringify([queue(1)]) } });
    expect(await scene().maps.readPages("v")()).toStrictEqual(E.right([{ queues: [queue(1)], leftOut: [] }]));
  });

  it.each(["pointsTo", "pages", "queueCount", "contentHash", "publishedAt", "checkedAt"])(
    "cannot be read with a pointer without %s",
    async (name) => {
      holds(pointerItem("v-1", 1, { [name]: { BOOL: true } }));
      expect(await scene().maps.readPointer()).toStrictEqual(
        E.left({
          _tag: "PriorityMapUnavailable",
          reason: "Error: the pointer to the published map is not readable",
        }),
      );
    },
  );

  it.each([
    ["without queues", { queues: { BOOL: true } }, "Error: a page without queues"],
    ["with something else left out", { leftOut: { N: "1" } }, "Error: a page without queues"],
    ["with other queues", { queues: { S: "[5]" } }, "Error: a page holds something else than queues"],
  ])("cannot be read with a page %s", async (_, given, reason) => {
    holds(pointerItem("v-1", 1), pageItem("v-1", 1, given));
    expect(await scene().read()).toStrictEqual({ _tag: "PriorityMapUnavailable", reason });
  });
});

describe("readPriorityRules", () => {
  const folderWith = (text: string): string => {
    const folder = mkdtempSync(join(tmpdir(), "rules-"));
    writeFileSync(join(folder, "priorities.json"), text);
    return folder;
  };

  it("reads the rules that travel with the bundle", () => {
    expect(readPriorityRules(folderWith('[{"name":"VIP*","priority":9}]'))).toStrictEqual([
      { name: "VIP*", priority: 9 },
    ]);
  });

  it.each(["{", "{}", '[{"name":"VIP*"}]'])("refuses a file that holds %s", (text) => {
    expect(() => readPriorityRules(folderWith(text))).toThrow("priorities.json does not hold priority rules");
  });
});
