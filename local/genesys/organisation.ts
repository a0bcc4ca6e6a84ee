/** What the local Genesys knows: as many queues and users as a run needs, the same for the same numbers. */
export interface Organisation {
  readonly queues: ReadonlyArray<Readonly<Record<string, unknown>>>;
  readonly users: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

export const queueId = (number: number): string =>
  `9${String(number).padStart(7, "0")}-0000-4000-8000-${String(number).padStart(12, "0")}`;

export const userId = (number: number): string =>
  `a${String(number).padStart(7, "0")}-0000-4000-8000-${String(number).padStart(12, "0")}`;

const names = [
  "Billing",
  "Support",
  "Sales",
  "Returns",
  "Claims",
  "Campaign",
  "Retention",
  "Technical",
  "VIP",
  "Overflow",
];

/** Every tenth queue has no scoring method, so that the default rules give it the lowest priority. */
const queueOf = (number: number) => ({
  id: queueId(number),
  name: `${names[number % names.length]} ${number}`,
  division: { id: "d0000001-0000-4000-8000-000000000001", name: "Home", selfUri: "/api/v2/authorization/divisions/d1" },
  dateCreated: "2025-06-01T08:00:00.000Z",
  memberCount: 10 + (number % 40),
  mediaSettings: {
    call: { enableAutoAnswer: false, alertingTimeoutSeconds: 8, serviceLevel: { percentage: 0.8, durationMs: 20_000 } },
  },
  ...(number % 10 === 0 ? {} : { scoringMethod: number % 7 === 0 ? "PriorityOnly" : "TimestampAndPriority" }),
  acwSettings: { wrapupPrompt: "MANDATORY_TIMEOUT", timeoutMs: 60_000 },
  skillEvaluationMethod: "BEST",
  selfUri: `/api/v2/routing/queues/${queueId(number)}`,
});

const userOf = (number: number) => ({
  id: userId(number),
  name: `Agent ${number}`,
  division: { id: "d0000001-0000-4000-8000-000000000001", name: "Home", selfUri: "/api/v2/authorization/divisions/d1" },
  department: names[number % names.length],
  email: `agent.${number}@example.com`,
  state: "active",
  username: `agent.${number}@example.com`,
  version: 7,
  selfUri: `/api/v2/users/${userId(number)}`,
});

const numbers = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, index) => index + 1);

export const organisation = (queues = 200, users = 500): Organisation => ({
  queues: numbers(queues).map(queueOf),
  users: new Map(numbers(users).map((number) => [userId(number), userOf(number)])),
});
