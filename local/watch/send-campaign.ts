import { campaign } from "../campaign/campaign.ts";
import type { Cloud } from "../cloud.ts";
import { enter } from "../run.ts";

/** Events that an average conversation of a campaign has. */
const eventsOfConversation = 10.6;
const sendEvery = 100;

interface Wanted {
  /** Events a minute, about. */
  readonly perMinute: number;
  readonly minutes: number;
  readonly seed: number;
  /** Asked before each piece is sent; it ends when this is false. */
  readonly isWanted?: () => boolean;
}

/** Sends a campaign's conversations into a running cloud, at the same pace at every time of day; answers when all is sent. */
export const sendCampaign = (
  cloud: Cloud,
  { perMinute, minutes, seed, isWanted = () => true }: Wanted,
): Promise<void> => {
  const start = cloud.clock.now();
  const { events } = campaign({
    count: perMinute * minutes,
    seed,
    perMinute: perMinute / eventsOfConversation,
    busyness: () => 1,
    start,
  });
  const length = minutes * 60_000;
  return new Promise((resolve) => {
    let sent = 0;
    const send = (): void => {
      const passed = cloud.clock.now() - start;
      for (let next = events[sent]; next !== undefined && next.at <= passed; next = events[sent]) {
        // Its last conversations are cut off: what is sent after the end would never stop coming.
        if (next.at <= length) enter(cloud, next);
        sent += 1;
      }
      if (passed >= length || !isWanted()) resolve();
      else cloud.clock.after(sendEvery, send);
    };
    send();
  });
};
