import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type * as t from "io-ts";
import type { GenesysQueues, QueuePage } from "../ports.ts";
import { Queue } from "../queue.ts";
import type { GenesysClient } from "./genesys-client.ts";
import { countOf, decodeEntities, Listing } from "./listing.ts";

/** `GET /api/v2/routing/queues` (SDK v259, QueueEntityListing). */
const QueueListing = Listing("QueueListing");

/**
 * Where a listing does not say how long it is, what has been seen so far counts, and a full page means another one; where
 * it says 0 pages but has a total, the total counts.
 */
const toPage = (listing: t.TypeOf<typeof QueueListing>, page: number, pageSize: number): QueuePage => {
  const { entities, leftOut } = decodeEntities(Queue, listing.entities);
  const seen = (page - 1) * pageSize + listing.entities.length;
  const isFull = listing.entities.length >= pageSize;
  const total = countOf(listing.total);
  const pages = [countOf(listing.pageCount) ?? 0, Math.ceil((total ?? seen) / pageSize)];
  if (total === undefined && countOf(listing.pageCount) === undefined && isFull) pages.push(page + 1);
  return { entities, leftOut, total: total ?? seen, pageCount: Math.max(...pages) };
};

export const genesysQueues = (client: GenesysClient): GenesysQueues => ({
  listQueues: (page, pageSize) =>
    pipe(
      client.get(`/api/v2/routing/queues?pageSize=${pageSize}&pageNumber=${page}&sortOrder=asc`, QueueListing),
      TE.map((listing) => toPage(listing, page, pageSize)),
    ),
});
