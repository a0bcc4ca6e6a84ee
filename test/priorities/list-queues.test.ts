import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import type { GenesysError } from "../../src/genesys/genesys-error.ts";
import type { QueuePage } from "../../src/genesys/ports.ts";
import { ListQueuesInput, listQueues } from "../../src/priorities/list-queues.ts";
import { encodePage } from "../../src/priorities/priority-map.ts";
import { keptTelemetry } from "../support/capabilities.ts";

const began = Date.UTC(2026, 0, 5, 9);
const input = (progress: ListQueuesInput["progress"] = {}): ListQueuesInput => ({
  startedAt: "2026-01-05T09:00:00Z",
  execution: "run",
  progress,
});
const first = { page: 1, listing: 1, total: 0, force: false, version: "2026-01-05T09:00:00Z#run#1" };
const third = { ...first, page: 3, listing: 2, total: 250, version: "2026-01-05T09:00:00Z#run#2" };

const page: QueuePage = {
  entities: [{ id: "q-1", name: "VIP" }, { id: "q-2" }],
  leftOut: [],
  pageCount: 3,
  total: 250,
};

const scene = (answer: E.Either<GenesysError, QueuePage>, secondsIn = 10) => {
  const { logged, counted, telemetry } = keptTelemetry();
  const asked: number[][] = [];
  const rules = [{ name: "VIP", priority: 9, maxEventsPerQueuePerSecond: 3 }];
  return {
    logged,
    counted,
    asked,
    list: (given: ListQueuesInput) =>
      listQueues(rules)(given)({
        ...telemetry,
        now: () => began + secondsIn * 1000,
        listQueues: (number, size) => {
          asked.push([number, size]);
          return TE.fromEither(answer);
        },
      })(),
  };
};

const texts = encodePage({
  queues: [
    { id: "q-1", name: "VIP", priority: 9, rule: 1, maxEvents: 3 },
    { id: "q-2", name: "q-2", priority: 1, rule: 0 },
  ],
  leftOut: [],
});

describe("listQueues", () => {
  it("begins with the first page, and answers it with the priorities of its queues", async () => {
    const { list, asked, logged, counted } = scene(E.right(page));
    expect(await list(input())).toStrictEqual(
      E.right({
        ...first,
        ...texts,
        status: "page",
        page: 2,
        total: 250,
        pageText: "1",
        expiresAtText: String((began + 10_000) / 1000 + 30 * 86_400),
        more: true,
      }),
    );
    expect([asked, logged, counted]).toStrictEqual([[[1, 100]], [], []]);
  });

  it("goes on where it was, and knows the last page", async () => {
    const { list, asked } = scene(E.right(page));
    expect(await list(input(third))).toMatchObject({
      right: { page: 4, listing: 2, version: third.version, pageText: "3", more: false },
    });
    expect(asked).toStrictEqual([[3, 100]]);
  });

  it("keeps in mind that it was forced", async () => {
    const { list } = scene(E.right(page));
    expect([await list(input({ force: true })), await list(input({ force: false }))]).toMatchObject([
      { right: { force: true } },
      { right: { force: false } },
    ]);
  });

  it("names and counts queues that are left out", async () => {
    const leftOut = [{ id: "q-9", path: "entities.2.name" }, { path: "entities.3" }];
    const { list, logged, counted } = scene(E.right({ ...page, leftOut }));
    expect(await list(input(third))).toMatchObject({ right: { leftOut: JSON.stringify(leftOut) } });
    expect([logged, counted]).toStrictEqual([
      [
        {
          message: "queues are not as Genesys documents them and are left out of the map",
          fields: { page: 3, queues: ["q-9: entities.2.name", "without id: entities.3"] },
        },
      ],
      [{ queuesLeftOut: 2 }],
    ]);
  });

  it.each<[string, GenesysError, number, unknown]>([
    [
      "waits as long as Genesys asks for",
      { _tag: "GenesysRateLimited", retryAfterSeconds: 100 },
      10,
      E.right({ ...third, status: "wait", seconds: 100 }),
    ],
    [
      "does not wait longer than its time",
      { _tag: "GenesysRateLimited", retryAfterSeconds: 101 },
      10,
      E.left({ _tag: "RefreshOutOfTime", reason: "Genesys asks to wait 101 s" }),
    ],
    [
      "fails for any other reason",
      { _tag: "GenesysUnavailable", reason: "503" },
      10,
      E.left({ _tag: "GenesysUnavailable", reason: "503" }),
    ],
  ])("%s", async (_, error, secondsIn, answer) => {
    expect(await scene(E.left(error), secondsIn).list(input(third))).toStrictEqual(answer);
  });

  it("asks for no page after its time, and for one at the very end", async () => {
    const late = scene(E.right(page), 110.001);
    expect([await late.list(input(third)), late.asked]).toStrictEqual([
      E.left({ _tag: "RefreshOutOfTime", reason: "page 3 of listing 2 came too late" }),
      [],
    ]);
    expect(await scene(E.right(page), 110).list(input(third))).toMatchObject({ _tag: "Right" });
  });

  it("counts its time from now where nobody says when the run began", async () => {
    const { list } = scene(E.right(page), 1e6);
    expect(await list({ ...input(third), startedAt: "soon" })).toMatchObject({ _tag: "Right" });
  });
});

describe("ListQueuesInput", () => {
  it("is an execution's input, or what the step answered", () => {
    const right = [input(), input({ force: true }), input(third)];
    const wrong = [
      { ...input(), startedAt: 5 },
      { ...input(), execution: 5 },
      { ...input(), progress: { force: "yes" } },
      { ...input(), progress: undefined },
    ];
    expect([right.map(ListQueuesInput.is), wrong.map(ListQueuesInput.is)]).toStrictEqual([
      [true, true, true],
      [false, false, false, false],
    ]);
    expect(ListQueuesInput.name).toBe("ListQueuesInput");
  });
});
