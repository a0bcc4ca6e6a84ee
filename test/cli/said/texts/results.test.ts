import { describe, expect, it } from "vitest";
import { malformedPercentOf } from "../../../../cli/run/malformed-percent.ts";
import { reportHtml } from "../../../../cli/run/report.ts";
import { resultText } from "../../../../cli/run/result-text.ts";
import { chooseSwarms } from "../../../../cli/simulate/choose-swarms.ts";
import { explainFailure } from "../../../../cli/simulate/failures.ts";
import { coverageText, failureText } from "../../../../cli/simulate/result-text.ts";
import { withoutResult } from "../../../../cli/simulate/workers.ts";
import type { RunResult } from "../../../../local/run.ts";
import { drawSwarm, type Swarm } from "../../../../local/simulation/swarm.ts";
import { devPlan } from "../../../support/local-run.ts";

const ledger: RunResult["ledger"] = {
  received: 1_250,
  delivered: 1_000,
  setAside: { lowPriority: 100, rateLimited: 50 },
  dropped: { lowPriority: 0, rateLimited: 0 },
  duplicates: 60,
  parked: { malformed: 30, tooLarge: 10 },
  alsoParked: 0,
  inFlight: 0,
  unmatched: 7,
  balanced: true,
};

const execution = (machine: string, status: string) => ({ machine, status });

/** A run as `local/run.ts` would answer it, in what its text tells. */
const result = (given: object = {}): RunResult =>
  ({
    ledger,
    differences: [],
    functions: new Map([
      ["process-batch", { invocations: 40, failures: 3, throttles: 2, peakConcurrency: 5 }],
      ["idle", { invocations: 0, failures: 0, throttles: 0, peakConcurrency: 0 }],
    ]),
    simulatedMilliseconds: 120_000,
    realMilliseconds: 2_500,
    refused: 0,
    bucketFolder: "out/s3/floodgate-events",
    notSimulated: ["aws:cloudwatch/dashboard:Dashboard", "aws:sns/topic:Topic"],
    executions: [
      execution("retry-failed-events", "SUCCEEDED"),
      execution("retry-failed-events", "TIMED_OUT"),
      execution("retry-failed-events", "FAILED"),
      execution("refresh-queue-priorities", "SUCCEEDED"),
    ],
    genesys: { requests: 30, busiestTokenMinute: 20, busiestMinute: 25, rateLimited: 4 },
    sampleLine: `{"line":"${"x".repeat(500)}"}`,
    ...given,
  }) as unknown as RunResult;

const input = { events: [{ door: "bus", text: "{}", place: "line 1" }], ignored: [], unread: [] } as const;
const told = { genesys: "the local one", isVerbose: false };

const problem = (line: number) => ({
  door: "buffer" as const,
  text: "x",
  place: `line ${line}`,
  problem: `line ${line}: not JSON`,
});

describe("the text of a run", () => {
  it("tells its ledger, its functions, its machines and what comes next", async () => {
    const odd = {
      refused: 2,
      bucketFolder: "elsewhere/s3/floodgate-events",
      ledger: { ...ledger, dropped: { lowPriority: 5, rateLimited: 6 }, alsoParked: 4 },
      sampleLine: "short",
    };
    const lost = Array.from({ length: 21 }, (_, index) => `message-${index} is nowhere`);
    const texts = [
      resultText(result(), input, told),
      resultText(
        result(odd),
        {
          events: Array.from({ length: 11 }, (_, index) => problem(index)),
          ignored: ["README.md"],
          unread: ["a.json: no"],
        },
        { genesys: "mypurecloud.de", isVerbose: true },
      ),
      resultText(result({ ledger: { ...ledger, balanced: false }, differences: lost }), input, told),
      resultText(result({ ledger: { ...ledger, received: 0, delivered: 0 }, sampleLine: undefined }), input, told),
    ];
    await expect(texts.join("\n\n=====\n\n")).toMatchFileSnapshot("run.txt");
  });

  it("as a page says what the audit found, and of each fault how often and when", () => {
    const recorded = { frames: [], points: [] };
    const faults = [{ kind: "dynamodb-throttles", from: 60_000, until: 3_600_000, rate: 0.0123 }];
    const recordingOf = (html: string) =>
      JSON.parse(/id="recording">(.*)<\/script>/.exec(html)?.[1]?.replaceAll("\\u003c", "<") ?? "null");
    expect([
      recordingOf(reportHtml(result(), recorded, faults)),
      recordingOf(reportHtml(result({ differences: ["a", "b"] }), recorded)),
    ]).toMatchObject([
      {
        title: "a run of 2 min 0 s",
        audit: "Balanced: each of the 1,250 copies that were received is accounted for.",
        faults: [
          {
            kind: "dynamodb-throttles",
            from: 60_000,
            until: 3_600_000,
            describes: "1.2 % of the occasions, 1 min 0 s to 1 h 0 min",
          },
        ],
      },
      { audit: "It does not add up: 2 differences.", faults: [] },
    ]);
  });

  it("takes for too many malformed events what the stack's own alarm does", async () => {
    expect([
      malformedPercentOf(await devPlan()),
      malformedPercentOf(await devPlan('floodgate:alarms={"malformedPercent":7}')),
    ]).toStrictEqual([2, 7]);
  });
});

