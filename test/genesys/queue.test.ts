import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { type GenesysError, genesysFailureOf, isAboutRequest } from "../../src/genesys/genesys-error.ts";
import { LeftOuts } from "../../src/genesys/left-out.ts";
import { Queue, routingMethodOf } from "../../src/genesys/queue.ts";
import { User } from "../../src/genesys/user.ts";
import { VendorId, VendorName } from "../../src/genesys/vendor-text.ts";

describe("routingMethodOf", () => {
  const direct = { callMediaSettings: { enabled: true } };

  it.each<[string, Partial<Queue>, string]>([
    ["nothing of it", {}, "standard"],
    ["rings", { bullseye: { rings: [{}] } }, "bullseye"],
    ["a bullseye without rings", { bullseye: { rings: [] } }, "standard"],
    ["a bullseye of which nothing is said", { bullseye: {} }, "standard"],
    ["rings before anything else", { bullseye: { rings: [1] }, conditionalGroupRouting: {} }, "bullseye"],
    ["groups", { conditionalGroupRouting: {} }, "conditionalGroup"],
    ["groups before preferred agents", { conditionalGroupRouting: {}, routingRules: [1] }, "conditionalGroup"],
    ["preferred agents", { routingRules: [{}] }, "preferredAgent"],
    ["no preferred agents", { routingRules: [] }, "standard"],
    ["preferred agents before direct routing", { routingRules: [1], directRouting: direct }, "preferredAgent"],
    ["direct routing", { directRouting: direct }, "direct"],
    ["direct routing that is off", { directRouting: { callMediaSettings: { enabled: false } } }, "standard"],
    ["direct routing of which nothing is said", { directRouting: {} }, "standard"],
  ])("of a queue with %s", (_, given, method) => {
    expect(routingMethodOf({ id: "q", ...given })).toBe(method);
  });
});

describe("Queue", () => {
  const full = {
    id: "q-1",
    name: "Billing",
    division: { id: "d", name: "Home" },
    scoringMethod: "x",
    bullseye: { rings: [1] },
    conditionalGroupRouting: {},
    routingRules: [1],
    directRouting: { callMediaSettings: { enabled: true } },
    mediaSettings: { call: { serviceLevel: { percentage: 0.8, durationMs: 1 } } },
    routingStrategy: { name: "s" },
  };

  it("needs an id alone", () => {
    expect([Queue.is(full), Queue.is({ id: "q-1" }), Queue.is({ name: "x" }), Queue.name]).toStrictEqual([
      true,
      true,
      false,
      "Queue",
    ]);
  });

  it.each([
    ["name", 5],
    ["name", "x".repeat(257)],
    ["division", { id: 5 }],
    ["division", { name: 5 }],
    ["scoringMethod", 5],
    ["bullseye", { rings: 5 }],
    ["conditionalGroupRouting", 5],
    ["routingRules", 5],
    ["directRouting", { callMediaSettings: { enabled: "yes" } }],
    ["directRouting", { callMediaSettings: 5 }],
    ["mediaSettings", { call: { serviceLevel: { percentage: "x" } } }],
    ["mediaSettings", { call: { serviceLevel: { durationMs: "x" } } }],
    ["mediaSettings", { call: { serviceLevel: 5 } }],
    ["routingStrategy", { name: 5 }],
  ])("is none with %s %j", (name, value) => {
    expect(Queue.is({ ...full, [name]: value })).toBe(false);
  });
});

describe("texts of the vendor", () => {
  it("are ids of 64 plain characters at most", () => {
    const ids = ["a", "A_b.c-1", "x".repeat(64), "x".repeat(65), "", "a b", " a", "a\n", "a/b"];
    expect(ids.map(VendorId.is)).toStrictEqual([true, true, true, ...Array(6).fill(false)]);
  });

  it("are names of 256 characters at most", () => {
    expect(["", "x".repeat(256), "x".repeat(257), 5].map(VendorName.is)).toStrictEqual([true, true, false, false]);
    expect([VendorId.name, VendorName.name]).toStrictEqual(["VendorId", "VendorName"]);
  });
});

describe("User", () => {
  it("is what an event says, and nothing else", () => {
    const full = { id: "u", name: "n", email: "e", department: "d" };
    expect(User.decode({ ...full, phone: "+1" })).toStrictEqual(E.right(full));
    const wrong = [{ id: "u" }, { name: "n" }, { ...full, email: 5 }, { ...full, department: 5 }];
    expect(wrong.map((each) => User.is(each))).toStrictEqual(wrong.map(() => false));
    expect(User.name).toBe("User");
  });
});

describe("LeftOuts", () => {
  it("have a path, and an id where there was one", () => {
    const given = [{ path: "entities.1" }, { path: "entities.2.name", id: "q" }];
    expect(LeftOuts.decode(given.map((each) => ({ ...each, more: 1 })))).toStrictEqual(E.right(given));
    expect([[{}], [{ path: 5 }], [{ path: "x", id: 5 }], {}].map((each) => LeftOuts.is(each))).toStrictEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("genesysFailureOf", () => {
  const refused = { status: 400, code: "c", message: "m", contextId: undefined };

  it.each<[GenesysError, object, boolean]>([
    [
      { _tag: "GenesysRateLimited", retryAfterSeconds: 7 },
      { failure: "genesysRateLimited", retryAfterSeconds: 7 },
      false,
    ],
    [{ _tag: "GenesysUnavailable", reason: "r" }, { failure: "genesysUnavailable" }, false],
    [{ _tag: "GenesysRefused", ...refused }, { failure: "genesysRefused" }, false],
    [{ _tag: "GenesysRefused", ...refused, isAboutRequest: true }, { failure: "genesysRefused" }, true],
    [{ _tag: "GenesysUnreadable", reason: "r" }, { failure: "genesysRefused" }, false],
  ])("of %j is %j", (error, failure, isAbout) => {
    expect([genesysFailureOf(error), isAboutRequest(error)]).toStrictEqual([failure, isAbout]);
  });
});
