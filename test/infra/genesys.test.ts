import * as t from "io-ts";
import { describe, expect, it } from "vitest";
import { inputsOf } from "../../local/plan.ts";
import { devPlan } from "../support/local-run.ts";

const Inputs = t.type({ environment: t.type({ variables: t.record(t.string, t.string) }) });

/** Requests a minute that each function may make, and how many of its containers there may be. */
const budgetsOf = async (token: number, client: number, maximumConcurrency: number) => {
  const plan = await devPlan(
    `floodgate:genesys=${JSON.stringify({ region: "mypurecloud.de", clientId: "a", clientSecret: "b", requestsPerMinute: { token, client } })}`,
    `floodgate:processing=${JSON.stringify({ maximumConcurrency })}`,
    'floodgate:delivery={"quotaMebibytesPerSecond":100}',
  );
  const of = (wanted: string): number => {
    const found = plan.ofType("aws:lambda/function:Function").find(({ name }) => name === wanted);
    if (found === undefined) throw new Error(`no function ${wanted}`);
    return Number(inputsOf(Inputs, found).environment.variables["GENESYS_REQUESTS_PER_MINUTE"]);
  };
  return { refresh: of("list-queues"), names: of("process-batch"), retries: of("enrich-failed-events") };
};

/** Executions that look up names for failed events at the same time. */
const retriesAtOnce = 2;

describe("the requests to Genesys that functions may make", () => {
  it.each([
    [300, 3_000, 5],
    [300, 3_000, 100],
    [300, 900, 20],
    [100, 300, 7],
  ])(
    "stay together within what an application has: %i a token, %i an application, %i containers",
    async (token, client, concurrency) => {
      const { refresh, names, retries } = await budgetsOf(token, client, concurrency);
      expect([refresh, names, retries].every((each) => each >= 1 && each <= token)).toBe(true);
      expect(retries).toBe(names);
      expect(refresh + names * (concurrency + retriesAtOnce)).toBeLessThanOrEqual(client);
      // And what there is is used: one more for each container would be too many, for a token or for all.
      expect(names === token || refresh + (names + 1) * (concurrency + retriesAtOnce) > client).toBe(true);
    },
  );
});
