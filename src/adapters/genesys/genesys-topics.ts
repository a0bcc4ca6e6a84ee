import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import type { GenesysError } from "../../domain/genesys-error.ts";
import type { GenesysClient } from "./genesys-client.ts";

/** `GET /api/v2/notifications/availabletopics` (SDK v259, AvailableTopicEntityListing); needs no permission. */
const TopicListing = t.type(
  { entities: t.array(t.intersection([t.type({ id: t.string }), t.partial({ transports: t.array(t.string) })])) },
  "TopicListing",
);

export interface GenesysTopics {
  /** The topics that an organisation offers, with the transports of each; a topic's id is what a rule matches. */
  readonly listTopics: TE.TaskEither<GenesysError, ReadonlyMap<string, ReadonlyArray<string>>>;
}

export const genesysTopics = (client: GenesysClient): GenesysTopics => ({
  listTopics: pipe(
    client.get("/api/v2/notifications/availabletopics?expand=transports", TopicListing),
    TE.map(({ entities }) => new Map(entities.map(({ id, transports }) => [id, transports ?? []]))),
  ),
});
