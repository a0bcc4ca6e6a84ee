import * as t from "io-ts";
import type { Cloud } from "../cloud.ts";
import { isOutage, type OutageName, outages } from "../outages.ts";
import { DueChunks } from "./counting/due-chunks.ts";
import { listenTo } from "./counting/listen-to.ts";
import { type Allowance, readQueueBins } from "./counting/queue-bins.ts";
import { Rates } from "./counting/rates.ts";
import { type Noted, Tally } from "./counting/tally.ts";
import type { Frame, FrameGuide, FramePace, FrameQueue, LoggedOutage } from "./frame.ts";
import { Journal } from "./journal.ts";
import { readFailed, readPointer, readQueues, type StoredChunk } from "./stored.ts";

/* Watches a local cloud for people: what it shows is a frame, of which `floodgate dev` sends two a second. */

const Settings = t.type({
  environment: t.type({
    variables: t.type({ MAX_EVENTS_PER_QUEUE_PER_SECOND: t.string, MIN_PRIORITY: t.string }),
  }),
});

/** Requests a minute that Genesys allows a token. */
const allowedPerMinute = 300;
const countEvery = 1_000;
const queuesEvery = 5_000;
/** So many counts. */
const failedEvery = 5;
const mostEvents = 80;
const mostOutages = 40;

const allowanceOf = ({ plan }: Cloud): Allowance => {
  const transform = plan.ofType("aws:lambda/function:Function").find(({ name }) => name === "transform-records");
  if (!Settings.is(transform?.inputs)) return { maxEvents: 0, minPriority: 0 };
  const { MAX_EVENTS_PER_QUEUE_PER_SECOND, MIN_PRIORITY } = transform.inputs.environment.variables;
  return { maxEvents: Number(MAX_EVENTS_PER_QUEUE_PER_SECOND), minPriority: Number(MIN_PRIORITY) };
};

const outcomeOf = ({ end, reason }: Noted): string => {
  switch (end) {
    case "delivered":
      return "delivered";
    case "duplicate":
      return "duplicate";
    case "lowPriority":
      return "set aside: low priority";
    case "rateLimited":
      return "set aside: over the limit";
    case "dropped":
      return "set aside: not stored";
    case "givenUp":
      return `parked: ${reason}`;
  }
};

interface WatchOptions {
  /** The outages that the gateway obeys. */
  readonly active: ReadonlySet<OutageName>;
  readonly pace: () => FramePace | null;
  readonly guide: () => FrameGuide;
  readonly malformedPercent: number;
}

/** What a frame leaves out, because its reader has it already. */
interface FrameNeeds {
  /** Points of the chart after this instant, epoch milliseconds. */
  readonly pointsAfter: number;
}

export class Watch {
  readonly journal: Journal;
  readonly tally: Tally;
  private readonly cloud: Cloud;
  private readonly options: WatchOptions;
  private readonly allowance: Allowance;
  private readonly rates = new Rates();
  private readonly due = new DueChunks();
  private readonly outageLog: { -readonly [Key in keyof LoggedOutage]: LoggedOutage[Key] }[] = [];
  private queues: { readonly at: number; readonly bins: ReadonlyArray<FrameQueue> } = { at: 0, bins: [] };
  private names: { readonly version: string; readonly byId: ReadonlyMap<string, string> } = {
    version: "",
    byId: new Map(),
  };
  private untilFailedAreRead = 0;
  private parked = 0;
  private retrying = 0;

  constructor(cloud: Cloud, options: WatchOptions) {
    this.cloud = cloud;
    this.options = options;
    this.allowance = allowanceOf(cloud);
    this.journal = new Journal(cloud.clock);
    this.tally = new Tally(cloud);
    this.tally.onEnd = (noted) => this.journal.note(noted.messageId, outcomeOf(noted));
    listenTo(cloud, this.journal, this.tally);
    for (const name of options.active) this.logOutage(name, outages[name].describes, true);
    this.count();
  }

