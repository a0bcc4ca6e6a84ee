import { StateMachine } from "aws-local-stepfunctions";
import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { inputsOf, type Plan } from "../plan.ts";
import { randomId } from "../text.ts";
import { actionOf, type Integrated, named } from "./integrations.ts";

/*
 * State machines, Express or standard: the very definitions, run by aws-local-stepfunctions. State over 256 KiB fails the execution. Left out, beyond what the interpreter lacks: execution history, logs,
 * starting an execution twice.
 */

const MachineInputs = t.type({ definition: t.string, type: t.keyof({ EXPRESS: null, STANDARD: null }) });

const maximumStateBytes = 262_144;

export interface Execution {
  readonly arn: string;
  readonly machine: string;
  readonly name: string;
  readonly startedAt: number;
  endedAt?: number;
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT";
  output?: unknown;
  error?: string;
  cause?: string;
  /** The last state that was entered. */
  lastState: string;
  states: number;
  largestStateBytes: number;
}

type Definition = ConstructorParameters<typeof StateMachine>[0];
type RunOptions = NonNullable<Parameters<InstanceType<typeof StateMachine>["run"]>[1]>;
type TaskHandlers = NonNullable<NonNullable<RunOptions["overrides"]>["taskResourceLocalHandlers"]>;

const States = t.type({ States: t.record(t.string, t.UnknownRecord) });
const isDefinition = (value: unknown): value is Definition => States.is(value);

/** The interpreter leaves this out of the context object. A state that asks has just been entered. */
const enteredNow = (clock: Clock) => ({
  get EnteredTime(): string {
    return new Date(clock.now()).toISOString();
  },
});

export class Machines {
  readonly executions: Execution[] = [];
  private readonly definitions: ReadonlyMap<string, string>;
  private readonly integrated: Integrated;
  private readonly clock: Clock;
  /** For tests: ends an execution when it has left a state, as if the machine had been killed. */
  kill: (execution: Execution, state: string) => boolean = () => false;
  /** How a task fails beside what it calls: without the call, or after it, its answer lost; set by simulations. */
  trouble: (resource: string, state: string) => "before" | "after" | undefined = () => undefined;
  /** How long a task waits before it calls, in milliseconds; set by simulations. */
  delay: (resource: string) => number = () => 0;
  /** Whether an execution runs twice, as Express allows itself (Step Functions, "at-least-once"); set by simulations. */
  runsTwice: (machine: string) => boolean = () => false;
  /** For people who watch: what happens in an execution, as `StateEntered`, and in which state; of `StateCaught` also where to. */
  onEvent: (execution: Execution, event: string, state: string, input: unknown) => void = () => undefined;

  constructor(plan: Plan, integrated: Integrated) {
    this.definitions = new Map(
      plan
        .ofType("aws:sfn/stateMachine:StateMachine")
        .map((resource) => [resource.name, inputsOf(MachineInputs, resource).definition]),
    );
    this.integrated = integrated;
    this.clock = integrated.clock;
  }

  has(name: string): boolean {
    return this.definitions.has(name);
  }

  running(): number {
    return this.executions.filter(({ status }) => status === "RUNNING").length;
  }

  /** Starts an execution; it goes on by itself, the promise ends with it and never rejects. */
  start(
    machine: string,
    input: unknown,
    name = randomId(),
  ): { readonly execution: Execution; readonly ended: Promise<Execution> } {
    const definition = this.definitions.get(machine);
    if (definition === undefined) throw named("StateMachineDoesNotExist", `the program declares no machine ${machine}`);
    const execution: Execution = {
      arn: `arn:aws:states:local:123456789012:express:${machine}:${name}`,
      machine,
      name,
      startedAt: this.clock.now(),
      status: "RUNNING",
      lastState: "",
      states: 0,
      largestStateBytes: 0,
    };
    this.executions.push(execution);
    if (this.runsTwice(machine)) {
      const again: Execution = { ...execution, arn: `${execution.arn}:again` };
      this.executions.push(again);
      void this.run(again, JSON.parse(definition), input);
    }
    return { execution, ended: this.run(execution, JSON.parse(definition), input) };
  }

