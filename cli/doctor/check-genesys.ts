import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as E from "fp-ts/lib/Either.js";
import { readSecret } from "../../src/aws/adapters/secret.ts";
import { credentialsForm, GenesysCredentials } from "../../src/genesys/adapters/access-token.ts";
import { type GenesysClient, genesysClient } from "../../src/genesys/adapters/genesys-client.ts";
import { genesysQueues } from "../../src/genesys/adapters/genesys-queues.ts";
import { genesysTopics } from "../../src/genesys/adapters/genesys-topics.ts";
import type { GenesysError } from "../../src/genesys/genesys-error.ts";
import { genesysHosts, isGenesysDomain } from "../../src/genesys/genesys-region.ts";
import { systemClock } from "../../src/time/adapters/system-clock.ts";
import { namesOfLeftOut } from "../map/left-out.ts";
import { clientSettings, type StackOutputs } from "../stack/stack-outputs.ts";
import { type Finding, ok, problem, problemOf, skipped, warning } from "./check.ts";

const credentialsCheck = "Genesys credentials";
const permissionCheck = "Genesys permission";
const topicsCheck = "topics";

/** A few requests of one person; the pipeline keeps its own count. */
const requestsPerMinute = 10;

const isLoopback = (url: string): boolean => {
  try {
    return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
  } catch {
    return false;
  }
};

/**
 * Why the credentials may not go where the outputs say: an outputs file is a text that somebody may have sent. A URL
 * stands only beside a cloud of this machine, which has made the file; a deployed stack has one of Genesys' own domains.
 */
const untrusted = ({ genesysUrl, genesysDomain, endpoint }: StackOutputs): string | undefined => {
  if (genesysUrl !== undefined) {
    return endpoint !== undefined && isLoopback(endpoint) ? undefined : `the outputs name ${genesysUrl} as Genesys`;
  }
  return isGenesysDomain(genesysDomain) ? undefined : `${genesysDomain} is no domain of Genesys Cloud`;
};

const connect = (outputs: StackOutputs, credentials: GenesysCredentials): GenesysClient =>
  genesysClient({
    hosts:
      outputs.genesysUrl === undefined
        ? genesysHosts(outputs.genesysDomain)
        : { login: outputs.genesysUrl, api: outputs.genesysUrl },
    credentials: async () => credentials,
    requestsPerMinute,
    clock: systemClock,
  });

const isAboutCredentials = (error: GenesysError): boolean =>
  error._tag === "GenesysRefused" && (error.code === "invalid_client" || error.status === 401);

const problemIn = (check: string, error: GenesysError): Finding => {
  switch (error._tag) {
    case "GenesysRateLimited":
      return warning(
        check,
        `Genesys wants ${error.retryAfterSeconds} s without requests`,
        "Run doctor again then. If it happens often, something else uses the same OAuth client: give Floodgate its own.",
      );
    case "GenesysUnavailable":
      return problem(
        check,
        `Genesys does not answer: ${error.reason}`,
        "Check floodgate:genesys.region against your organisation's domain, the network, and https://status.mypurecloud.com.",
      );
    case "GenesysUnreadable":
      return problem(
        check,
        `Genesys answered something undocumented: ${error.reason}`,
        "Is floodgate:genesys.region a Genesys Cloud domain, without a proxy that changes answers?",
      );
    case "GenesysRefused":
      return isAboutCredentials(error)
        ? problem(
            check,
            `Genesys refuses the client id or secret (${error.status} ${error.code})`,
            "Copy both from Admin > Integrations > OAuth, and set floodgate:genesys.clientId and --secret clientSecret; check the region too.",
          )
        : problem(
            check,
            `Genesys answered ${error.status} ${error.code}: ${error.message}`,
            "Give the OAuth client a role with routing:queue:view, in every division whose queues matter.",
          );
  }
};

const permissionOf = (total: number): Finding =>
  total === 0
    ? warning(
        permissionCheck,
        "the OAuth client sees no queue",
        "Its role has to have routing:queue:view in the queues' divisions: Admin > OAuth > Roles, column Divisions.",
      )
    : ok(permissionCheck, `routing:queue:view; ${total} queues in sight`);

const reportIt = "Please report the field that is named, with the organisation's region.";

const onEventBridge = "EventBridge";

/** The topics of the configuration that the organisation does not offer to EventBridge. */
const checkTopics = async (client: GenesysClient, wanted: ReadonlyArray<string>): Promise<Finding> => {
  const listed = await genesysTopics(client).listTopics();
  if (E.isLeft(listed)) return problemIn(topicsCheck, listed.left);
  const offered = new Set(
    [...listed.right.topics]
      .filter(([, transports]) => transports.some((transport) => transport === onEventBridge || transport === "All"))
      .map(([id]) => id),
  );
  const { leftOut } = listed.right;
  const missing = wanted.filter((topic) => !offered.has(topic));
  if (missing.length === 0 && leftOut.length > 0) {
    return warning(topicsCheck, `not as documented, and left out: ${namesOfLeftOut(leftOut)}`, reportIt);
  }
  if (missing.length === 0) {
    const own = wanted.length === 0 ? "all are taken" : `all ${wanted.length} configured ones among them`;
    return ok(topicsCheck, `${offered.size} topics on the EventBridge transport, ${own}`);
  }
  return problem(
    topicsCheck,
    `not offered on the EventBridge transport: ${missing.join(", ")}`,
    "Correct floodgate:topics: each has to be a topic's template, with {id} written out as it is.",
  );
};

const notTried = (...checks: ReadonlyArray<string>): ReadonlyArray<Finding> =>
  checks.map((check) => skipped(check, "cannot be looked at without a token"));

const checkApi = async (client: GenesysClient, outputs: StackOutputs): Promise<ReadonlyArray<Finding>> => {
  const listed = await genesysQueues(client).listQueues(1, 1)();
  if (E.isLeft(listed) && (listed.left._tag !== "GenesysRefused" || isAboutCredentials(listed.left))) {
    return [problemIn(credentialsCheck, listed.left), ...notTried(permissionCheck, topicsCheck)];
  }
  return [
    ok(credentialsCheck, `${outputs.genesysUrl ?? outputs.genesysDomain} gives a token`),
    E.isLeft(listed) ? problemIn(permissionCheck, listed.left) : permissionOf(listed.right.total),
    await checkTopics(client, outputs.topics),
  ];
};

/** Token, permission and topics, with the stack's own OAuth client. */
export const checkGenesys = async (outputs: StackOutputs): Promise<ReadonlyArray<Finding>> => {
  if (outputs.genesysSecretArn === "") {
    const why = "the stack has no Genesys organisation: no enrichment, no priority map";
    return [credentialsCheck, permissionCheck, topicsCheck].map((check) => skipped(check, why));
  }
  const reason = untrusted(outputs);
  if (reason !== undefined) {
    const advice = "Nothing was sent there. Take the outputs from the stack itself: --stack NAME.";
    return [problem(credentialsCheck, reason, advice), ...notTried(permissionCheck, topicsCheck)];
  }
  const secrets = new SecretsManagerClient(clientSettings(outputs));
  try {
    const credentials = await readSecret(secrets, outputs.genesysSecretArn, GenesysCredentials, credentialsForm)();
    return await checkApi(connect(outputs, credentials), outputs);
  } catch (error) {
    const advice =
      'The secret has to be {"clientId": "...", "clientSecret": "..."}; see docs/connect-genesys.md, step 2.';
    return [problemOf(credentialsCheck, error, advice), ...notTried(permissionCheck, topicsCheck)];
  }
};
