import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { inputsOf, type Plan } from "../plan.ts";
import { nameOf } from "../text.ts";
import type { MessageBuffer } from "./buffer.ts";

/*
 * An EventBridge bus: an event that a rule's pattern matches is sent to the rule's targets; what a target cannot take
 * goes to the target's dead-letter queue with the reason; what no rule matches is gone; an event over 1 MB is refused
 * (EventBridge User Guide; API reference PutEvents).
 * What is more than the region's invocations a second is delayed, not lost (EventBridge quotas).
 * An archive keeps what the rules matched, in memory, and has it after its lag. Left out: its retention, retries over 24 hours (the queue is always there), input transformers, several buses,
 * permissions, delivering an event twice (the sender of a run does that).
 */

/*
 * EventBridge event patterns: every field that the pattern names has to match one of its alternatives, by value or by
 * an operator (EventBridge User Guide, "Creating event patterns"). Modelled: exact values, prefix, anything-but with
 * exact values, exists. Any other operator is refused by name, so that a pattern is never taken for matching.
 */

type Alternative = (value: unknown) => boolean;

const operators: Readonly<Record<string, (operand: unknown) => Alternative>> = {
  prefix: (operand) => (value) => typeof value === "string" && typeof operand === "string" && value.startsWith(operand),
  "anything-but": (operand) => (value) =>
    value !== undefined && !(Array.isArray(operand) ? operand : [operand]).includes(value),
  exists: (operand) => (value) => (value !== undefined) === operand,
};

const alternative = (condition: unknown): Alternative => {
  if (!t.UnknownRecord.is(condition)) return (value) => value === condition;
  const [name = ""] = Object.keys(condition);
  const operator = operators[name];
  if (operator === undefined) throw new Error(`the model of event patterns does not know the operator ${name}`);
  return operator(condition[name]);
};

type Matcher = (event: unknown) => boolean;

const compilePattern = (pattern: unknown): Matcher => {
  if (!t.UnknownRecord.is(pattern)) throw new Error("an event pattern has to be an object");
  const fields = Object.entries(pattern).map(([name, condition]): [string, Matcher] => {
    if (!Array.isArray(condition)) return [name, compilePattern(condition)];
    const alternatives = condition.map(alternative);
    return [
      name,
      (value) => (Array.isArray(value) ? value : [value]).some((each) => alternatives.some((a) => a(each))),
    ];
  });
  return (event) => t.UnknownRecord.is(event) && fields.every(([name, matches]) => matches(event[name]));
};

// Without eventBusName a rule or a target would be one of the default bus, where Genesys publishes nothing.
const RuleInputs = t.type({ eventPattern: t.string, eventBusName: t.string });
const TargetInputs = t.intersection([
  t.type({ rule: t.string, arn: t.string, eventBusName: t.string }),
  t.partial({ deadLetterConfig: t.type({ arn: t.string }) }),
]);

/** The tag by which the program says what its region's EventBridge sends to targets: no property of a bus has it. */
const BusInputs = t.type({ tags: t.type({ invocationsPerSecond: t.string }) });

const maximumEventBytes = 1024 * 1024;

interface Rule {
  readonly matches: Matcher;
  readonly targets: ReadonlyArray<{ readonly queue: MessageBuffer; readonly deadLetters: MessageBuffer | undefined }>;
}

interface Enveloped {
  readonly id: string;
  readonly detailType: string;
  readonly source: string;
  /** Epoch milliseconds. */
  readonly time: number;
  /** JSON. */
  readonly detail: string;
}

/** An event as the JSON text that EventBridge hands to targets. */
export const envelopeText = ({ id, detailType, source, time, detail }: Enveloped): string => {
  const head = JSON.stringify({
    version: "0",
    id,
    "detail-type": detailType,
    source,
    account: "123456789012",
    time: `${new Date(time).toISOString().slice(0, 19)}Z`,
    region: "eu-central-1",
    resources: [],
  });
  return `${head.slice(0, -1)},"detail":${detail}}`;
};

export class Bus {
  unmatched = 0;
  refused = 0;
  /** Events that wait for their turn, because EventBridge sends no more in a second. */
  delayed = 0;
  /** The archive: what rules matched, with the time at which it came. */
  private readonly archived: { readonly at: number; readonly text: string }[] = [];
  private readonly rules: ReadonlyArray<Rule>;
  private readonly archiveLag: number;
  private readonly clock: Clock;
  private readonly millisecondsEach: number;
  private freeAt = 0;

  constructor(plan: Plan, buffers: ReadonlyMap<string, MessageBuffer>, archiveLag: number, clock: Clock) {
    this.archiveLag = archiveLag;
    this.clock = clock;
    const [bus] = plan.ofType("aws:cloudwatch/eventBus:EventBus").map((each) => inputsOf(BusInputs, each));
    this.millisecondsEach = 1_000 / Number(bus?.tags.invocationsPerSecond);
    const targets = plan.ofType("aws:cloudwatch/eventTarget:EventTarget").map((each) => inputsOf(TargetInputs, each));
    this.rules = plan.ofType("aws:cloudwatch/eventRule:EventRule").map((resource) => ({
      matches: compilePattern(JSON.parse(inputsOf(RuleInputs, resource).eventPattern)),
      targets: targets.flatMap(({ rule, arn, eventBusName, deadLetterConfig }) => {
        const queue = buffers.get(nameOf(arn));
        const isOurs = rule === resource.name && eventBusName === inputsOf(RuleInputs, resource).eventBusName;
        if (!isOurs || queue === undefined) return [];
        return [{ queue, deadLetters: deadLetterConfig && buffers.get(nameOf(deadLetterConfig.arn)) }];
      }),
    }));
  }

  /** Takes an event as its envelope's text. */
  put(text: string, at = Date.now()): void {
    if (Buffer.byteLength(text) > maximumEventBytes) {
      this.refused += 1;
      return;
    }
    const event: unknown = JSON.parse(text);
    const matching = this.rules.filter(({ matches }) => matches(event));
    if (matching.length === 0) this.unmatched += 1;
    else this.archived.push({ at, text });
    this.deliver(matching, text);
  }

  /** Sends what has arrived in the archive of two times to the rules again; answers how many events that were. */
  replay(name: string, from: number, to: number, now = Date.now()): number {
    const events = this.archived.filter(({ at }) => at >= from && at < to && at <= now - this.archiveLag);
    for (const { text } of events) {
      const event: unknown = JSON.parse(text);
      const named = `${text.slice(0, text.lastIndexOf("}"))},"replay-name":${JSON.stringify(name)}}`;
      this.deliver(
        this.rules.filter(({ matches }) => matches(event)),
        named,
      );
    }
    return events.length;
  }

  /** At once while a second has room; later events wait, in their order. */
  private deliver(matching: ReadonlyArray<Rule>, text: string): void {
    if (matching.length === 0) return;
    const now = this.clock.now();
    this.freeAt = Math.max(now, this.freeAt) + this.millisecondsEach;
    const wait = Math.floor(this.freeAt - now - 1_000);
    if (wait <= 0) {
      this.send(matching, text);
      return;
    }
    this.delayed += 1;
    this.clock.after(wait, () => {
      this.delayed -= 1;
      this.send(matching, text);
    });
  }

  private send(matching: ReadonlyArray<Rule>, text: string): void {
    for (const { targets } of matching) {
      for (const { queue, deadLetters } of targets) {
        if (queue.send(text) !== undefined) continue;
        deadLetters?.send(text, { ERROR_CODE: "INVALID_PARAMETER", ERROR_MESSAGE: "the message is too long" });
      }
    }
  }
}
