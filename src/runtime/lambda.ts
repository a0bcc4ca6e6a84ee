import * as t from "io-ts";
import { decodeOrThrow } from "./decode-or-throw.ts";
import { RuntimeEnvironment } from "./environment.ts";

/** What a handler is given beside its event, as far as Floodgate uses it. */
interface LambdaContext {
  readonly awsRequestId: string;
  readonly getRemainingTimeInMillis: () => number;
}

export type LambdaHandler = (event: unknown, context: LambdaContext) => Promise<unknown>;

/** Variables as a process has them. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * A Lambda function: its environment decoded, its capabilities wired. `create` builds a handler of one container.
 * `handler` is what AWS calls: built on first use, so that importing a module costs and needs nothing. Node 24 refuses
 * handlers with a third parameter.
 */
export const lambda = <A>(
  codec: t.Type<A, unknown, unknown>,
  wire: (environment: RuntimeEnvironment & A) => LambdaHandler,
): { readonly create: (variables: Variables) => LambdaHandler; readonly handler: LambdaHandler } => {
  const create = (variables: Variables) =>
    wire(decodeOrThrow(t.intersection([RuntimeEnvironment, codec], codec.name), variables));
  let built: LambdaHandler | undefined;
  return {
    create,
    handler: (event, context) => {
      built ??= create(process.env);
      return built(event, context);
    },
  };
};
