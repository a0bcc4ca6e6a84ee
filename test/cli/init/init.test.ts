import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { floodgate } from "../../support/floodgate.ts";

/** A name that no other test and no user's stack has. */
const stack = "written-by-a-test-of-init";
const file = `Pulumi.${stack}.yaml`;

const init = (...args: ReadonlyArray<string>) => floodgate("init", "--stack", stack, "--json", ...args);

describe("floodgate init", () => {
  afterEach(() => rmSync(file, { force: true }));

  it("writes a stack's file that the program takes, and names the next commands", async () => {
    const ended = await init("--genesys-region", "mypurecloud.de", "--client-id", "0a1b", "--first-queue", "VIP*");
    expect([ended.code, ended.stderr]).toStrictEqual([0, ""]);
    const { resources, next } = JSON.parse(ended.stdout);
    expect([resources > 100, next]).toStrictEqual([
      true,
      [
        `npx pulumi stack select --create ${stack}`,
        "npx pulumi config set --secret --path floodgate:genesys.clientSecret",
        `npx floodgate doctor --before-up --stack ${stack}`,
        "npx pulumi up",
      ],
    ]);
    expect(readFileSync(file, "utf8")).toContain("name: VIP*");
    const again = await init();
    expect([again.code, again.stderr]).toStrictEqual([
      2,
      `floodgate: there is a ${file} already; --force writes it anew\n`,
    ]);
  });

  it.each([
    ["encryptionsalt: v1:abc\nconfig:\n  aws:region: eu-central-1\n"],
    ["config:\n  aws:region: eu-central-1\nencryptedkey: abc\n"],
    ["config:\n  floodgate:genesys:\n    clientId: id\n    clientSecret:\n      secure: v1:abc\n"],
  ])("writes no file anew that holds a secret, or what secrets are encrypted with: %j", async (text) => {
    writeFileSync(file, text);
    const ended = await init("--force");
    expect([ended.code, ended.stderr, readFileSync(file, "utf8")]).toStrictEqual([
      2,
      `floodgate: ${file} holds secrets or what they are encrypted with; change it by pulumi config set\n`,
      text,
    ]);
  });

  it.each([
    [["--events-per-minute", "many"], /eventsPerMinute is "many"/],
    [["--partner-source", "mine"], /source\.name is "mine"/],
    [["--aws-region", "nowhere"], /aws:region/],
  ])("writes nothing of %j, and says what is wrong", async (args, message) => {
    const ended = await init(...args);
    expect([ended.code, ended.stdout, existsSync(file)]).toStrictEqual([2, "", false]);
    expect(ended.stderr).toMatch(message);
  });

  it.each([
    [["init"], "name the stack: --stack prod"],
    [["init", "--stack", "../x"], "--stack ../x: has to be letters, digits, hyphens, underscores and dots"],
  ])("answers %j with what is missing", async (args, message) => {
    const ended = await floodgate(...args);
    expect([ended.code, ended.stdout, ended.stderr]).toStrictEqual([2, "", `floodgate: ${message}\n`]);
  });
});