  /** Writes down that an outage began or ended. */
  logOutage(name: string, describes: string, isOn: boolean): void {
    const open = this.outageLog.findLast((each) => each.name === name && each.to === null);
    if (isOn && open === undefined) this.outageLog.push({ name, describes, from: this.cloud.clock.now(), to: null });
    else if (!isOn && open !== undefined) open.to = this.cloud.clock.now();
    if (this.outageLog.length > mostOutages) this.outageLog.shift();
  }

  async frame({ pointsAfter }: FrameNeeds): Promise<Frame> {
    const { cloud, options } = this;
    const pointer = await readPointer(cloud);
    await this.readNames(pointer?.version);
    const queues = await this.readBins();
    const { chunks, breakers } = await readFailed(cloud);
    const ledger = this.tally.ledger(chunks);
    this.noteFailed(chunks);
    const { buffer } = cloud.mapping;
    return {
      at: cloud.clock.now(),
      ledger,
      perSecond: this.rates.perSecond(),
      buffer: { waiting: ledger.inFlight.buffer, oldestAt: buffer.oldestSentAt() ?? null },
      processing: { ...cloud.mapping.load(), isReading: cloud.mapping.enabled },
      genesys: {
        minute: cloud.genesys.requestsSince(cloud.clock.now() - 60_000),
        allowed: allowedPerMinute,
        rateLimited: cloud.genesys.counts.rateLimited,
      },
      map: { queues: pointer?.queues ?? 0, checkedAt: pointer?.checkedAt ?? null },
      breakers,
      ...this.due.waiting(chunks, cloud.clock.now()),
      outages: Object.entries(outages).map(([name, { describes, effect }]) => ({
        name,
        describes,
        effect,
        isOn: isOutage(name) && options.active.has(name),
      })),
      outageLog: this.outageLog,
      points: this.rates.pointsAfter(pointsAfter),
      queues,
      events: this.journal.latest(mostEvents, (id) => this.names.byId.get(id)),
      guide: options.guide(),
      pace: options.pace(),
      malformedPercent: options.malformedPercent,
    };
  }

  /** Counts every second of the cloud's time, whoever looks. */
  private count(): void {
    const { tally, cloud } = this;
    tally.readLogs();
    const { buffer } = cloud.mapping;
    this.rates.add(
      {
        at: cloud.clock.now(),
        received: tally.received(),
        read: buffer.handedOut,
        handed: tally.handed,
        delivered: tally.endedSoFar("delivered"),
        aside: tally.setAsideSoFar(),
        duplicates: tally.endedSoFar("duplicate"),
        parked: this.parked,
        kept: tally.kept,
      },
      {
        buffer: buffer.heldCount(),
        firehose: [...cloud.streams.values()].reduce((sum, stream) => sum + stream.heldCount(), 0),
        retrying: this.retrying,
      },
    );
    cloud.clock.after(countEvery, () => this.count());
    this.untilFailedAreRead -= 1;
    if (this.untilFailedAreRead > 0) return;
    this.untilFailedAreRead = failedEvery;
    void readFailed(cloud).then(({ chunks }) => this.noteFailed(chunks));
  }

  /** What failed chunks say of their copies, which nothing else tells. */
  private noteFailed(chunks: ReadonlyArray<StoredChunk>): void {
    const eventsOf = (wanted: string): number =>
      chunks.filter(({ status }) => status === wanted).reduce((sum, { events }) => sum + events, 0);
    this.parked = eventsOf("parked");
    this.retrying = eventsOf("retrying");
    for (const chunk of chunks)
      for (const messageId of this.tally.openCopiesOf(chunk))
        this.journal.note(messageId, `${chunk.status}: ${chunk.reason}`);
  }

  private async readNames(version: string | undefined): Promise<void> {
    if (version === undefined || version === this.names.version) return;
    const queues = await readQueues(this.cloud, version);
    this.names = { version, byId: new Map(queues.map(({ id, name }) => [id, name])) };
  }

  private async readBins(): Promise<ReadonlyArray<FrameQueue>> {
    const now = this.cloud.clock.now();
    if (now - this.queues.at >= queuesEvery)
      this.queues = { at: now, bins: await readQueueBins(this.cloud, this.allowance) };
    return this.queues.bins;
  }
}
