import { describe, expect, it } from "vitest";
import { burst } from "../../local/campaign/burst.ts";
import { unavailable } from "../../local/genesys/local-genesys.ts";
import type { Plan } from "../../local/plan.ts";
import type { RunOptions } from "../../local/run.ts";
import { awsError } from "../../local/service.ts";
import { queueEntryText } from "../support/builders.ts";
import { atBus, devPlan, inBuffer, runLocally, start } from "../support/local-run.ts";
import { resourcesOf } from "../support/resources-of.ts";

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

/** A permission as a statement gives it: one action on one resource, which may end in `*`. */
interface Grant {
  readonly action: string;
  readonly resource: string;
}

const grantsOf = (plan: Plan, role: string): ReadonlyArray<Grant> =>
  statementsOf(plan, role).flatMap(({ Action, Resource }) =>
    listOf(Action).flatMap((action) => listOf(Resource).map((resource) => ({ action, resource }))),
  );

const covers = ({ action, resource }: Grant, call: Grant): boolean =>
  action === call.action &&
  (resource.endsWith("*") ? call.resource.startsWith(resource.slice(0, -1)) : resource === call.resource);

const shown = (name: string, { action, resource }: Grant): string =>
  `${name} ${action} ${resource.replace(/^arn:aws:[a-z0-9]+:[^:]*:[^:]*:/, "")}`;

const functionsOf = (plan: Plan): ReadonlyArray<string> =>
  plan.ofType("aws:lambda/function:Function").map(({ name }) => name);

/** IAM knows some operations by another name. */
const actionNames: Readonly<Record<string, string>> = {
  "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
  "s3:ListObjectsV2": "s3:ListBucket",
};

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

/** Permissions that these runs do not use, each with its reason. */
const unusedHere: Readonly<Record<string, string>> = {
  "park-dead-letters dynamodb:GetItem table/failed-events":
    "looks what lies under the id that a letter would be parked by",
  "deliver-failed-events s3:ListBucket floodgate-events":
    "lets S3 say that an object is gone, not that it is forbidden",
  "enrich-failed-events s3:ListBucket floodgate-events": "lets S3 say that an object is gone, not that it is forbidden",
  "enrich-failed-events dynamodb:UpdateItem table/failed-events": "takes the probe only if process-batch has not",
  "enrich-failed-events dynamodb:PutItem table/failed-events":
    "opens the breaker of Genesys only if process-batch has not",
  "enrich-failed-events dynamodb:DeleteItem table/failed-events": "closes it only if process-batch has not",
};

/** One run through as many paths as there are, so that every function makes its calls. */
const observe = async (onRequest: NonNullable<RunOptions["onRequest"]>) => {
  const events = [
    ...burst({ count: 750, seed: 5, perMinute: 10_000, start }),
    inBuffer("{"),
    atBus(queueEntryText("poison", "q-1")),
  ];
  return runLocally(events, {
    perMinute: 200,
    onRequest,
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
    const called = new Map<string, Map<string, Grant>>();
    const run = await observe((request, functionName) => {
      if (functionName === undefined || request.operation.startsWith("genesys.")) return;
      const calls = called.get(functionName) ?? new Map<string, Grant>();
      called.set(functionName, calls);
      for (const resource of resourcesOf(request)) {
        const call = { action: actionOf(request.operation), resource };
        calls.set(`${call.action} ${resource}`, call);
      }
    });
    expect(run.differences).toStrictEqual([]);
    const missing: string[] = [];
    const unused: string[] = [];
    for (const name of functionsOf(plan)) {
      const grants = grantsOf(plan, name);
      const calls = [...(called.get(name)?.values() ?? [])];
      expect([name, calls.length > 0]).toStrictEqual([name, true]);
      for (const call of calls) if (!grants.some((grant) => covers(grant, call))) missing.push(shown(name, call));
      for (const grant of grants) {
        const isUsed = ofThePlatform.has(grant.action) || calls.some((call) => covers(grant, call));
        if (!isUsed) unused.push(shown(name, grant));
      }
    }
    expect({ missing, unused: unused.toSorted() }).toStrictEqual({
      missing: [],
      unused: Object.keys(unusedHere).toSorted(),
    });
  }, 180_000);
});
