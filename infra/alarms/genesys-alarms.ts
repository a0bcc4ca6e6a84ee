import { type AlarmRow, above, anyInFiveMinutes, own, states } from "./alarm-row.ts";

const week = 7 * 24 * 60 * 60;

/** What comes from Genesys: names, and the queue priority map. */
export const genesysAlarms: ReadonlyArray<AlarmRow> = [
  {
    name: "genesys-unavailable",
    meaning: "Genesys has not answered for a quarter of an hour: events that need a name wait, for up to an hour.",
    firstCommand: "npx floodgate status --stack <stack>",
    watches: [own("retrying.genesysUnavailable", "process-batch")],
    statistic: "Sum",
    periodSeconds: 300,
    periods: 3,
    ...above,
    needs: "refresh-queue-priorities",
  },
  {
    name: "genesys-refused",
    meaning: "Genesys refuses the OAuth client: events are delivered without names after an hour.",
    firstCommand: "npx floodgate doctor --stack <stack>",
    watches: [own("retrying.genesysRefused", "process-batch")],
    ...anyInFiveMinutes,
    needs: "refresh-queue-priorities",
  },
  {
    name: "map-age",
    meaning: "The queue priority map has not been confirmed for a week: priorities may be wrong.",
    firstCommand: "npx floodgate map refresh --stack <stack>",
    watches: [own("mapAgeSeconds", "transform-records")],
    statistic: "Maximum",
    periodSeconds: 3600,
    periods: 1,
    comparison: "GreaterThanThreshold",
    threshold: week,
    needs: "refresh-queue-priorities",
  },
  {
    name: "map-missing",
    meaning: "Entries were admitted without any queue priority map: none was published, or the table cannot be read.",
    firstCommand: "npx floodgate map refresh --stack <stack>",
    watches: [own("mapUnavailable", "transform-records")],
    statistic: "Sum",
    periodSeconds: 900,
    periods: 4,
    ...above,
    needs: "refresh-queue-priorities",
  },
  {
    name: "refresh-failures",
    meaning: "A refresh of the queue priority map failed within the last hour; the published map stays.",
    firstCommand: "npx floodgate map refresh --stack <stack>",
    watches: [
      states("ExecutionsFailed", "refresh-queue-priorities"),
      states("ExecutionsTimedOut", "refresh-queue-priorities"),
    ],
    statistic: "Sum",
    periodSeconds: 3600,
    periods: 1,
    ...above,
  },
];
