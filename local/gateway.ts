import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Arrival, inStableOrder } from "./arrival.ts";
import type { Clock } from "./clock.ts";
import { answerForeign, credentialOf, isForeign, readBody } from "./gateway-access.ts";
import type { Functions } from "./models/functions.ts";
import { ObjectNameError } from "./models/objects.ts";
import { genesysOperation, operationOf } from "./operation-of.ts";
import { resourcesOf } from "./resources-of.ts";

/*
 * The one HTTP server that stands for AWS. It accepts exactly the operations that it was given a model for and answers
 * 501 to any other. In virtual time a request waits until nothing else can happen any more; then all that arrived are
 * taken in an order that does not depend on the machine, after the latency of their service, one by one. So the same
 * seed gives the same run.
 */

export interface ServiceRequest {
  /** `dynamodb.PutItem`, `s3.PutObject`, ... */
  readonly operation: string;
  /** The access key id: which container, or which command, is asking. */
  readonly caller: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export type Operation = (request: ServiceRequest) => ServiceAnswer | Promise<ServiceAnswer>;

/**
 * What a fault does to a request: `answer` instead of the model, `change` what it answers, `lose` the answer after the model
 * has acted, or end the caller before or after it has.
 */
export type Fault =
  | { readonly _tag: "Answer"; readonly answer: ServiceAnswer }
  | { readonly _tag: "Change"; readonly change: (answer: ServiceAnswer) => ServiceAnswer }
  | { readonly _tag: "LoseAnswer" }
  | { readonly _tag: "Crash"; readonly when: "before" | "after" };

export type Faults = (request: ServiceRequest) => Fault | undefined;

export interface RecordedCall {
  readonly functionName: string | undefined;
  readonly operation: string;
  /** ARNs of what it was about. */
  readonly resources: ReadonlyArray<string>;
}

/** Assumptions of the run, in milliseconds of its own time; none of them was measured. */
const latency: Readonly<Record<string, number>> = { dynamodb: 5, firehose: 30, s3: 40, genesys: 150 };
const otherLatency = 20;

/** What steers a local cloud from outside, below this path: not of AWS, so never counted, delayed or failed. */
export const controlPath = "/_floodgate";

const unknownKey = (operation: string): ServiceAnswer => {
  const message = "not the access key of this run: outputs.json has it, and floodgate dev prints it";
  return operation.startsWith("s3.")
    ? { status: 403, body: `<Error><Code>InvalidAccessKeyId</Code><Message>${message}</Message></Error>` }
    : awsError(403, "UnrecognizedClientException", message);
};

export const jsonAnswer = (status: number, body: unknown): ServiceAnswer => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.0" },
  body: JSON.stringify(body),
});

export const awsError = (status: number, name: string, message: string): ServiceAnswer =>
  jsonAnswer(status, { __type: name, message });

const objectError = ({ name, message }: ObjectNameError): ServiceAnswer => ({
  status: 400,
  headers: { "content-type": "application/xml" },
  body: `<Error><Code>${name}</Code><Message>${message}</Message></Error>`,
});

const send = (answer: ServiceAnswer, response: ServerResponse): void => {
  response.writeHead(answer.status, { ...answer.headers });
  response.end(answer.body);
};

export class Gateway {
  /** Who has it may ask; the containers, and whoever reads the outputs of the run. */
  readonly accessKey = randomBytes(16).toString("hex");
  readonly calls: RecordedCall[] = [];
  functions: Functions | undefined;
  faults: Faults = () => undefined;
  /** Answers requests below `controlPath`; it may take the response over, as a stream of events does. */
  control: ((request: IncomingMessage, body: Buffer, response: ServerResponse) => void) | undefined;
  private readonly operations: ReadonlyMap<string, Operation>;
  private readonly clock: Clock;
  private readonly isVirtual: boolean;
  private readonly server = createServer((request, response) => {
    // A request that is cut off, or is no request of ours, must not end the whole cloud.
    this.accept(request, response).catch(() => response.destroy());
  });
  private arrivals: Arrival[] = [];
  private last: Promise<void> = Promise.resolve();

  constructor(operations: ReadonlyMap<string, Operation>, clock: Clock, isVirtual: boolean) {
    this.operations = operations;
    this.clock = clock;
    this.isVirtual = isVirtual;
    clock.onQuiet(() => this.takeArrivals());
  }

  /** Answers the base URL; 127.0.0.1 and never localhost, for which S3 clients would ask bucket.localhost. */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    const address: AddressInfo | string | null = this.server.address();
    if (address === null || typeof address === "string") throw new Error("the gateway has no port");
    return `http://127.0.0.1:${address.port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async accept(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isForeign(incoming)) return answerForeign(response);
    const body = await readBody(incoming);
    if (incoming.url?.startsWith(controlPath) === true && this.control !== undefined) {
      return this.control(incoming, body, response);
    }
    const operation = operationOf(incoming);
    const { caller, key } = credentialOf(incoming);
    // Genesys has tokens of its own.
    if (operation !== genesysOperation && key !== this.accessKey) return send(unknownKey(operation), response);
    const request: ServiceRequest = {
      operation,
      caller,
      method: incoming.method ?? "GET",
      path: incoming.url ?? "/",
      headers: incoming.headers,
      body,
    };
    if (!this.isVirtual) return this.serve(request, response);
    this.arrivals.push({ request, response, release: this.park(response) });
  }

  /** Takes a request out of what is under way until it is released, or its caller has given up. */
  private park(response: ServerResponse): () => void {
    let isParked = true;
    const release = (): void => {
      if (isParked) this.clock.unpark();
      isParked = false;
    };
    this.clock.park();
    response.once("close", release);
    return release;
  }

  private takeArrivals(): boolean {
    if (this.arrivals.length === 0) return false;
    const arrivals = this.arrivals.toSorted(inStableOrder);
    this.arrivals = [];
    for (const arrival of arrivals) {
      const [service = ""] = arrival.request.operation.split(".");
      this.clock.after(latency[service] ?? otherLatency, () => {
        // A container that has ended meanwhile gets no answer, and its request has no effect.
        if (this.functions?.isDead(arrival.request.caller) === true) return;
        arrival.release();
        this.last = this.last.then(() => this.serve(arrival.request, arrival.response));
      });
    }
    return true;
  }

  private async serve(request: ServiceRequest, response: ServerResponse): Promise<void> {
    this.calls.push({
      functionName: this.functions?.functionOf(request.caller),
      operation: request.operation,
      resources: resourcesOf(request),
    });
    const fault = this.faults(request);
    if (fault?._tag === "Crash" && fault.when === "before") return this.crash(request, response);
    const answer = fault?._tag === "Answer" ? fault.answer : await this.act(request);
    if (fault?._tag === "Crash") return this.crash(request, response);
    if (fault?._tag === "LoseAnswer") {
      response.destroy();
      return;
    }
    send(fault?._tag === "Change" ? fault.change(answer) : answer, response);
  }

  private crash(request: ServiceRequest, response: ServerResponse): void {
    this.park(response);
    this.functions?.crash(request.caller);
  }

  private async act(request: ServiceRequest): Promise<ServiceAnswer> {
    const operation = this.operations.get(request.operation);
    if (operation === undefined)
      return awsError(501, "NotImplemented", `the local cloud has no model for ${request.operation}`);
    try {
      return await operation(request);
    } catch (error) {
      if (error instanceof ObjectNameError) return objectError(error);
      throw error;
    }
  }
}
