import { fork } from "node:child_process";
import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { describe, expect, it } from "vitest";
import { askChild } from "../../../cli/process/ask-child.ts";
import { programFile } from "../../support/setup/program-file.ts";

const childThat = (acts: string) => fork(programFile(`process.on("message", (asked) => { ${acts} });`));

const ask = async (acts: string) => {
  const child = childThat(acts);
  const answer = await askChild(child, "how many?", t.number.is);
  const listeners = ["exit", "message"].map((event) => child.listenerCount(event));
  child.kill();
  return { answer, listeners };
};

describe("askChild", () => {
  it.each<[string, string, E.Either<string, number>]>([
    ["what is an answer", 'process.send("let me see"); process.send(asked.length);', E.right(9)],
    ["the code with which it ended", "process.exit(3)", E.left("ended with 3")],
    ["the signal by which it was ended", 'process.kill(process.pid, "SIGKILL")', E.left("ended with SIGKILL")],
  ])("answers %s, and listens no more", async (_, acts, answer) => {
    expect(await ask(acts)).toStrictEqual({ answer, listeners: [0, 0] });
  });

  it("says so when nobody listens", async () => {
    const child = childThat("");
    child.on("error", () => undefined);
    child.disconnect();
    expect(await askChild(child, "how many?", t.number.is)).toStrictEqual(E.left("does not listen: Channel closed"));
  });
});
