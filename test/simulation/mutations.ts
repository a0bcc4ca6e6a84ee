import * as t from "io-ts";
import type { Cloud } from "../../local/cloud.ts";
import { genesysOperation } from "../../local/gateway-requests.ts";
import { jsonAnswer, xmlAnswer } from "../../local/service.ts";
import type { Mutation } from "../../local/simulation/simulation.ts";
import {
  calls,
  changeAnswers,
  changeFunction,
  changeJson,
  changeResource,
  changeState,
  changeTableRequests,
  forgetRequests,
} from "./mutate-wiring.ts";

/** A mistake that systems like this one really have, and the first seed by which the judge notices it. */
interface PlantedMistake {
  readonly does: string;
  readonly mutation: Mutation;
  readonly seed: number;
  /** A later seed that notices it sooner, for everyday runs. */
  readonly quick?: number;
}

const Records = t.type({ records: t.array(t.type({ result: t.string, data: t.string })) });
const Failed = t.type({ RequestResponses: t.array(t.UnknownRecord) });
const Attempt = /\.[1-9]\d*\.jsonl\.gz/;

/** A condition that always holds; every name and value of it still has to be used. */
const withoutCondition = (input: Readonly<Record<string, unknown>>) =>
  typeof input["ConditionExpression"] === "string"
    ? { ...input, ConditionExpression: `(${input["ConditionExpression"]}) OR attribute_not_exists(neverThere)` }
    : input;

const changeRecords = (change: (record: t.TypeOf<typeof Records>["records"][number]) => object): Mutation =>
  changeFunction("transform-records", async (own, event, context) => {
    const answer = await own(event, context);
    return Records.is(answer)
      ? { ...answer, records: answer.records.map((each) => ({ ...each, ...change(each) })) }
      : answer;
  });

const textOf = (data: string): string => Buffer.from(data, "base64").toString("utf8");
const dataOf = (text: string): string => Buffer.from(text).toString("base64");

const responses = (
  change: (each: ReadonlyArray<Readonly<Record<string, unknown>>>) => ReadonlyArray<unknown>,
): Mutation =>
  changeJson(calls("firehose.PutRecordBatch"), (body) => {
    if (!Failed.is(body)) return body;
    const RequestResponses = change(body.RequestResponses);
    const isFailed = (each: unknown): boolean => t.type({ ErrorCode: t.string }).is(each);
    return { ...body, RequestResponses, FailedPutCount: RequestResponses.filter(isFailed).length };
  });

const Sink = t.type({ Item: t.type({ canary: t.type({ S: t.string }) }) });
const Chunk = t.type({
  Item: t.type({ attempt: t.type({ N: t.string }), status: t.type({ S: t.literal("retrying") }) }),
});
const Planned = t.type({ chunks: t.array(t.UnknownRecord) });

/** Adds the canary of an open breaker to what is started in a minute, whenever it is due. */
const canaryAtOnce = (): Mutation => {
  let cloud: Cloud | undefined;
  const itemOf = (chunkId: string) =>
    cloud?.tables.call("GetItem", { TableName: "failed-events", Key: { chunkId: { S: chunkId } } });
  const { load } = changeFunction("plan-redrive", async (own, event, context) => {
    const planned = await own(event, context);
    const sink = await itemOf("breaker#sink");
    if (!Planned.is(planned) || !Sink.is(sink)) return planned;
    const chunkId = sink.Item.canary.S;
    const chunk = await itemOf(chunkId);
    if (!Chunk.is(chunk) || planned.chunks.length > 0) return planned;
    return { ...planned, chunks: [{ chunkId, attempt: Number(chunk.Item.attempt.N), delaySeconds: 0 }] };
  });
  const wire = (of: Cloud): void => {
    cloud = of;
  };
  return { ...(load === undefined ? {} : { load }), wire };
};

const isUsers = calls(genesysOperation, "/api/v2/users");
const Entities = t.type({ entities: t.array(t.UnknownRecord) });

