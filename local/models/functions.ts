import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { inputsOf, type Plan, type PlannedResource } from "../plan.ts";
import { randomId } from "../text.ts";
import { divertOutput, inContainer } from "./container-output.ts";
import { failed, type Invocation, maximumPayloadBytes, returned } from "./invocation.ts";
import { type Container, type Create, type FunctionCounts, type LocalFunction, noCounts } from "./local-function.ts";
import { AccountConcurrency } from "./quotas/account-concurrency.ts";

/*
 * Lambda: one invocation at a time in a container, a new container when all are busy, at most the reserved
 * concurrency, or what the account has left (quotas/account-concurrency.ts); an invocation over its timeout ends with its container; payloads of at most 6 MB either way
 * (Lambda Developer Guide, quotas and execution environment).
 * Left out: cold-start time, memory, CPU, /tmp, ageing of idle containers, asynchronous invocation.
 */

const FunctionInputs = t.intersection([
  t.type({
    timeout: t.number,
    environment: t.type({ variables: t.record(t.string, t.string) }),
    code: t.type({ archive: t.record(t.string, t.string) }),
  }),
  t.partial({ reservedConcurrentExecutions: t.number }),
]);

const lostAnswer: Invocation = { _tag: "Failed", error: "Lambda.AWSLambdaException", message: "the answer is lost" };

interface FunctionsOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly endpoint: string;
  readonly accessKey: string;
  /** Base URL of the Genesys that handlers call; undefined: the stack's own organisation. */
  readonly genesys: string | undefined;
  /** Where the files are laid that functions carry beside their bundle. */
  readonly folder: string;
  /** What handlers write to standard output, line by line. */
  readonly onLog: (functionName: string, line: string) => void;
  /** The account's quota; absent: 1,000. */
  readonly accountConcurrency: number | undefined;
  /** The handlers, by function name. */
  readonly load: (name: string) => Promise<Create>;
}

export class Functions {
  private readonly functions = new Map<string, LocalFunction>();
  readonly account: AccountConcurrency;
  private readonly containers = new Map<string, Container>();
  private readonly options: FunctionsOptions;
  readonly restoreOutput: () => void;
  /** How far ahead the clock of the next container is, in milliseconds; set by simulations, which let Date.now obey it. */
  skewOfNext: () => number = () => 0;
  /** How an invocation fails beside its handler: without running it (also for want of concurrency), or after it has run, its answer lost; set by simulations. */
  trouble: (name: string) => "before" | "after" | "throttled" | undefined = () => undefined;

  private constructor(options: FunctionsOptions) {
    this.options = options;
    this.account = new AccountConcurrency(options.accountConcurrency);
    this.restoreOutput = divertOutput();
  }

  static async load(options: FunctionsOptions): Promise<Functions> {
    const functions = new Functions(options);
    for (const resource of options.plan.ofType("aws:lambda/function:Function")) await functions.add(resource);
    return functions;
  }

  counts(): ReadonlyMap<string, Readonly<FunctionCounts>> {
    return new Map([...this.functions].map(([name, { counts }]) => [name, counts]));
  }

  /** The function that a container runs, by the access key id with which its requests are signed. */
  functionOf(containerId: string): string | undefined {
    return this.containers.has(containerId) ? containerId.slice(0, containerId.lastIndexOf("-")) : undefined;
  }

  isDead(containerId: string): boolean {
    return this.containers.get(containerId)?.isDead === true;
  }

  /** Ends a container in the middle of its work, as running out of memory would. */
  crash(containerId: string): void {
    this.containers.get(containerId)?.end("Runtime.ExitError");
  }

  /** Throws away the idle containers of a function, as Lambda does now and then. */
  retire(name: string): void {
    this.functions.get(name)?.idle.splice(0);
  }

  /** Gives a function other environment variables, as a deployment does: idle containers end, busy ones serve to their end. */
  deploy(name: string, variables: Readonly<Record<string, string>>): void {
    const target = this.functions.get(name);
    if (target === undefined) return;
    target.variables = { ...variables, LAMBDA_TASK_ROOT: target.variables["LAMBDA_TASK_ROOT"] ?? "" };
    target.deployment += 1;
    target.idle.splice(0);
  }

