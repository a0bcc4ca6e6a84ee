import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { Queue } from "../../domain/queue.ts";
import type { GenesysQueues } from "../../ports/genesys.ts";
import type { GenesysClient } from "./genesys-client.ts";

/** `GET /api/v2/routing/queues` (SDK v259, QueueEntityListing). */
const QueueListing = t.type({ entities: t.array(Queue), total: t.number, pageCount: t.number }, "QueueListing");

export const genesysQueues = (client: GenesysClient): GenesysQueues => ({
  listQueues: (page, pageSize) =>
    pipe(
      client.get(`/api/v2/routing/queues?pageSize=${pageSize}&pageNumber=${page}&sortOrder=asc`, QueueListing),
      TE.map(({ entities, total, pageCount }) => ({ queues: entities, total, pageCount })),
    ),
});
