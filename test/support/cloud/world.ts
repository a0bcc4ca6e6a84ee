import { encodePage, type MapPage } from "../../../src/priorities/priority-map.ts";
import { type Answer, type Call, failure, ok } from "./answering-cloud.ts";

export const now = Date.UTC(2026, 0, 5, 9);
const minute = 60_000;
const day = 24 * 60 * minute;
const iso = (at: number): string => new Date(at).toISOString();

export const partner = "aws.partner/genesys.com/cloud/organisation/suffix";
export const topics = ["acd.start", "acd.end"].map((type) => `v2.detail.events.conversation.{id}.${type}`);

/** What a stack has, for a cloud that only answers; what is left out is not there. */
export interface World {
  readonly mapping?: string;
  readonly source?: object;
  readonly arrival?: string;
  readonly map?: MapPage & { readonly checkedAt: number };
  /** In the place of `map` once a refresh was started. */
  readonly refreshed?: NonNullable<World["map"]>;
  readonly breakers?: ReadonlyArray<string>;
  readonly denied?: ReadonlyArray<string>;
  readonly topics?: ReadonlyArray<object>;
  readonly queues?: number;
  readonly execution?: object;
  readonly metrics?: Readonly<Record<string, ReadonlyArray<number>>>;
  readonly account?: object;
}

const n = (value: number) => ({ N: String(value) });

const pointerItem = ({ queues, checkedAt }: NonNullable<World["map"]>) => ({
  version: { S: "published" },
  page: n(0),
  pointsTo: { S: "v-1" },
  pages: n(1),
  queueCount: n(queues.length),
  contentHash: { S: "hash" },
  publishedAt: { S: iso(checkedAt) },
  checkedAt: { S: iso(checkedAt) },
});

const itemOf = (world: World, key: string): object | undefined => {
  if (key.includes('"published"')) return world.map === undefined ? undefined : pointerItem(world.map);
  if (key.includes("arrival#last")) return world.arrival === undefined ? undefined : { last: { S: world.arrival } };
  const name = world.breakers?.find((each) => key.includes(`breaker#${each}`));
  if (name === undefined) return undefined;
  return {
    openedAt: { S: iso(now - 5 * minute) },
    reason: { S: `reason of ${name}` },
    by: { S: `who opened ${name}` },
  };
};

const pageItems = (world: World): ReadonlyArray<object> => {
  if (world.map === undefined) return [];
  const { queues, leftOut } = encodePage(world.map);
  return [{ version: { S: "v-1" }, page: n(1), queues: { S: queues }, leftOut: { S: leftOut } }];
};

export const answerOf = (world: World, { operation, input }: Call): Answer => {
  if (world.denied?.some((each) => operation.startsWith(each)) === true)
    return failure(400, "AccessDeniedException", `not authorized to perform ${operation.split(" ")[0]}`);
  switch (operation) {
    case "GetItem": {
      const Item = itemOf(world, JSON.stringify(input["Key"]));
      return ok(Item === undefined ? {} : { Item });
    }
    case "Query":
      return ok({ Items: input["TableName"] === "queue-priorities" ? pageItems(world) : [], Count: 3 });
    case "GetQueueAttributes":
      return ok({ Attributes: { ApproximateNumberOfMessages: "1234", ApproximateNumberOfMessagesNotVisible: "56" } });
    case "GetMetricData":
      return ok({
        MetricDataResults: Object.entries(world.metrics ?? {}).map(([Id, Values]) => ({ Id, Values })),
      });
    case "DescribeEventSource":
      return ok(world.source);
    case "GetSecretValue":
      return ok({ SecretString: JSON.stringify({ clientId: "id", clientSecret: "secret" }) });
    case "StartSyncExecution":
      return ok({ executionArn: "arn", startDate: 1, stopDate: 2, ...world.execution });
    case "DescribeReplay":
      return ok({ State: "COMPLETED" });
    case "POST /oauth/token":
      return ok({ access_token: "token", expires_in: 86_399, token_type: "bearer" });
    default:
  }
  if (operation.includes("event-source-mappings")) return ok({ State: world.mapping });
  if (operation.includes("account-settings")) return ok(world.account);
  if (operation.includes("/routing/queues")) return ok({ entities: [], total: world.queues ?? 0, pageNumber: 1 });
  if (operation.includes("/availabletopics")) return ok({ entities: world.topics });
  return operation.startsWith("GET /") ? { status: 200, body: "<ListBucketResult/>" } : ok({});
};

const offered = topics.map((id) => ({ id, transports: ["EventBridge"] }));
export const queue = (id: string, name: string, priority: number, rule: number) => ({ id, name, priority, rule });
export const mapOf = (...queues: MapPage["queues"]) => ({ queues, leftOut: [], checkedAt: now - 10 * minute });

const map = mapOf(queue("q-1", "VIP", 10, 1), queue("q-2", "Sales", 3, 2), queue("q-3", "Other", 1, 0));

export const healthy: World = {
  mapping: "Enabled",
  source: { Name: partner, State: "ACTIVE" },
  arrival: iso(now - minute),
  map,
  topics: offered,
  queues: 3,
  metrics: {
    age: [12],
    delivered: [5_000, 2_500],
    duplicates: [25],
    parked: [10],
    parked_malformed: [10],
    admitted: [4_000],
    lowpriority: [100],
    ratelimited: [50],
  },
};

export const sick: World = {
  ...healthy,
  mapping: "Disabled",
  source: { Name: partner, State: "ACTIVE", ExpirationTime: now / 1_000 + 3_600 },
  arrival: iso(now - 2 * day),
  map: { ...map, checkedAt: now - 8 * day },
  topics: [
    { id: topics[0], transports: ["Websocket"] },
    { id: topics[1], transports: ["All"] },
  ],
  queues: 0,
  breakers: ["sink", "genesys"],
  metrics: { age: [15 * 24 * 3_600] },
};
