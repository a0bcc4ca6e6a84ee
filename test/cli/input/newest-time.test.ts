import { describe, expect, it } from "vitest";
import { newestTime } from "../../../cli/input/newest-time.ts";
import { atBus } from "../../support/local-run.ts";

const at = (time: string) => atBus(JSON.stringify({ "detail-type": "x", time }));

describe("newestTime", () => {
  it("is the newest of recorded events, wherever it stands among them", () => {
    const times = ["2026-01-05T09:00:00Z", "2026-01-07T09:00:00Z", "2026-01-06T09:00:00Z"];
    expect(newestTime(times.map(at), 1)).toBe(Date.UTC(2026, 0, 7, 9));
    expect(newestTime(times.toReversed().map(at), 1)).toBe(Date.UTC(2026, 0, 7, 9));
  });

  it("is the time that is given where no event says one", () => {
    expect(newestTime([at("soon"), atBus("no JSON")], 7)).toBe(7);
    expect(newestTime([], 7)).toBe(7);
  });
});
