import { describe, expect, it } from "vitest";
import { burst } from "../../local/campaign/burst.ts";
import { unavailable } from "../../local/genesys/local-genesys.ts";
import { answered, awsError, type Fault, type ServiceRequest, s3Error } from "../../local/service.ts";
import { devPlan, runLocally, start } from "../support/local-run.ts";
import { sized } from "../support/setup/sized.ts";

const minute = 60_000;
const count = sized(400, 1_000);
const events = burst({ count, seed: 18, perMinute: 10_000, start });
const withSalt = ['floodgate:delivery={"bufferSeconds":60,"shards":4,"redact":["ani","dnis"]}'];

type Concerns = (request: ServiceRequest) => boolean;

const of =
  (...prefixes: ReadonlyArray<string>): Concerns =>
  ({ operation }) =>
    prefixes.some((prefix) => operation.startsWith(prefix));

const answers: Readonly<Record<string, Fault>> = {
  s3: answered(s3Error(503, "SlowDown", "Reduce your request rate.")),
  firehose: answered(awsError(503, "ServiceUnavailableException", "Slow down.")),
  dynamodb: answered(awsError(500, "InternalServerError", "The request failed.")),
  states: answered(awsError(500, "InternalServerException", "The request failed.")),
  secretsmanager: answered(awsError(500, "InternalServiceError", "The request failed.")),
};

/** What is away for the first minutes of the run, every second request of each, so that some work is half done. */
const away = (concerns: Concerns, minutes: number, everySecond: boolean) => {
  let nth = 0;
  return (request: ServiceRequest): Fault | undefined => {
    if (Date.now() - start > minutes * minute || !concerns(request)) return undefined;
    nth += 1;
    return everySecond && nth % 2 === 0 ? undefined : answers[request.operation.split(".")[0] ?? ""];
  };
};

interface Pair {
  readonly concerns: Concerns;
  readonly isGenesysAway: boolean;
  readonly plan: ReadonlyArray<string>;
}

const pairs: ReadonlyArray<readonly [string, Pair]> = [
  ["Genesys and S3", { concerns: of("s3.PutObject", "s3.GetObject"), isGenesysAway: true, plan: [] }],
  ["Firehose and DynamoDB", { concerns: of("firehose.", "dynamodb."), isGenesysAway: false, plan: [] }],
  ["S3 and Step Functions", { concerns: of("s3.", "states."), isGenesysAway: true, plan: [] }],
  ["the salt and S3", { concerns: of("secretsmanager.", "s3."), isGenesysAway: false, plan: withSalt }],
];

describe.each(pairs)("%s away at once", (_, { concerns, isGenesysAway, plan }) => {
  it.each([
    ["wholly", false],
    ["every second time", true],
  ])("%s: nothing is acknowledged that is not durable, and nothing is lost", async (__, everySecond) => {
    let refused = 0;
    const fault = away(concerns, 3, everySecond);
    const run = await runLocally(events, {
      plan: await devPlan(...plan),
      faults: (request) => {
        const answer = fault(request);
        if (answer !== undefined) refused += 1;
        return answer;
      },
      beforeSending: ({ genesys }) => {
        if (isGenesysAway) genesys.fault = (___, now) => (now - start < 3 * minute ? unavailable() : undefined);
      },
    });
    const { ledger } = run;
    const settled =
      ledger.delivered +
      ledger.setAside.lowPriority +
      ledger.setAside.rateLimited +
      ledger.duplicates +
      Object.values(ledger.parked).reduce((sum, copies) => sum + copies, 0);
    // The audit looks for every copy that was received: in S3, in a failed chunk, in a log of duplicates, in a buffer.
    expect([run.differences, ledger.received, ledger.inFlight, settled]).toStrictEqual([[], count, 0, count]);
    expect(refused).toBeGreaterThan(0);
  });
});
