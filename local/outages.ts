import { genesysFaults, genesysOutages } from "./genesys/genesys-faults.ts";
import {
  answered,
  awsError,
  type Fault,
  type Faults,
  type Outage,
  type ServiceAnswer,
  type ServiceRequest,
  s3Error,
} from "./service.ts";

/*
 * Outages that somebody can try: each a name, what it stands for, and the answer that its service then gives. Faults
 * are put around the models, so a model behaves the same with or without them.
 */

const isOf =
  (service: string) =>
  ({ operation }: ServiceRequest): boolean =>
    operation.startsWith(`${service}.`);

const denied = (request: ServiceRequest): ServiceAnswer => {
  const message = `User: arn:aws:iam::123456789012:user/you is not authorized to perform: ${request.operation}`;
  return isOf("s3")(request) ? s3Error(403, "AccessDenied", message) : awsError(400, "AccessDeniedException", message);
};

const services = {
  "firehose-down": {
    describes: "Firehose answers 503",
    effect: "Events wait in the buffer.",
    concerns: isOf("firehose"),
    fault: () => answered(awsError(503, "ServiceUnavailableException", "Slow down.")),
  },
  "dynamodb-down": {
    describes: "DynamoDB answers 500",
    effect: "Reading stops; events wait in the buffer.",
    concerns: isOf("dynamodb"),
    fault: () => answered(awsError(500, "InternalServerError", "The request failed.")),
  },
  "s3-down": {
    describes: "S3 answers 503",
    effect: "What fails cannot be kept and waits in the buffer; all others pass.",
    concerns: isOf("s3"),
    fault: () => answered(s3Error(503, "SlowDown", "Reduce your request rate.")),
  },
  "commands-denied": {
    describes: "Your commands are denied by AWS",
    effect: "Your commands say which permission is missing; events flow.",
    concerns: (request) => request.caller === "floodgate-command" && !isOf("genesys")(request),
    fault: (request) => answered(denied(request)),
  },
} as const satisfies Readonly<Record<string, Outage>>;

/** Every outage that somebody can try, with what it stands for. */
export const outages = { ...genesysOutages, ...services, ...genesysFaults };

export type OutageName = keyof typeof outages;

export const outageNames: ReadonlyArray<string> = Object.keys(outages);

export const isOutage = (name: string): name is OutageName => Object.hasOwn(outages, name);

/** The faults of the outages that are on at the time of a request; each run counts requests of its own. */
export const outageFaults = (active: ReadonlySet<OutageName>, now: () => number): Faults => {
  const asked = new Map<OutageName, number>();
  const faultOf = (name: OutageName, request: ServiceRequest): Fault | undefined => {
    const outage: Outage = outages[name];
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
