import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { decodePage, encodePage, toMapped } from "../../src/priorities/priority-map.ts";

const resolved = { priority: 3, rule: 2, maxEvents: undefined, perSeconds: undefined };
const mapped = { id: "q-1", name: "VIP", priority: 3, rule: 2 };

describe("a queue in the map", () => {
  it.each([
    [{}, {}],
    [{ maxEvents: 5 }, { maxEvents: 5 }],
    // The stack's limit, in a window of the rule's own.
    [{ perSeconds: 60 }, { perSeconds: 60 }],
    [
      { maxEvents: 5, perSeconds: 60 },
      { maxEvents: 5, perSeconds: 60 },
    ],
  ])("has the limits of its rule: of %j %j", (limits, kept) => {
    expect(toMapped({ id: "q-1", name: "VIP" }, { ...resolved, ...limits })).toStrictEqual({ ...mapped, ...kept });
  });

  it("has its id for a name where Genesys gives it none", () => {
    expect(toMapped({ id: "q-1" }, resolved)).toStrictEqual({ ...mapped, name: "q-1" });
  });
});

describe("a page of the map", () => {
  const page = { queues: [mapped, { ...mapped, id: "q-2", maxEvents: 1 }], leftOut: [{ path: "/1/name", id: "q-3" }] };

  it("is read as it was written", () => {
    expect(decodePage(encodePage(page))).toStrictEqual(E.right(page));
  });

  it.each([
    [{ ...encodePage(page), queues: "{}" }],
    [{ ...encodePage(page), queues: "[{" }],
    [{ ...encodePage(page), leftOut: '[{"id":"q-3"}]' }],
    [encodePage({ ...page, queues: [{ ...mapped, priority: "3" as never }] })],
  ])("is none when it holds something else: %j", (texts) => {
    expect(decodePage(texts)).toStrictEqual(E.left("a page holds something else than queues"));
  });
});
