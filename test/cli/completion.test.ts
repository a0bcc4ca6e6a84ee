import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../cli/commands.ts";
import { completionOf } from "../../cli/completion.ts";
import { divertOutput, inContainer } from "../../local/models/container-output.ts";

const all: typeof commands = {
  ...commands,
  completion: { summary: "completes", load: () => Promise.resolve({ command: completionOf(all) }) },
};
const command = completionOf(all);

const printed = async (...args: ReadonlyArray<string>): Promise<string> => {
  let text = "";
  const log = (more: string): void => {
    text += more;
  };
  expect(await inContainer.run({ log, skew: 0 }, () => command.run(args))).toBe(0);
  return text;
};

describe("floodgate completion", () => {
  let restore: () => void;
  beforeAll(() => {
    restore = divertOutput();
  });
  afterAll(() => restore());

  it("lets bash complete commands, words of their own and options", async () => {
    const script = await printed("bash");
    const offered = (...words: ReadonlyArray<string>): ReadonlyArray<string> =>
      execFileSync(
        "bash",
        [
          "-c",
          `eval "$1"; COMP_LINE='${words.join(" ")}'; COMP_CWORD=${words.length - 1}; _floodgate floodgate '${words.at(-1)}'; printf '%s\\n' "\${COMPREPLY[@]}"`,
          "bash",
          script,
        ],
        { encoding: "utf8" },
      )
        .trim()
        .split("\n");
    expect(offered("floodgate", "re")).toStrictEqual(["replay", "resume"]);
    expect(offered("floodgate", "").toSorted()).toStrictEqual(Object.keys(all).toSorted());
    expect(offered("floodgate", "failed", "re")).toStrictEqual(["redrive"]);
    expect(offered("floodgate", "find", "--d")).toStrictEqual(["--details"]);
    expect(offered("floodgate", "query", "--c").toSorted()).toStrictEqual(["--conversation", "--csv"]);
    expect(offered("floodgate", "completion", "z")).toStrictEqual(["zsh"]);
    expect(offered("floodgate", "nothing", "--")).toStrictEqual([""]);
  }, 60_000);

  it("writes the same for zsh and fish, with what each command is for", async () => {
    const [zsh, fish] = [await printed("zsh"), await printed("fish")];
    expect(zsh).toMatch(/^#compdef floodgate\n/);
    expect(zsh).toContain("      pause) compadd -- --reason --stack --outputs --json --help ;;");
    expect(fish).toContain(
      "complete -c floodgate -n __fish_use_subcommand -f -a pause -d 'stop the flow in an incident; events wait in the buffer'",
    );
    expect(fish).toContain('complete -c floodgate -n "__fish_seen_subcommand_from pause" -l reason');
    for (const name of Object.keys(commands)) expect([zsh, fish].every((text) => text.includes(name))).toBe(true);
  }, 60_000);

  it.each([[[]], [["tcsh"]], [["bash", "zsh"]], [["toString"]]])("refuses %j", async (args) => {
    await expect(command.run(args)).rejects.toThrow("name one shell: bash, zsh, fish");
  });
});