  async invoke(name: string, event: unknown): Promise<Invocation> {
    const target = this.functions.get(name);
    if (target === undefined) throw new Error(`the program declares no function ${name}`);
    const payload = JSON.stringify(event);
    if (Buffer.byteLength(payload) > maximumPayloadBytes) {
      return { _tag: "Failed", error: "RequestEntityTooLargeException", message: `${payload.length} characters` };
    }
    const trouble = this.trouble(name);
    if (trouble === "throttled") {
      target.counts.throttles += 1;
      return { _tag: "Throttled" };
    }
    const isThrottled = target.reserved === undefined ? !this.account.begin() : target.running >= target.reserved;
    if (isThrottled) {
      target.counts.throttles += 1;
      return { _tag: "Throttled" };
    }
    const container = target.idle.pop() ?? this.start(name, target);
    const { deployment } = target;
    target.running += 1;
    target.counts.invocations += 1;
    target.counts.peakConcurrency = Math.max(target.counts.peakConcurrency, target.running);
    const ran = trouble === "before" ? undefined : await this.run(name, target, container, JSON.parse(payload));
    const result = ran === undefined || trouble === "after" ? lostAnswer : ran;
    target.running -= 1;
    if (target.reserved === undefined) this.account.end();
    if (result._tag === "Failed") target.counts.failures += 1;
    if (!container.isDead && deployment === target.deployment) target.idle.push(container);
    return result;
  }

  private async add(resource: PlannedResource): Promise<void> {
    const inputs = inputsOf(FunctionInputs, resource);
    const { reservedConcurrentExecutions: reserved } = inputs;
    if (reserved !== undefined) this.account.reserve(resource.name, reserved);
    const taskRoot = join(this.options.folder, resource.name);
    mkdirSync(taskRoot, { recursive: true });
    for (const [name, text] of Object.entries(inputs.code.archive)) writeFileSync(join(taskRoot, name), text);
    this.functions.set(resource.name, {
      create: await this.options.load(resource.name),
      variables: { ...inputs.environment.variables, LAMBDA_TASK_ROOT: taskRoot },
      timeoutMilliseconds: inputs.timeout * 1000,
      deployment: 0,
      reserved,
      idle: [],
      counts: { ...noCounts },
      running: 0,
    });
  }

  private start(name: string, target: LocalFunction): Container {
    target.counts.containers += 1;
    const id = `${name}-${target.counts.containers}`;
    const handler = target.create({
      ...target.variables,
      AWS_REGION: "eu-central-1",
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_ACCESS_KEY_ID: `${id}.${this.options.accessKey}`,
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL: this.options.endpoint,
      ...(this.options.genesys === undefined ? {} : { GENESYS_BASE_URL: this.options.genesys }),
    });
    const container: Container = { id, handler, skew: this.skewOfNext(), end: () => undefined, isDead: false };
    this.containers.set(id, container);
    return container;
  }

  private run(name: string, target: LocalFunction, container: Container, event: unknown): Promise<Invocation> {
    const { clock, onLog } = this.options;
    const deadline = clock.now() + target.timeoutMilliseconds;
    const context = {
      awsRequestId: randomId(),
      getRemainingTimeInMillis: () => Math.max(0, deadline - clock.now()),
    };
    return new Promise((resolve) => {
      container.end = (reason) => {
        container.isDead = true;
        settle({ _tag: "Failed", error: reason, message: `${context.awsRequestId} ended: ${reason}` });
      };
      const timer = clock.after(target.timeoutMilliseconds, () => container.end("Sandbox.Timedout"));
      const settle = (result: Invocation): void => {
        clock.cancel(timer);
        resolve(result);
      };
      const log = (text: string): void => {
        if (!container.isDead) onLog(name, text);
      };
      const answer = inContainer.run({ log, skew: container.skew }, async () => container.handler(event, context));
      answer.then(
        (value) => settle(returned(value)),
        (error: unknown) => settle(failed(error)),
      );
    });
  }
}