const swarm: Swarm = {
  ...drawSwarm(3, { variants: 2 }),
  events: 40,
  minutes: 3,
  faults: [],
  acts: [],
  deployments: [],
};
const fault = { kind: "dynamodb-throttles", from: 0, until: 60_000, rate: 0.5 };

describe("the text of a simulation", () => {
  const coverage = {
    faults: { "firehose-down": 2, "dynamodb-throttles": 1_200 },
    outcomes: { delivered: 30 },
    acts: {},
    states: { "a/B": 3, "a/C": 1 },
  };

  it("tells what was reached, the most frequent first, and of a failure what repeats it", async () => {
    const failure = {
      seed: 3,
      differences: Array.from({ length: 6 }, (_, index) => `message-${index} is nowhere\u0007`),
      swarm: { ...swarm, faults: [fault], only: [1, 2] },
      repeat: "npx floodgate simulate --swarm '{}'",
      story: ["09:00:00 received", "09:00:01 lost\u001b[2J"],
    };
    const plain = { ...failure, differences: ["one"], swarm, story: [] };
    const texts = [coverageText(coverage, 60), failureText(failure), failureText(plain)];
    await expect(texts.join("\n\n=====\n\n")).toMatchFileSnapshot("simulate.txt");
  });

  it("of a failure repeats the smallest swarm that fails in the same way, with the words of a shell", async () => {
    const asked: Swarm[] = [];
    const workers = {
      // It takes the fault and the fifth event, whose id is another one each time; anything else fails otherwise.
      simulate: async (smaller: Swarm) => {
        asked.push(smaller);
        const isLost = smaller.faults.length > 0 && (smaller.only ?? [5]).includes(5);
        const differences = isLost ? [`message-${asked.length} is nowhere`] : ["no copy was received"];
        return { ...withoutResult(smaller, ""), differences, story: [`story ${asked.length}`] };
      },
      close: () => undefined,
    };
    const failed = { ...withoutResult({ ...swarm, faults: [fault] }, ""), differences: ["message-0 is nowhere"] };
    const given = { stack: "it's", config: ["a=b c"], events: "my events" };
    const { seed, differences, swarm: smallest, repeat, story } = await explainFailure(failed, 40, workers, given);
    expect([seed, differences, smallest.only, smallest.faults.length, story]).toStrictEqual([
      3,
      [`message-${asked.length} is nowhere`],
      [5],
      1,
      [`story ${asked.length}`],
    ]);
    expect(repeat).toBe(
      `npx floodgate simulate --swarm '${JSON.stringify(smallest)}' --stack 'it'\\''s' --config 'a=b c' --events 'my events'`,
    );
    const usual = await explainFailure(failed, 40, workers, { stack: "dev", config: [], events: undefined });
    expect(usual.repeat).toBe(`npx floodgate simulate --swarm '${JSON.stringify(usual.swarm)}'`);
  });
});

describe("chooseSwarms", () => {
  const seedsOf = (asked: Parameters<typeof chooseSwarms>[0]) => {
    const { swarms, isWholeMix } = chooseSwarms(asked, 7);
    return [swarms.length, swarms[0]?.seed, swarms.at(-1)?.seed, isWholeMix];
  };

  it("takes as many seeds as were asked for, from the first on, and judges coverage by a thousand of the whole mix", () => {
    expect([
      seedsOf({}),
      seedsOf({ seeds: "3", from: "0" }),
      seedsOf({ seeds: "999" }),
      seedsOf({ seeds: "1000", from: "5" }),
      seedsOf({ seeds: "1000", minutes: "2" }),
      seedsOf({ seeds: "1000", scenario: "genesys-outage" }),
      seedsOf({ swarm: JSON.stringify(swarm), seeds: "1000" }),
    ]).toStrictEqual([
      [100, 1, 100, false],
      [3, 0, 2, false],
      [999, 1, 999, false],
      [1_000, 5, 1_004, true],
      [1_000, 1, 1_000, false],
      [1_000, 1, 1_000, false],
      [1, 3, 3, false],
    ]);
  });

  it("gives each seed what it would choose itself, but for what was asked", () => {
    const [drawn] = chooseSwarms({ from: "9", seeds: "1" }, 7).swarms;
    const [short] = chooseSwarms({ from: "9", seeds: "1", minutes: "2" }, 7).swarms;
    const [story] = chooseSwarms({ from: "9", seeds: "1", scenario: "genesys-outage" }, 7).swarms;
    expect([drawn, short?.minutes, story?.minutes, story?.faults.at(-1)]).toStrictEqual([
      drawSwarm(9, { variants: 7 }),
      2,
      120,
      { kind: "genesys-down", rate: 1, from: 0, until: 120 * 60_000 },
    ]);
  });
});
