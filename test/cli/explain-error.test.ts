import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { floodgate, startDev } from "../support/floodgate.ts";
import { newFolder } from "../support/local-run.ts";

/** Every command that talks to a stack, as it is typed. */
const commands: ReadonlyArray<string> = [
  "doctor",
  "dropped --since 10m",
  "failed export --out exported.jsonl",
  "failed import",
  "failed list",
  "failed park --reason timeout",
  "failed redrive --reason timeout",
  "failed show x",
  "find x",
  "map explain x",
  "map refresh",
  "map show",
  "pause",
  "replay --from 1h --to 0m",
  "resume",
  "send",
  "send --wait",
  "status",
];

const answers = async (outputs: string) => {
  const ended = await Promise.all(commands.map((each) => floodgate(...each.split(" "), "--outputs", outputs)));
  return commands.map((command, index) => ({ command, ...ended[index] }));
};

/** The doctor prints what it found; any other command prints nothing that a script could take for an answer. */
const saying = (what: string, advice: string) =>
  commands.map((command) => ({
    command,
    code: 1,
    ...(command === "doctor"
      ? { stdout: expect.stringContaining(what), stderr: "" }
      : { stdout: "", stderr: expect.stringMatching(new RegExp(`^floodgate: ${what}: .*\\n {2}-> ${advice}`)) }),
  }));

describe("every command that talks to a stack", () => {
  it("says that nobody answers when the stack's endpoint is gone, and what to do", async () => {
    const gone = await startDev(newFolder());
    const kept = `${newFolder()}.json`;
    writeFileSync(kept, readFileSync(gone.outputs));
    await gone.stop();
    expect(await answers(kept)).toStrictEqual(
      saying("nothing is listening at that address", "Is `npx floodgate dev` still running"),
    );
  });

  it("names the missing permission when AWS refuses, and changes nothing", async () => {
    const denied = await startDev(newFolder(), "--outage", "commands-denied");
    const ended = await answers(denied.outputs);
    await denied.stop();
    expect(ended).toStrictEqual(saying("a permission is missing in AWS", "Add the action that AWS names"));
  });
});
