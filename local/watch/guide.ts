import type { Cloud } from "../cloud.ts";
import type { OutageName } from "../outages.ts";
import { refreshMachine } from "../run.ts";
import type { FrameGuide } from "./frame.ts";
import { sendCampaign } from "./send-campaign.ts";
import { readFailed, readPointer, type StoredChunk } from "./stored.ts";

/*
 * The guided outage: Firehose is taken away for ten minutes of a campaign, and each step has begun when what it tells is
 * seen in the cloud, not when a script says so. The page has the words.
 */

const minute = 60_000;
const lookEvery = 1_000;
const campaignPerMinute = 1_800;
const campaignMinutes = 15;
const calmFor = 2 * minute;
const outageFor = 10 * minute;
const outage: OutageName = "firehose-down";

/** What a step waits for. */
export interface Seen {
  readonly now: number;
  /** When each step began, epoch milliseconds. */
  readonly reachedAt: ReadonlyArray<number>;
  readonly isFirehoseDown: boolean;
  readonly isSinkOpen: boolean;
  readonly isReading: boolean;
  /** Attempts at the chunk that asks whether Firehose is back. */
  readonly canaryAttempt: number;
  readonly isCampaignOver: boolean;
  /** Copies that are on their way. */
  readonly inFlight: number;
}

/** What must be true for a step to have begun, in their order. */
const begins: ReadonlyArray<(seen: Seen) => boolean> = [
  () => true,
  ({ isFirehoseDown }) => isFirehoseDown,
  ({ isSinkOpen }) => isSinkOpen,
  ({ isSinkOpen, isReading }) => isSinkOpen && !isReading,
  ({ canaryAttempt }) => canaryAttempt >= 2,
  ({ isFirehoseDown }) => !isFirehoseDown,
  ({ isSinkOpen, isReading }) => !isSinkOpen && isReading,
  ({ isCampaignOver, inFlight }) => isCampaignOver && inFlight === 0,
];

export const lastStep = begins.length - 1;

const outageStep = 1;
const backStep = 5;

/**
 * The step that has begun last: one after the other. What has not been seen when the outage is over (somebody has paused the
 * flow, or broken something else) is passed over.
 */
export const stepAfter = (step: number, seen: Seen): number => {
  const isOver = step >= outageStep && step < backStep && !seen.isFirehoseDown;
  if (isOver) return backStep;
  return begins[step + 1]?.(seen) === true ? step + 1 : step;
};

/** Whether Firehose should be down now. */
export const wantsOutage = ({ now, reachedAt: [startedAt, downAt] }: Seen): boolean =>
  startedAt !== undefined && now - startedAt >= calmFor && (downAt === undefined || now - downAt < outageFor);

interface GuideOptions {
  readonly cloud: Cloud;
  /** Events a minute of its campaign. */
  readonly perMinute?: number;
  readonly switchOutage: (name: OutageName, isOn: boolean) => void;
  readonly isDown: (name: OutageName) => boolean;
  /** Copies that are on their way, with the failed chunks that were read a moment ago. */
  readonly inFlight: (chunks: ReadonlyArray<StoredChunk>) => number;
}

export class Guide {
  private readonly options: GuideOptions;
  private step = -1;
  private reachedAt: number[] = [];
  /** Which start it is of, so that what an earlier one has set going changes nothing. */
  private round = 0;
  private isCampaignOver = false;
  /** What it has switched last, so that a switch by hand stays as it is. */
  private hasSwitchedOn = false;

  constructor(options: GuideOptions) {
    this.options = options;
  }

  frame(): FrameGuide {
    return { step: this.step, reachedAt: [...this.reachedAt] };
  }

  /** Starts it, or starts it over. */
  start(): void {
    const { cloud, switchOutage } = this.options;
    this.round += 1;
    const { round } = this;
    switchOutage(outage, false);
    this.hasSwitchedOn = false;
    [this.step, this.reachedAt, this.isCampaignOver] = [0, [cloud.clock.now()], false];
    void this.campaign(round);
    this.lookLater(round);
  }

  /** Stops telling it, and leaves the cloud to itself. */
  stop(): void {
    this.round += 1;
    if (this.hasSwitchedOn) this.options.switchOutage(outage, false);
    this.hasSwitchedOn = false;
    [this.step, this.reachedAt] = [-1, []];
  }

  private async campaign(round: number): Promise<void> {
    const { cloud } = this.options;
    // Without a map nothing can be set aside for its low priority, and nobody would see why.
    if ((await readPointer(cloud)) === undefined && cloud.machines.has(refreshMachine))
      cloud.machines.start(refreshMachine, {});
    await sendCampaign(cloud, {
      perMinute: this.options.perMinute ?? campaignPerMinute,
      minutes: campaignMinutes,
      seed: round,
      isWanted: () => this.round === round,
    });
    if (this.round === round) this.isCampaignOver = true;
  }

  private lookLater(round: number): void {
    this.options.cloud.clock.after(lookEvery, () => void this.look(round));
  }

  private async look(round: number): Promise<void> {
    const { cloud, isDown, switchOutage, inFlight } = this.options;
    const { breakers, chunks } = await readFailed(cloud);
    if (this.round !== round) return;
    const seen: Seen = {
      now: cloud.clock.now(),
      reachedAt: this.reachedAt,
      isFirehoseDown: isDown(outage),
      isSinkOpen: breakers.some(({ name }) => name === "sink"),
      isReading: cloud.mapping.enabled,
      canaryAttempt: Math.max(0, ...chunks.filter(({ isCanary }) => isCanary).map(({ attempt }) => attempt)),
      isCampaignOver: this.isCampaignOver,
      // Only the last step asks, and it is much to count.
      inFlight: this.step === lastStep - 1 ? inFlight(chunks) : Number.POSITIVE_INFINITY,
    };
    const isWanted = wantsOutage(seen);
    if (isWanted !== this.hasSwitchedOn) switchOutage(outage, isWanted);
    this.hasSwitchedOn = isWanted;
    const next = stepAfter(this.step, { ...seen, isFirehoseDown: isDown(outage) });
    while (this.reachedAt.length <= next) this.reachedAt.push(seen.now);
    this.step = next;
    if (next < lastStep) this.lookLater(round);
  }
}
