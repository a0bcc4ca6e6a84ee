import type { Cloud } from "../../local/cloud.ts";
import { type OutageName, outages } from "../../local/outages.ts";
import type { Frame, FramePoint, LoggedOutage } from "../../local/watch/frame.ts";
import { Watch } from "../../local/watch/watch.ts";
import { malformedPercentOf } from "./malformed-percent.ts";

const firstEvery = 5_000;
/** The chart's points are kept for a quarter of an hour until they are fetched. */
const longestEvery = 10 * 60_000;
/** A page of more is slow to open. */
const mostFrames = 200;
const eventsOfFrame = 24;

export interface Recorded {
  readonly frames: ReadonlyArray<Frame>;
  /** Of the chart, over the whole run. */
  readonly points: ReadonlyArray<FramePoint>;
}

/** Records a cloud every few seconds of its time; less often when a run gets long. */
export class Recorder {
  private frames: Frame[] = [];
  private points: FramePoint[] = [];
  private every = firstEvery;
  private watch: Watch | undefined;
  private outageLog: ReadonlyArray<LoggedOutage> = [];

  /** To be called once the cloud is there, before anything is sent; `active` goes wrong for the whole of the run. */
  start(cloud: Cloud, active: ReadonlySet<OutageName> = new Set()): void {
    this.outageLog = [...active].map((name) => ({
      name,
      describes: outages[name].describes,
      from: cloud.clock.now(),
      to: null,
    }));
    this.watch = new Watch(cloud, {
      active: new Set(),
      pace: () => null,
      guide: () => ({ step: -1, reachedAt: [] }),
      malformedPercent: malformedPercentOf(cloud.plan),
    });
    const look = (): void => {
      void this.take().then(() => cloud.clock.after(this.every, look));
    };
    look();
  }

  /** What was recorded, with the moment at which the run ended. */
  async finish(): Promise<Recorded> {
    await this.take();
    return { frames: this.frames, points: this.points };
  }

  private async take(): Promise<void> {
    if (this.watch === undefined) return;
    const frame = await this.watch.frame({ pointsAfter: this.points.at(-1)?.at ?? 0 });
    this.points.push(...frame.points);
    // Nobody can switch anything in a recording.
    this.frames.push({
      ...frame,
      outageLog: this.outageLog,
      outages: [],
      points: [],
      events: frame.events.slice(0, eventsOfFrame),
    });
    if (this.frames.length <= mostFrames) return;
    this.frames = this.frames.filter((_, index) => index % 2 === 0);
    this.every = Math.min(2 * this.every, longestEvery);
  }
}
