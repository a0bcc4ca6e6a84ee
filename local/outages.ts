import { awsError, type Fault, type Faults, type ServiceAnswer, type ServiceRequest } from "./gateway.ts";
import { type GenesysFaulty, genesysFaults } from "./genesys/genesys-faults.ts";
import { genesysError, tooManyRequests, unavailable } from "./genesys/local-genesys.ts";

/*
 * Outages that somebody can try: each a name, what it stands for, and the answer that its service then gives. Faults
 * are put around the models, so a model behaves the same with or without them.
 */

interface Outage {
  readonly describes: string;
  readonly answer: (request: ServiceRequest) => ServiceAnswer | undefined;
}

const isOf =
  (service: string) =>
  ({ operation }: ServiceRequest): boolean =>
    operation.startsWith(`${service}.`);

const instead =
  (concerns: (request: ServiceRequest) => boolean, answer: () => ServiceAnswer): Outage["answer"] =>
  (request) =>
    concerns(request) ? answer() : undefined;

const isToken = ({ path }: ServiceRequest): boolean => path.includes("/oauth/token");

const isGenesysApi = (request: ServiceRequest): boolean => isOf("genesys")(request) && !isToken(request);

const isCommand = ({ caller }: ServiceRequest): boolean => caller === "floodgate-command";

const denied = (request: ServiceRequest): ServiceAnswer => {
  const message = `User: arn:aws:iam::123456789012:user/you is not authorized to perform: ${request.operation}`;
  return isOf("s3")(request)
    ? { status: 403, body: `<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>` }
    : awsError(400, "AccessDeniedException", message);
};

const services = {
  "genesys-down": { describes: "Genesys answers 503", answer: instead(isOf("genesys"), unavailable) },
  "genesys-limited": { describes: "Genesys answers 429", answer: instead(isGenesysApi, () => tooManyRequests(30)) },
  "genesys-forbidden": {
    describes: "the OAuth client lacks routing:queue:view",
    answer: instead(isGenesysApi, () =>
      genesysError(
        403,
        "missing.any.permissions",
        "Unable to perform the requested action. You are missing the following permission(s): routing:queue:view",
      ),
    ),
  },
  "firehose-down": {
    describes: "Firehose answers 503",
    answer: instead(isOf("firehose"), () => awsError(503, "ServiceUnavailableException", "Slow down.")),
  },
  "dynamodb-down": {
    describes: "DynamoDB answers 500",
    answer: instead(isOf("dynamodb"), () => awsError(500, "InternalServerError", "The request failed.")),
  },
  "s3-down": {
    describes: "S3 answers 503",
    answer: instead(isOf("s3"), () => ({ status: 503, body: "<Error><Code>SlowDown</Code></Error>" })),
  },
  "commands-denied": {
    describes: "the person at the command line lacks permissions in AWS",
    answer: (request) => (isCommand(request) && !isOf("genesys")(request) ? denied(request) : undefined),
  },
} as const satisfies Readonly<Record<string, Outage>>;

/** Every outage that somebody can try, with what it stands for. */
export const outages = { ...services, ...genesysFaults };

export type OutageName = keyof typeof outages;

export const outageNames: ReadonlyArray<string> = Object.keys(outages);

export const isOutage = (name: string): name is OutageName => Object.hasOwn(outages, name);

/** The faults of the outages that are on at the time of a request; each run counts requests of its own. */
export const outageFaults = (active: ReadonlySet<OutageName>, now: () => number): Faults => {
  const asked = new Map<OutageName, number>();
  const faultOf = (name: OutageName, request: ServiceRequest): Fault | undefined => {
    const outage: Outage | GenesysFaulty = outages[name];
    if ("answer" in outage) {
      const answer = outage.answer(request);
      return answer === undefined ? undefined : { _tag: "Answer", answer };
    }
    if (!outage.concerns(request)) return undefined;
    const nth = asked.get(name) ?? 0;
    asked.set(name, nth + 1);
    return outage.fault(request, nth, now());
  };
  return (request) => {
    const changes: ((answer: ServiceAnswer) => ServiceAnswer)[] = [];
    for (const name of active) {
      const fault = faultOf(name, request);
      if (fault?._tag === "Change") changes.push(fault.change);
      else if (fault !== undefined) return fault;
    }
    if (changes.length === 0) return undefined;
    return { _tag: "Change", change: (answer) => changes.reduce((changed, change) => change(changed), answer) };
  };
};
