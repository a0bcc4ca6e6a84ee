import type { FramePoint, FrameRates } from "../frame.ts";

/** What has happened since the start, counted at one moment. */
export interface Totals extends FrameRates {
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What is held at one moment. */
export interface Levels {
  readonly buffer: number;
  readonly firehose: number;
  readonly retrying: number;
}

const meanOver = 5_000;
/** What leaves Firehose leaves it in bursts, as often as its buffer is emptied. */
const burstsOver = 60_000;
const pointEvery = 5_000;
const mostPoints = 180;

const none: FrameRates = {
  received: 0,
  read: 0,
  handed: 0,
  delivered: 0,
  aside: 0,
  duplicates: 0,
  parked: 0,
  kept: 0,
};

/** Events a second, as a mean of the last five seconds of the cloud's time, of a minute behind Firehose; and the chart's points. */
export class Rates {
  private totals: Totals[] = [];
  private points: FramePoint[] = [];

  add(now: Totals, levels: Levels): void {
    this.totals.push(now);
    const from = this.totals.findLastIndex(({ at }) => at <= now.at - burstsOver);
    if (from > 0) this.totals.splice(0, from);
    const last = this.points.at(-1);
    if (last !== undefined && now.at - last.at < pointEvery) return;
    const { received, delivered, aside } = this.perSecond();
    this.points.push({ at: now.at, received, delivered, setAside: aside, ...levels });
    if (this.points.length > mostPoints) this.points.shift();
  }

  perSecond(): FrameRates {
    const last = this.totals.at(-1);
    if (last === undefined) return none;
    const before = (milliseconds: number): Totals =>
      this.totals.findLast(({ at }) => at <= last.at - milliseconds) ?? this.totals[0] ?? last;
    const [recent, long] = [before(meanOver), before(burstsOver)];
    const rate = (name: keyof FrameRates, first = recent): number =>
      last.at <= first.at ? 0 : Math.max(0, ((last[name] - first[name]) / (last.at - first.at)) * 1_000);
    return {
      received: rate("received"),
      read: rate("read"),
      handed: rate("handed"),
      delivered: rate("delivered", long),
      aside: rate("aside", long),
      duplicates: rate("duplicates"),
      parked: rate("parked"),
      kept: rate("kept"),
    };
  }

  /** Points after an instant, the oldest first. */
  pointsAfter(at: number): ReadonlyArray<FramePoint> {
    return this.points.filter((point) => point.at > at);
  }
}