  private async run(execution: Execution, definition: unknown, input: unknown): Promise<Execution> {
    if (!isDefinition(definition)) throw new Error(`${execution.machine}: not a definition`);
    const running = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(
      JSON.parse(JSON.stringify(input)),
      {
        overrides: { taskResourceLocalHandlers: this.handlersOf(definition, execution) },
        context: {
          Execution: {
            Id: execution.arn,
            Name: execution.name,
            StartTime: new Date(execution.startedAt).toISOString(),
            Input: JSON.parse(JSON.stringify(input)),
          },
          State: enteredNow(this.clock),
        },
      },
    );
    void this.follow(execution, running.eventLogs, running.abort);
    try {
      execution.output = await running.result;
      execution.status = "SUCCEEDED";
    } catch (error) {
      this.fail(execution, error);
    }
    execution.endedAt = this.clock.now();
    return execution;
  }

  private fail(execution: Execution, error: unknown): void {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    execution.status = error instanceof Error && error.name === "ExecutionTimeoutError" ? "TIMED_OUT" : "FAILED";
    execution.error = cause instanceof Error ? cause.name : "States.Runtime";
    execution.cause = cause instanceof Error ? cause.message : String(cause);
  }

  /** Notes which states the execution passes and how large its state becomes. */
  private async follow(execution: Execution, events: AsyncGenerator<unknown>, abort: () => void): Promise<void> {
    const Event = t.intersection([
      t.type({ type: t.string }),
      t.partial({
        catch: t.type({ catcher: t.type({ Next: t.string }) }),
        state: t.intersection([t.type({ name: t.string }), t.partial({ input: t.unknown, output: t.unknown })]),
      }),
    ]);
    for await (const event of events) {
      if (!Event.is(event) || event.state === undefined) continue;
      const { name, input, output } = event.state;
      const state = event.catch === undefined ? name : `${name} -> ${event.catch.catcher.Next}`;
      this.onEvent(execution, event.type, state, input);
      const size = Math.max(...[input, output].map((value) => Buffer.byteLength(JSON.stringify(value ?? null))));
      execution.largestStateBytes = Math.max(execution.largestStateBytes, size);
      if (event.type === "StateEntered") {
        execution.lastState = name;
        execution.states += 1;
      }
      if (event.type === "StateExited" && this.kill(execution, name)) abort();
    }
  }

  /** A handler for every Task, also inside Map states; a Task without one would call the real Lambda. */
  private handlersOf(definition: Definition, execution: Execution): TaskHandlers {
    const handlers: TaskHandlers = {};
    const collect = (states: Readonly<Record<string, Readonly<Record<string, unknown>>>>): void => {
      for (const [name, state] of Object.entries(states)) {
        if (state["Type"] === "Task") handlers[name] = this.handlerOf(name, String(state["Resource"]), execution);
        if (States.is(state["ItemProcessor"])) collect(state["ItemProcessor"].States);
      }
    };
    if (States.is(definition)) collect(definition.States);
    return handlers;
  }

  private handlerOf(state: string, resource: string, execution: Execution): TaskHandlers[string] {
    const act = actionOf(resource, this.integrated, (machine, input) => this.start(machine, input));
    return async (input) => {
      const trouble = this.trouble(resource, state);
      const delay = this.delay(resource);
      if (delay > 0) await new Promise<void>((resolve) => void this.clock.after(delay, resolve));
      const output = trouble === "before" ? null : await act(input);
      if (trouble !== undefined) throw named("States.TaskFailed", "the answer is lost");
      if (Buffer.byteLength(JSON.stringify(output ?? null)) > maximumStateBytes) {
        throw named("States.DataLimitExceeded", `${execution.lastState} answered more than 256 KiB`);
      }
      return JSON.parse(JSON.stringify(output ?? null));
    };
  }
}
