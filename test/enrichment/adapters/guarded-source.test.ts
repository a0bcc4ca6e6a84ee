import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import type { Breaker } from "../../../src/breakers/breaker.ts";
import type { Breakers } from "../../../src/breakers/ports.ts";
import { guardedSource } from "../../../src/enrichment/adapters/guarded-source.ts";
import type { GenesysError } from "../../../src/genesys/genesys-error.ts";
import type { User } from "../../../src/genesys/user.ts";
import { receivedAt } from "../../support/builders.ts";
import { memoryBreakers } from "../../support/memory/memory-breakers.ts";

const down: GenesysError = { _tag: "GenesysUnavailable", reason: "503" };
const limited: GenesysError = { _tag: "GenesysRateLimited", retryAfterSeconds: 9 };
const refused: GenesysError = { _tag: "GenesysRefused", status: 401, code: "c", message: "m", contextId: undefined };
const away = E.left({ failure: { failure: "genesysUnavailable" }, isAboutRequest: false });
const none = E.right({ entities: [], leftOut: [] });

/** Containers that share a table of breakers, in front of a Genesys that answers as told. */
const scene = (given: Partial<Breakers> = {}) => {
  let now = receivedAt;
  let answer: E.Either<GenesysError, { entities: User[]; leftOut: [] }> = E.right({ entities: [], leftOut: [] });
  let asked = 0;
  let reads = 0;
  const shared = memoryBreakers();
  const breakers: Breakers = { ...shared, ...given };
  const container = () =>
    guardedSource<User>(
      () => () => {
        asked += 1;
        return Promise.resolve(answer);
      },
      {
        ...breakers,
        readBreaker: (name) => {
          reads += 1;
          return breakers.readBreaker(name);
        },
        now: () => now,
      },
    );
  return {
    container,
    asked: () => asked,
    reads: () => reads,
    breaker: async () => {
      const read = await shared.readBreaker("genesys")();
      return E.isRight(read) ? read.right : read.left;
    },
    answers: (error: GenesysError | undefined) => {
      answer = error === undefined ? E.right({ entities: [], leftOut: [] }) : E.left(error);
    },
    later: (seconds: number) => {
      now += seconds * 1000;
    },
  };
};

describe("guardedSource", () => {
  it("opens the breaker for all when Genesys does not answer, and lets one ask every 30 seconds", async () => {
    const { container, asked, breaker, answers, later } = scene();
    const [one, other] = [container(), container()];
    answers(down);
    expect([await one.getByIds([])(), await one.getByIds([])(), await other.getByIds([])(), asked()]).toStrictEqual([
      away,
      away,
      away,
      1,
    ]);
    expect(await breaker()).toStrictEqual({
      name: "genesys",
      openedAt: receivedAt,
      reason: "503",
      by: "floodgate",
      probeAt: receivedAt + 30_000,
    });
    later(29.999);
    await one.getByIds([])();
    const before = asked();
    later(0.001);
    await Promise.all([one.getByIds([])(), other.getByIds([])()]);
    expect([before, asked(), await breaker()]).toMatchObject([1, 2, { probeAt: receivedAt + 60_000 }]);
  });

  it("closes it by any answer, also a refusal", async () => {
    for (const better of [undefined, refused]) {
      const { container, breaker, answers, later } = scene();
      const one = container();
      answers(down);
      await one.getByIds([])();
      answers(better);
      later(30);
      await one.getByIds([])();
      expect(await breaker()).toBeUndefined();
    }
  });

  it("learns nothing of a 429, neither that Genesys is down nor that it is back", async () => {
    const { container, breaker, answers, later } = scene();
    const one = container();
    answers(limited);
    expect(await one.getByIds([])()).toStrictEqual(
      E.left({ failure: { failure: "genesysRateLimited", retryAfterSeconds: 9 }, isAboutRequest: false }),
    );
    const closed = await breaker();
    answers(down);
    await one.getByIds([])();
    answers(limited);
    later(30);
    await one.getByIds([])();
    expect([closed, await breaker()]).toMatchObject([undefined, { openedAt: receivedAt }]);
  });

  it("opens none for a refusal, and passes on that it is about the request", async () => {
    const { container, breaker, answers } = scene();
    answers({ ...refused, isAboutRequest: true });
    expect(await container().getByIds([])()).toStrictEqual(
      E.left({ failure: { failure: "genesysRefused" }, isAboutRequest: true }),
    );
    expect(await breaker()).toBeUndefined();
  });

  it("reads the breaker every 30 seconds while it is closed, and every five while it is open", async () => {
    const { container, reads, answers, later } = scene();
    const [one, other] = [container(), container()];
    const readsAfter = async (seconds: number) => {
      later(seconds);
      await one.getByIds([])();
      return reads();
    };
    expect([await readsAfter(0), await readsAfter(29.999), await readsAfter(0.001)]).toStrictEqual([1, 1, 2]);
    answers(down);
    await other.getByIds([])();
    // This one still believes that it is closed, and asks, until it has met the failure itself.
    const known = reads();
    expect([await readsAfter(0), await readsAfter(1)]).toStrictEqual([known, known + 1]);
    expect([await readsAfter(4.999), await readsAfter(0.001)]).toStrictEqual([known + 1, known + 2]);
  });

  it("asks all the same while the table of breakers cannot be read", async () => {
    const { container, asked } = scene({
      readBreaker: () => TE.left({ _tag: "BreakersUnavailable", reason: "away" }),
    });
    expect([await container().getByIds([])(), asked()]).toStrictEqual([none, 1]);
  });

  it.each([
    ["somebody else has the probe", TE.right(false)],
    ["the probe cannot be taken", TE.left({ _tag: "BreakersUnavailable", reason: "away" } as const)],
  ])("does not ask while %s", async (_, taken) => {
    const open: Breaker = { name: "genesys", openedAt: 1, reason: "r", by: "b", probeAt: receivedAt };
    const { container, asked } = scene({ readBreaker: () => TE.right(open), takeProbe: () => taken });
    expect([await container().getByIds([])(), asked()]).toStrictEqual([away, 0]);
  });

  it("may probe a breaker that names no time", async () => {
    const open: Breaker = { name: "genesys", openedAt: 1, reason: "r", by: "b" };
    const { container, asked } = scene({ readBreaker: () => TE.right(open), takeProbe: () => TE.right(true) });
    expect([await container().getByIds([])(), asked()]).toStrictEqual([none, 1]);
  });

  it("is not at hand: it takes a request", () => {
    expect(scene().container().isAtHand).toBe(false);
  });
});
