import { readFileSync } from "node:fs";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { alarmTable } from "../../infra/alarms/alarm-table.ts";
import { readConfiguration } from "../../infra/configuration/read-configuration.ts";
import { configurationReference } from "../../infra/configuration/reference.ts";
import { floodgate } from "../support/floodgate.ts";
import { devPlan } from "../support/local-run.ts";

describe("the documents that follow the code", () => {
  it("docs/configuration.md is what the codec says (npm run docs)", () => {
    expect(readFileSync("docs/configuration.md", "utf8")).toBe(configurationReference());
  });

  it("docs/configuration.md shows a value that is taken", () => {
    const [, key, value] = /config set --path floodgate:processing\.(\w+) (\d+)`/.exec(configurationReference()) ?? [];
    const read = readConfiguration({
      "aws:region": "eu-central-1",
      "floodgate:processing": JSON.stringify({ [key ?? ""]: Number(value) }),
    });
    expect(E.isRight(read) && read.right.processing).toMatchObject({ maximumConcurrency: 4 });
  });

  it("docs/security.md has rows for each role", async () => {
    const plan = await devPlan('floodgate:querying={"parquet":true}');
    const roles = plan.ofType("aws:iam/role:Role").map(({ name }) => name);
    const rows = readFileSync("docs/security.md", "utf8")
      .split("\n")
      .flatMap((line) => /^\| ([a-z][a-z-]+) \|/.exec(line)?.[1] ?? [])
      .filter((name) => name !== "role");
    expect(rows.toSorted()).toStrictEqual(roles.toSorted());
  });

  it("docs/operations.md has a row for each alarm, with its meaning and its first command", () => {
    const rows = readFileSync("docs/operations.md", "utf8")
      .split("\n")
      .filter((line) => /^\| [a-z-]+ \| .* \| `/.test(line));
    expect(rows).toStrictEqual(
      alarmTable.map(({ name, meaning, firstCommand }) => `| ${name} | ${meaning} | \`${firstCommand}\` |`),
    );
  });
});

describe("docs/deploy.md", () => {
  it("counts the alarms, which cost money without traffic", () => {
    const [refresh, compact] = ["refresh-queue-priorities", "compact-events"];
    const withoutGenesys = alarmTable.filter(
      ({ needs, watches }) =>
        needs !== refresh && needs !== compact && watches.every(({ dimension }) => dimension.of !== refresh),
    );
    const countOf = (rows: typeof alarmTable): number => rows.flatMap(({ watches }) => watches).length;
    expect(readFileSync("docs/deploy.md", "utf8")).toContain(
      // Silence is for a source of traffic, which a custom bus has not.
      `| alarms | ${countOf(withoutGenesys.filter(({ isWanted }) => isWanted === undefined))} at $0.10 (with Genesys ${countOf(alarmTable.filter(({ needs }) => needs !== compact))}) |`,
    );
  });
});

describe("docs/plan-example.txt", () => {
  it("is what `npx floodgate plan` prints", async () => {
    const { stdout } = await floodgate("plan");
    expect(stdout).toBe(readFileSync("docs/plan-example.txt", "utf8"));
  });
});