export const mutations: Readonly<Record<string, PlantedMistake>> = {
  "failures of a batch swallowed": {
    does: "process-batch answers that all is well, whatever failed",
    seed: 3,
    quick: 80,
    mutation: changeFunction("process-batch", async (own, event, context) => {
      await own(event, context);
      return { batchItemFailures: [] };
    }),
  },
  "partial batch failures not reported": {
    does: "the event source mapping does not ask which messages failed",
    seed: 3,
    mutation: changeResource("buffer", ":EventSourceMapping", (inputs) => ({
      ...inputs,
      functionResponseTypes: [],
    })),
  },
  "dead letters forgotten": {
    does: "park-dead-letters takes messages and parks none",
    seed: 9,
    quick: 18,
    mutation: changeFunction("park-dead-letters", async () => ({ batchItemFailures: [] })),
  },
  "line encoded again": {
    does: "the transform parses each line and writes it anew",
    seed: 1,
    quick: 17,
    mutation: changeRecords(({ data }) => ({ data: dataOf(`${JSON.stringify(JSON.parse(textOf(data)))}\n`) })),
  },
  "excess thrown away": {
    does: "the transform drops what is to be set aside",
    seed: 2,
    quick: 17,
    mutation: changeRecords(({ data, result }) =>
      textOf(data).includes('"excess":') ? { result: "Dropped" } : { result },
    ),
  },
  "failed record dropped": {
    does: "the transform answers Dropped for every second record",
    seed: 1,
    quick: 17,
    mutation: changeRecords(({ data, result }) => (data.length % 2 === 0 ? { result: "Dropped" } : { result })),
  },
  "a retry that parks into its own chunk": {
    does: "what is left of a chunk is written over the chunk's own object, which is then deleted",
    seed: 1,
    quick: 63,
    mutation: {
      wire: ({ objects }) => {
        const own = (key: string): string => (key.startsWith("failed/") ? key.replace(Attempt, ".0.jsonl.gz") : key);
        const [put, get, remove] = [objects.put.bind(objects), objects.get.bind(objects), objects.delete.bind(objects)];
        objects.put = (bucket, key, body) => put(bucket, own(key), body);
        objects.get = (bucket, key) => get(bucket, own(key));
        objects.delete = (bucket, key) => remove(bucket, own(key));
      },
    },
  },
  "remainder not written": {
    does: "what is left of a chunk is not stored before the chunk points to it",
    seed: 1,
    quick: 39,
    mutation: forgetRequests(
      (request) => calls("s3.PutObject", "failed/")(request) && Attempt.test(request.path),
      xmlAnswer(200, ""),
    ),
  },
  "failed events not stored": {
    does: "failed events are not stored, and their messages deleted",
    seed: 1,
    quick: 50,
    mutation: forgetRequests(calls("s3.PutObject", "failed/"), xmlAnswer(200, "")),
  },
  "chunk not in the index": {
    does: "the object of a chunk is written, its item in the table is not",
    seed: 1,
    quick: 50,
    mutation: forgetRequests(calls("dynamodb.PutItem", "failed-events")),
  },
  "a lease not checked": {
    does: "an execution takes a chunk that another one has",
    seed: 1,
    quick: 73,
    mutation: changeTableRequests("UpdateItem", "failed-events", withoutCondition),
  },
  "decisions overwritten": {
    does: "two who decide about the same minute write the same item of the log",
    seed: 5,
    mutation: changeTableRequests("PutItem", "admission-log", withoutCondition),
  },
  "a lost condition taken for success": {
    does: "whoever loses the race for an item of the log goes on as if he had won",
    seed: 115,
    mutation: changeJson(calls("dynamodb.PutItem", "admission-log"), (body) =>
      String(body["__type"]).includes("ConditionalCheckFailed") ? {} : body,
    ),
  },
  "unprocessed items taken for written": {
    does: "what DynamoDB left of a batch is taken for written",
    seed: 13,
    mutation: changeJson(calls("dynamodb.BatchWriteItem"), (body) =>
      "UnprocessedItems" in body ? { ...body, UnprocessedItems: {} } : body,
    ),
  },
  "unread keys taken for missing": {
    does: "what DynamoDB left unread is taken for not there",
    seed: 13,
    mutation: changeJson(calls("dynamodb.BatchGetItem"), (body) =>
      "UnprocessedKeys" in body ? { ...body, UnprocessedKeys: {} } : body,
    ),
  },
  "deliveries not looked up": {
    does: "nobody looks whether an event was delivered before",
    seed: 4,
    mutation: changeJson(calls("dynamodb.BatchGetItem", "deliveries"), (body) =>
      "Responses" in body ? { ...body, Responses: {} } : body,
    ),
  },
  "deliveries not noted": {
    does: "nobody notes that an event was delivered",
    seed: 4,
    mutation: forgetRequests(calls("dynamodb.BatchWriteItem", "deliveries"), jsonAnswer(200, { UnprocessedItems: {} })),
  },
  "partial failure overlooked": {
    does: "a call to Firehose that took some records counts as one that took all",
    seed: 8,
    mutation: responses((each) => each.map(() => ({ RecordId: "r" }))),
  },
  "partial failure taken for a whole one": {
    does: "a call to Firehose that took some records is made again with all of them",
    seed: 144,
    mutation: responses((each) =>
      each.some((one) => "ErrorCode" in one) ? each.map(() => ({ ErrorCode: "ServiceUnavailableException" })) : each,
    ),
  },
  "answers in another order": {
    does: "what Firehose says of the last record is taken for what it says of the first",
    seed: 26,
    mutation: responses((each) => each.toReversed()),
  },
  "somebody else's name": {
    does: "users are taken in the order in which they were asked for, not by their id",
    seed: 1,
    quick: 17,
    mutation: changeJson(isUsers, (body) => {
      if (!Entities.is(body)) return body;
      const names = body.entities.map(({ name }) => name);
      return {
        ...body,
        entities: body.entities.map((user, index) => ({ ...user, name: names[(index + 1) % names.length] })),
      };
    }),
  },
  "an outage taken for an answer": {
    does: "a failure of Genesys is taken for an answer without users",
    seed: 1,
    quick: 73,
    mutation: changeAnswers(isUsers, (answer) => (answer.status >= 429 ? jsonAnswer(200, { entities: [] }) : answer)),
  },
  "a canary tried early": {
    does: "while nothing gets through, the one event that shows when it does again is tried at once",
    seed: 3,
    mutation: canaryAtOnce(),
  },
  "mapping not resumed": {
    does: "the flow stays off when everything gets through again",
    seed: 3,
    mutation: changeState("redrive-failed-events", "ResumeMapping", () => ({ Type: "Pass", Next: "StartEach" })),
  },
  "nobody comes back": {
    does: "redrive-failed-events has no schedule",
    seed: 1,
    quick: 64,
    mutation: changeResource("redrive-failed-events", ":Schedule", () => undefined),
  },
  "chunks not started": {
    does: "redrive-failed-events finds chunks that are due, and starts none",
    seed: 1,
    mutation: changeState("redrive-failed-events", "StartEach", () => ({ Type: "Pass", Next: "Redriven" })),
  },
  "page not stored": {
    does: "a refresh goes on without a page that it could not store",
    seed: 1,
    quick: 17,
    mutation: changeState("refresh-queue-priorities", "StorePage", () => ({ Type: "Pass", Next: "MorePagesOrReview" })),
  },
  "map never looked at": {
    does: "refresh-queue-priorities has no schedule",
    seed: 1,
    quick: 17,
    mutation: changeResource("refresh-queue-priorities", ":Schedule", () => undefined),
  },
};
