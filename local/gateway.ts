import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "./clock.ts";
import {
  type Arrival,
  answerForeign,
  genesysOperation,
  inStableOrder,
  isForeign,
  readRequest,
} from "./gateway-requests.ts";
import type { Functions } from "./models/functions.ts";
import { ObjectNameError } from "./models/objects.ts";
import {
  awsError,
  type Faults,
  type Operation,
  type Operations,
  type ServiceAnswer,
  type ServiceRequest,
  s3Error,
} from "./service.ts";

/*
 * The one HTTP server that stands for AWS. It accepts exactly the operations that it was given a model for and answers
 * 501 to any other. In virtual time a request waits until nothing else can happen any more; then all that arrived are
 * taken in an order that does not depend on the machine, after the latency of their service, one by one. So the same
 * seed gives the same run.
 */

/** Assumptions of the run, in milliseconds of its own time; none of them was measured. */
const latency: Readonly<Record<string, number>> = { dynamodb: 5, firehose: 30, s3: 40, genesys: 150 };
const otherLatency = 20;

/** Answered only when the execution has ended. */
const waitsForExecution = "states.StartSyncExecution";

/** What steers a local cloud from outside, below this path: not of AWS, so never counted, delayed or failed. */
export const controlPath = "/_floodgate";

const unknownKey = (operation: string): ServiceAnswer => {
  const message = "not the access key of this run: outputs.json has it, and floodgate dev prints it";
  return operation.startsWith("s3.")
    ? s3Error(403, "InvalidAccessKeyId", message)
    : awsError(403, "UnrecognizedClientException", message);
};

const send = (answer: ServiceAnswer, response: ServerResponse): void => {
  response.writeHead(answer.status, { ...answer.headers });
  response.end(answer.body);
};

export class Gateway {
  /** Who has it may ask; the containers, and whoever reads the outputs of the run. */
  readonly accessKey = randomBytes(16).toString("hex");
  faults: Faults = () => undefined;
  /** For tests: what a caller gets in the place of an answer, also of one that a fault gives. */
  changeAnswer: (request: ServiceRequest, answer: ServiceAnswer) => ServiceAnswer = (_, answer) => answer;
  /** Milliseconds that a request takes longer than usual; in virtual time only. */
  delayOf: (request: ServiceRequest) => number = () => 0;
  /** Whether a request waits for nobody although this process makes it: what the live page asks, in time that may stand still. */
  isAtOnce: (request: ServiceRequest) => boolean = () => false;
  /** For tests: every request that is served, with the function that makes it. */
  onRequest: (request: ServiceRequest, functionName: string | undefined) => void = () => undefined;
  /** Answers requests below `controlPath`; it may take the response over, as a stream of events does. */
  control: ((request: IncomingMessage, body: Buffer, response: ServerResponse) => void) | undefined;
  private operations: ReadonlyMap<string, Operation> = new Map();
  private functions: Functions | undefined;
  private readonly clock: Clock;
  private readonly isVirtual: boolean;
  private readonly server = createServer((request, response) => {
    // A request that is cut off, or is no request of ours, must not end the whole cloud.
    this.accept(request, response).catch(() => response.destroy());
  });
  private arrivals: Arrival[] = [];
  private last: Promise<void> = Promise.resolve();

  constructor(clock: Clock, isVirtual: boolean) {
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

  /** From here on requests are served; the models need the gateway's address, so it listens before they are there. */
  serve(operations: Operations, functions: Functions): void {
    this.operations = new Map(operations);
    this.functions = functions;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async accept(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isForeign(incoming)) return answerForeign(response);
    const { request, key } = await readRequest(incoming);
    if (request.path.startsWith(controlPath) && this.control !== undefined) {
      return this.control(incoming, request.body, response);
    }
    // Genesys has tokens of its own.
    if (request.operation !== genesysOperation && key !== this.accessKey) {
      return send(unknownKey(request.operation), response);
    }
    // Whoever asks from elsewhere has the machine's time: no latency of virtual time, and no order that a seed gives.
    if (!this.isVirtual || !this.clock.isOwn(incoming.socket.remotePort) || this.isAtOnce(request))
      return this.serveOne(request, response);
    this.arrivals.push({ request, response, release: this.hold(response) });
  }

  /** Takes a request of this process out of what is under way until it is released, or its caller has given up. */
  private hold(response: ServerResponse): () => void {
    if (!this.clock.isOwn(response.socket?.remotePort)) return () => undefined;
    let isHeld = true;
    const release = (): void => {
      if (isHeld) this.clock.release();
      isHeld = false;
    };
    this.clock.hold();
    response.once("close", release);
    return release;
  }

  private takeArrivals(): boolean {
    if (this.arrivals.length === 0) return false;
    const arrivals = this.arrivals.toSorted(inStableOrder);
    this.arrivals = [];
    for (const arrival of arrivals) {
      const [service = ""] = arrival.request.operation.split(".");
      this.clock.after((latency[service] ?? otherLatency) + this.delayOf(arrival.request), () => {
        // A container that has ended meanwhile gets no answer, and its request has no effect.
        if (this.functions?.isDead(arrival.request.caller) === true) return;
        this.last = this.last.then(() => this.take(arrival));
      });
    }
    return true;
  }

  /** One request after the other; only what waits for an execution to end lets others pass, of which it may need some. */
  private take({ request, response, release }: Arrival): Promise<void> {
    const served = () => this.serveOne(request, response);
    if (request.operation === waitsForExecution) {
      // Not awaited, and not caught either: a model that throws ends the run, as it does for any other request.
      void served();
      return Promise.resolve();
    }
    release();
    return served();
  }

  private async serveOne(request: ServiceRequest, response: ServerResponse): Promise<void> {
    this.onRequest(request, this.functions?.functionOf(request.caller));
    const fault = this.faults(request);
    if (fault?._tag === "Crash" && fault.when === "before") return this.crash(request, response);
    if (fault?._tag === "Stall") {
      this.hold(response);
      return;
    }
    const answer = fault?._tag === "Answer" ? fault.answer : await this.act(request);
    if (fault?._tag === "Crash") return this.crash(request, response);
    if (fault?._tag === "LoseAnswer") {
      response.destroy();
      return;
    }
    send(this.changeAnswer(request, fault?._tag === "Change" ? fault.change(answer) : answer), response);
  }

  private crash(request: ServiceRequest, response: ServerResponse): void {
    this.hold(response);
    this.functions?.crash(request.caller);
  }

  private async act(request: ServiceRequest): Promise<ServiceAnswer> {
    const operation = this.operations.get(request.operation);
    if (operation === undefined)
      return awsError(501, "NotImplemented", `the local cloud has no model for ${request.operation}`);
    try {
      return await operation(request);
    } catch (error) {
      if (error instanceof ObjectNameError) return s3Error(400, error.name, error.message);
      throw error;
    }
  }
}
