import { describe, expect, it, vi } from "vitest";
import { bar, counted, duration, paint, plain, say, table } from "../../cli/terminal.ts";

const said = (text: string): string => {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    lines.push(String(chunk));
    return true;
  });
  try {
    say(text);
  } finally {
    write.mockRestore();
  }
  return lines.join("");
};

const hostile = "VIP\u001b]0;owned\u0007\u001b[2J\r\nok  everything\u202egnp\u009b1m";
const harmless = "VIP\\u001b]0;owned\\u0007\\u001b[2J\\u000d\\u000aok  everything\\u202egnp\\u009b1m";

describe("what commands print", () => {
  it("shows control characters of names instead of obeying them", () => {
    expect(plain(hostile)).toBe(harmless);
    expect(table([["queue"], [hostile]])).toBe(`  queue\n  ${harmless}`);
    expect(said(`queue ${plain(hostile)}`)).toBe(`queue ${harmless}\n`);
  });

  it("does so also where nobody thought of it, but for line breaks and colours, which are its own", () => {
    expect(said(`a\n\u001b[32mgreen\u001b[39m ${hostile}`)).toBe(
      `a\n\u001b[32mgreen\u001b[39m ${harmless.replace("\\u000d\\u000a", "\\u000d\n")}\n`,
    );
    expect(said(paint("red", hostile))).toContain(harmless);
  });

  it("leaves JSON valid and what it says", () => {
    const value = { name: hostile, text: "ä\u0085\u2028" };
    expect(JSON.parse(said(JSON.stringify(value)))).toStrictEqual(value);
  });

  it("draws tables of 200,000 rows", () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [`row ${index}`, `${index}`]);
    expect(table(rows).split("\n")).toHaveLength(rows.length);
  });
});

describe("amounts", () => {
  it.each([
    [0, "0.0 s"],
    [59_949, "59.9 s"],
    [59_950, "1 min 0 s"],
    [3_599_400, "59 min 59 s"],
    [3_599_500, "1 h 0 min"],
    [86_399_000, "23 h 59 min"],
    [86_400_000, "1 d 0 h"],
    [14 * 86_400_000 + 5 * 3_600_000, "14 d 5 h"],
  ])("of time, %i ms, are told in the two units that matter: %s", (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });

  it("are counted and drawn", () => {
    expect([counted(0, "day"), counted(1, "day"), counted(1_200, "day")]).toStrictEqual([
      "0 days",
      "1 day",
      "1,200 days",
    ]);
    expect([bar(-1, 4), bar(0.5, 4), bar(2, 4)]).toStrictEqual(["░░░░", "██░░", "████"]);
  });
});
