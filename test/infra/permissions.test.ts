import { describe, expect, it } from "vitest";
import { campaign } from "../../local/campaign.ts";
import { awsError } from "../../local/gateway.ts";
import { unavailable } from "../../local/genesys/local-genesys.ts";
import type { Plan } from "../../local/plan.ts";
import { queueEntryText } from "../support/builders.ts";
import { atBus, devPlan, inBuffer, runLocally, start } from "../support/local-run.ts";

const minute = 60_000;

interface Statement {
  readonly Effect: string;
  readonly Action: string | ReadonlyArray<string>;
  readonly Resource: string | ReadonlyArray<string>;
}

const listOf = <A>(value: A | ReadonlyArray<A>): ReadonlyArray<A> => (Array.isArray(value) ? value : [value as A]);

const statementsOf = (plan: Plan, role: string): ReadonlyArray<Statement> => {
  const policy = plan.ofType("aws:iam/rolePolicy:RolePolicy").find(({ name }) => name === role);
  return JSON.parse(String(policy?.inputs["policy"] ?? '{"Statement":[]}')).Statement;
};

const actionsOf = (plan: Plan, role: string): ReadonlySet<string> =>
  new Set(statementsOf(plan, role).flatMap(({ Action }) => listOf(Action)));

const functionsOf = (plan: Plan): ReadonlyArray<string> =>
  plan.ofType("aws:lambda/function:Function").map(({ name }) => name);

/** IAM knows some operations by another name. */
const actionNames: Readonly<Record<string, string>> = { "sqs:DeleteMessageBatch": "sqs:DeleteMessage" };

const actionOf = (operation: string): string => {
  const action = operation.replace(".", ":");
  return actionNames[action] ?? action;
};

/** What Lambda itself does in a function's name, unseen by the gateway. */
const ofThePlatform = new Set([
  "logs:CreateLogStream",
  "logs:PutLogEvents",
  "sqs:ReceiveMessage",
  "sqs:DeleteMessage",
  "sqs:GetQueueAttributes",
]);

/** Calls that a function makes only in a race that these runs do not bring about, each with its reason. */
const rare: Readonly<Record<string, string>> = {
  "enrich-failed-events dynamodb:PutItem": "opens the breaker of Genesys only if process-batch has not",
  "enrich-failed-events dynamodb:DeleteItem": "closes it only if process-batch has not",
  "deliver-failed-events dynamodb:PutItem": "parks what was retried for 14 days",
  "deliver-failed-events dynamodb:UpdateItem": "parks a chunk whose object nobody can read",
};

/** One run through as many paths as there are, so that every function makes its calls. */
const observe = async () => {
  const events = [
    ...campaign({ count: 1_500, seed: 5, perMinute: 10_000, start }),
    inBuffer("{"),
    atBus(queueEntryText("poison", "q-1")),
  ];
  return runLocally(events, {
    perMinute: 400,
    faults: ({ operation, body }) => {
      const now = Date.now() - start;
      if (operation !== "firehose.PutRecordBatch") return undefined;
      const { Records } = JSON.parse(body.toString("utf8"));
      const isPoison = ({ Data }: { Data: string }) => Buffer.from(Data, "base64").includes('"poison"');
      if (Records.some(isPoison)) return { _tag: "Crash", when: "before" };
      return now > 1.6 * minute && now < 4 * minute
        ? { _tag: "Answer", answer: awsError(500, "InternalServerError", "down") }
        : undefined;
    },
    beforeSending: ({ genesys, streams, clock }) => {
      const begin = clock.now();
      genesys.fault = (_, now) => (now < begin + minute ? unavailable() : undefined);
      for (const stream of streams.values()) {
        stream.refuse = () =>
          Math.random() < 0.2 && clock.now() < begin + minute
            ? { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." }
            : undefined;
      }
    },
  });
};

describe("the permissions of each function", () => {
  it("are the calls that it makes, no more and no less", async () => {
    const plan = await devPlan();
    const run = await observe();
    expect(run.differences).toStrictEqual([]);
    const called = new Map<string, Set<string>>();
    for (const { functionName, operation } of run.calls) {
      if (functionName === undefined || operation.startsWith("genesys.")) continue;
      called.set(functionName, (called.get(functionName) ?? new Set()).add(actionOf(operation)));
    }
    const missing: string[] = [];
    const unused: string[] = [];
    for (const name of functionsOf(plan)) {
      const allowed = actionsOf(plan, name);
      const made = called.get(name) ?? new Set();
      for (const action of made) if (!allowed.has(action)) missing.push(`${name} ${action}`);
      for (const action of allowed) {
        if (!made.has(action) && !ofThePlatform.has(action)) unused.push(`${name} ${action}`);
      }
    }
    expect({ missing, unused: unused.toSorted() }).toStrictEqual({ missing: [], unused: Object.keys(rare).toSorted() });
  }, 180_000);
});
