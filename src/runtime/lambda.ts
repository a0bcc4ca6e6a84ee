/** What a handler is given beside its event, as far as Floodgate uses it. */
export interface LambdaContext {
  readonly awsRequestId: string;
  readonly getRemainingTimeInMillis: () => number;
}

export type LambdaHandler = (event: unknown, context: LambdaContext) => Promise<unknown>;

/** Variables as a process has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The handler that AWS calls: built on first use, so that importing a module costs and needs nothing. Node 24
 * refuses handlers with a third parameter.
 */
export const lambdaHandler = (create: (environment: Variables) => LambdaHandler): LambdaHandler => {
  let built: LambdaHandler | undefined;
  return (event, context) => {
    built ??= create(process.env);
    return built(event, context);
  };
};
