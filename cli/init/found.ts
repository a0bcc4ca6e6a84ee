import { EventBridgeClient, ListEventSourcesCommand } from "@aws-sdk/client-eventbridge";
import * as E from "fp-ts/lib/Either.js";
import { type GenesysClient, genesysClient } from "../../src/genesys/adapters/genesys-client.ts";
import { genesysQueues } from "../../src/genesys/adapters/genesys-queues.ts";
import { genesysTopics } from "../../src/genesys/adapters/genesys-topics.ts";
import { genesysDomainOf, genesysHosts } from "../../src/genesys/genesys-region.ts";
import { systemClock } from "../../src/time/adapters/system-clock.ts";

/* What is there already, to be offered. Whatever cannot be looked up is not offered, and the reason is said. */

export interface Found<A> {
  readonly offers: ReadonlyArray<A>;
  /** What was found, or why nothing could be; a line. */
  readonly told: string;
}

const awsVariables = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
];

const partnerPrefix = "aws.partner/genesys.com";

/** Genesys' partner event sources in the account, those first that wait for a bus. */
export const findPartnerSources = async (region: string, variables: NodeJS.ProcessEnv): Promise<Found<string>> => {
  if (!awsVariables.some((name) => variables[name] !== undefined))
    return { offers: [], told: "no AWS credentials in the environment: partner event sources were not looked up" };
  try {
    const client = new EventBridgeClient({ region, maxAttempts: 2 });
    const { EventSources } = await client.send(new ListEventSourcesCommand({ NamePrefix: partnerPrefix }));
    const sources = (EventSources ?? []).toSorted(
      (a, b) => Number(b.State === "PENDING") - Number(a.State === "PENDING"),
    );
    const offers = sources.flatMap(({ Name }) => Name ?? []);
    const waiting = sources.filter(({ State }) => State === "PENDING").length;
    return {
      offers,
      told: `${offers.length} partner event sources of Genesys in ${region}, ${waiting} of them waiting for a bus`,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    return { offers: [], told: `partner event sources cannot be listed: ${reason}` };
  }
};

const onEventBridge = new Set(["EventBridge", "All"]);

/** The topics that the organisation offers to EventBridge, and how many queues the OAuth client sees. */
export const lookIntoGenesys = async (client: GenesysClient): Promise<Found<string>> => {
  const [topics, queues] = [await genesysTopics(client).listTopics(), await genesysQueues(client).listQueues(1, 1)()];
  if (E.isLeft(topics)) return { offers: [], told: `Genesys' topics cannot be listed: ${topics.left._tag}` };
  const offers = [...topics.right.topics]
    .filter(([, by]) => by.some((each) => onEventBridge.has(each)))
    .map(([id]) => id);
  const seen = E.isRight(queues) ? `sees ${queues.right.total} queues` : "lacks routing:queue:view";
  return { offers, told: `Genesys offers ${offers.length} topics to EventBridge; the OAuth client ${seen}` };
};

/** A few requests of one person. */
const requestsPerMinute = 10;

/** The organisation of GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET, which are written nowhere. */
export const findInGenesys = async (region: string, variables: NodeJS.ProcessEnv): Promise<Found<string>> => {
  const [clientId, clientSecret] = [variables["GENESYS_CLIENT_ID"], variables["GENESYS_CLIENT_SECRET"]];
  const domain = genesysDomainOf(region);
  if (domain === undefined) return { offers: [], told: `${region} is no region of Genesys Cloud that is known here` };
  if (clientId === undefined || clientSecret === undefined)
    return {
      offers: [],
      told: "no GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET in the environment: topics were not looked up",
    };
  return lookIntoGenesys(
    genesysClient({
      hosts: genesysHosts(domain),
      credentials: async () => ({ clientId, clientSecret }),
      requestsPerMinute,
      clock: systemClock,
    }),
  );
};
