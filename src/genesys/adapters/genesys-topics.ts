import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import type { GenesysError } from "../genesys-error.ts";
import type { LeftOut } from "../left-out.ts";
import { VendorName } from "../vendor-text.ts";
import type { GenesysClient } from "./genesys-client.ts";
import { decodeEntities, Listing } from "./listing.ts";

/** `GET /api/v2/notifications/availabletopics` (SDK v259, AvailableTopicEntityListing); needs no permission. */
const TopicListing = Listing("TopicListing");

const AvailableTopic = t.intersection(
  [t.type({ id: VendorName }), t.partial({ transports: t.array(t.unknown) })],
  "AvailableTopic",
);

interface AvailableTopics {
  /** The topics that an organisation offers, with the transports of each; a topic's id is what a rule matches. */
  readonly topics: ReadonlyMap<string, ReadonlyArray<string>>;
  readonly leftOut: ReadonlyArray<LeftOut>;
}

interface GenesysTopics {
  readonly listTopics: TE.TaskEither<GenesysError, AvailableTopics>;
}

export const genesysTopics = (client: GenesysClient): GenesysTopics => ({
  listTopics: pipe(
    client.get("/api/v2/notifications/availabletopics?expand=transports", TopicListing),
    TE.map((listing) => {
      const { entities, leftOut } = decodeEntities(AvailableTopic, listing.entities);
      return {
        topics: new Map(entities.map(({ id, transports }) => [id, (transports ?? []).filter(t.string.is)])),
        leftOut,
      };
    }),
  ),
});
