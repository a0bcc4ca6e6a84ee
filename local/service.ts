import type { IncomingMessage } from "node:http";
import type * as t from "io-ts";

/** A request as the gateway hands it on. */
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

export type Operations = ReadonlyArray<readonly [name: string, operation: Operation]>;

/**
 * What a fault does to a request: `answer` instead of the model, `change` what it answers, `lose` the answer after the model
 * has acted, never answer (`Stall`), or end the caller before or after the model has acted.
 */
export type Fault =
  | { readonly _tag: "Answer"; readonly answer: ServiceAnswer }
  | { readonly _tag: "Change"; readonly change: (answer: ServiceAnswer) => ServiceAnswer }
  | { readonly _tag: "LoseAnswer" }
  | { readonly _tag: "Stall" }
  | { readonly _tag: "Crash"; readonly when: "before" | "after" };

export type Faults = (request: ServiceRequest) => Fault | undefined;

export const answered = (answer: ServiceAnswer): Fault => ({ _tag: "Answer", answer });

/** Something that somebody can let go wrong, by a name. */
export interface Outage {
  readonly describes: string;
  /** What it does to events, in a sentence. */
  readonly effect: string;
  readonly concerns: (request: ServiceRequest) => boolean;
  /** The fault of the nth request (from 0) of those that it concerns; undefined: none. */
  readonly fault: (request: ServiceRequest, nth: number, now: number) => Fault | undefined;
}

export const jsonAnswer = (status: number, body: unknown): ServiceAnswer => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.0" },
  body: JSON.stringify(body),
});

export const awsError = (status: number, name: string, message: string): ServiceAnswer =>
  jsonAnswer(status, { __type: name, message });

/** S3 answers in XML. */
export const xmlAnswer = (status: number, body: string): ServiceAnswer => ({
  status,
  headers: { "content-type": "application/xml" },
  body,
});

export const s3Error = (status: number, code: string, message: string): ServiceAnswer =>
  xmlAnswer(status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);

/** An operation of a JSON service: a request that is not as the codec says is refused under the service's own name. */
export const operation =
  <A>(
    codec: t.Type<A, unknown, unknown>,
    refusal: string,
    act: (input: A) => ServiceAnswer | Promise<ServiceAnswer>,
  ): Operation =>
  ({ body }) => {
    const input: unknown = JSON.parse(body.toString("utf8"));
    return codec.is(input) ? act(input) : awsError(400, refusal, `not a request for ${codec.name}`);
  };
