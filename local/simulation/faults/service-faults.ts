import * as t from "io-ts";
import {
  answered,
  awsError,
  type Fault,
  jsonAnswer,
  type ServiceAnswer,
  type ServiceRequest,
  s3Error,
} from "../../service.ts";
import { parseJson } from "../../text.ts";
import { type FaultKind, of, onRequests, outageOf } from "../scene.ts";

/* What AWS's services do to the requests of functions. Commands are left alone: a person sees an error, and calls again. */

const throttled = awsError(400, "ThrottlingException", "Rate exceeded.");
const internal = awsError(500, "InternalServerError", "The request failed.");
const slowDown = s3Error(503, "SlowDown", "Reduce your request rate.");

const lost: Fault = { _tag: "LoseAnswer" };

const BatchRequest = t.type({ RequestItems: t.UnknownRecord });
const BatchGetAnswer = t.type({ Responses: t.record(t.string, t.array(t.UnknownRecord)) });

/** A batch of which DynamoDB did nothing. */
const unprocessed = ({ operation, body }: ServiceRequest): Fault | undefined => {
  const input = parseJson(body.toString("utf8"));
  if (!BatchRequest.is(input)) return undefined;
  if (operation === "dynamodb.BatchWriteItem")
    return answered(jsonAnswer(200, { UnprocessedItems: input.RequestItems }));
  const Responses = Object.fromEntries(Object.keys(input.RequestItems).map((table) => [table, []]));
  return answered(jsonAnswer(200, { Responses, UnprocessedKeys: input.RequestItems }));
};

/** A batch of reads that is answered as if nothing of it had been reached. */
const unread = (request: ServiceRequest): Fault | undefined => {
  const input = parseJson(request.body.toString("utf8"));
  if (request.operation !== "dynamodb.BatchGetItem" || !BatchRequest.is(input)) return undefined;
  const change = (answer: ServiceAnswer): ServiceAnswer => {
    const found = parseJson(String(answer.body));
    if (answer.status !== 200 || !BatchGetAnswer.is(found)) return answer;
    const Responses = Object.fromEntries(Object.keys(found.Responses).map((table) => [table, []]));
    return jsonAnswer(200, { Responses, UnprocessedKeys: input.RequestItems });
  };
  return { _tag: "Change", change };
};

const Records = t.type({ Records: t.array(t.type({ Data: t.string })) });
const conversation = /"conversationId":"([^"]+)"/;

/** Which conversations a call to Firehose is about. */
const conversationsIn = ({ body }: ServiceRequest): ReadonlyArray<string> => {
  const input = parseJson(body.toString("utf8"));
  if (!Records.is(input)) return [];
  return input.Records.flatMap(
    ({ Data }) => conversation.exec(Buffer.from(Data, "base64").toString("utf8"))?.[1] ?? [],
  );
};

/** A process dies of some messages, whenever it takes one of them. */
const poison: FaultKind = {
  describes: "a message kills each process that takes it, before or after it is handed over",
  most: 0.1,
  install: ({ onRequest, isOver, random }, chance) => {
    const poisons = new Map<string, Fault | undefined>();
    const poisonOf = (id: string): Fault | undefined => {
      if (!poisons.has(id)) {
        poisons.set(id, chance() ? { _tag: "Crash", when: random() < 0.5 ? "before" : "after" } : undefined);
      }
      return poisons.get(id);
    };
    onRequest((request) => {
      if (isOver() || !of("firehose.PutRecordBatch")(request)) return undefined;
      return conversationsIn(request)
        .map(poisonOf)
        .find((fault) => fault !== undefined);
    });
  },
};

export const serviceFaults: Readonly<Record<string, FaultKind>> = {
  "dynamodb-throttles": onRequests("DynamoDB throttles requests", of("dynamodb."), () => answered(throttled)),
  "dynamodb-fails": onRequests("DynamoDB answers 500", of("dynamodb."), () => answered(internal)),
  "dynamodb-loses-answers": onRequests("DynamoDB's answer is lost after it has acted", of("dynamodb."), () => lost),
  "dynamodb-leaves-batches": onRequests(
    "DynamoDB leaves a batch unprocessed",
    of("dynamodb.BatchWriteItem", "dynamodb.BatchGetItem"),
    unprocessed,
  ),
  "dynamodb-leaves-reads": onRequests(
    "DynamoDB answers a batch of reads without the items",
    of("dynamodb.BatchGetItem"),
    unread,
  ),
  "s3-slows-down": onRequests("S3 answers 503", of("s3."), () => answered(slowDown)),
  "s3-loses-answers": onRequests("S3's answer is lost after it has acted", of("s3."), () => lost),
  "secrets-fail": onRequests("Secrets Manager answers 500", of("secretsmanager."), () => answered(internal)),
  "firehose-refuses-calls": onRequests(
    "Firehose answers 503",
    of("firehose."),
    () => answered(awsError(503, "ServiceUnavailableException", "Slow down.")),
    0.7,
  ),
  "firehose-down": outageOf(
    onRequests("", of("firehose."), () => answered(awsError(503, "ServiceUnavailableException", "Slow down."))),
    "Firehose answers 503 to everything",
  ),
  "dynamodb-down": outageOf(
    onRequests("", of("dynamodb."), () => answered(internal)),
    "DynamoDB answers 500 to everything",
  ),
  "firehose-throttles-calls": onRequests(
    "Firehose throttles calls",
    of("firehose."),
    () => answered(awsError(400, "LimitExceededException", "Slow down.")),
    0.5,
  ),
  "firehose-loses-answers": onRequests(
    "Firehose's answer is lost after it has taken records",
    of("firehose."),
    () => lost,
  ),
  "firehose-refuses-records": {
    describes: "Firehose refuses some records of a call",
    most: 0.6,
    install: ({ cloud, random }, chance) => {
      for (const stream of cloud.streams.values()) {
        stream.refuse = () => {
          if (!chance()) return undefined;
          const ErrorCode = random() < 0.5 ? "ServiceUnavailableException" : "InternalFailure";
          return { ErrorCode, ErrorMessage: "Slow down." };
        };
      }
    },
  },
  "poison-messages": poison,
  "process-dies": onRequests(
    "a function's process dies before or after a call",
    of("dynamodb.", "s3.", "firehose.", "secretsmanager."),
    (_, { random }) => ({ _tag: "Crash", when: random() < 0.5 ? "before" : "after" }),
    0.1,
  ),
  "process-hangs": onRequests(
    "a call of a function is never answered, so that its time runs out",
    of("dynamodb.", "s3.", "firehose."),
    () => ({ _tag: "Stall" }),
    0.05,
  ),
};
