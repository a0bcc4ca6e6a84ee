export type Handler = (
  event: unknown,
  context: { readonly awsRequestId: string; readonly getRemainingTimeInMillis: () => number },
) => Promise<unknown>;

/** Builds a function's handler for one container; what `handlers/<name>.ts` exports as `create`. */
export type Create = (variables: Readonly<Record<string, string | undefined>>) => Handler;

export const noCounts = { invocations: 0, failures: 0, throttles: 0, containers: 0, peakConcurrency: 0 };
export type FunctionCounts = typeof noCounts;

/** One process that runs a function. */
export interface Container {
  readonly id: string;
  readonly handler: Handler;
  /** How far its clock is ahead, in milliseconds. */
  readonly skew: number;
  end: (reason: string) => void;
  isDead: boolean;
}

/** A function, with the containers that wait for its next invocation. */
export interface LocalFunction {
  readonly create: Create;
  variables: Readonly<Record<string, string>>;
  /** How often it was deployed since the beginning. */
  deployment: number;
  readonly timeoutMilliseconds: number;
  /** Reserved; undefined: what the account has left. */
  readonly reserved: number | undefined;
  readonly idle: Container[];
  readonly counts: FunctionCounts;
  running: number;
}
