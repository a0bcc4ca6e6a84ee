import type { ServerResponse } from "node:http";
import * as t from "io-ts";
import type { Cloud } from "../cloud.ts";
import { isOutage, type OutageName, outages } from "../outages.ts";
import { type Pace, type Speed, speeds } from "../paced-clock.ts";
import { parseJson } from "../text.ts";
import type { Guide } from "./guide.ts";
import { sendCampaign } from "./send-campaign.ts";
import type { Watch } from "./watch.ts";

/* What can be switched on the live page. A request is checked for its host and origin before it comes here. */

const Switch = t.type({ name: t.string, isOn: t.boolean });
const ClockSettings = t.type({ speed: t.number, isRunning: t.boolean });
/** Of the guided outage, and of a pause by an operator. */
const OnOff = t.type({ isOn: t.boolean });
const CampaignSettings = t.type({ perMinute: t.number, minutes: t.number });

const isSpeed = (value: number): value is Speed => speeds.some((speed) => speed === value);

/** More would make the page's own machine the outage. */
const mostPerMinute = 100_000;
const mostMinutes = 60;
const mostEvents = 500_000;

export const answerJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};

interface Controlled {
  readonly cloud: Cloud;
  readonly watch: Watch;
  readonly guide: Guide;
  readonly active: Set<OutageName>;
  /** Undefined: time is the machine's own. */
  readonly pace: Pace | undefined;
  readonly pause: (isOn: boolean) => Promise<unknown>;
}

type Control = (wanted: unknown) => readonly [status: number, body: unknown];

/** Switches an outage, and writes down when. */
export const switchOutage = (
  { watch, active }: Pick<Controlled, "watch" | "active">,
  name: OutageName,
  isOn: boolean,
): void => {
  if (isOn) active.add(name);
  else active.delete(name);
  watch.logOutage(name, outages[name].describes, isOn);
};

const controls = (controlled: Controlled): Readonly<Record<string, Control>> => ({
  "/outages": (wanted) => {
    if (!Switch.is(wanted) || !isOutage(wanted.name)) return [400, { message: "no such outage" }];
    switchOutage(controlled, wanted.name, wanted.isOn);
    return [200, { active: [...controlled.active] }];
  },
  "/clock": (wanted) => {
    const { pace } = controlled;
    if (pace === undefined) return [409, { message: "with a Genesys elsewhere, time is the machine's own" }];
    if (!ClockSettings.is(wanted) || !isSpeed(wanted.speed))
      return [400, { message: `speed is ${speeds.join(", ")}; isRunning is true or false` }];
    pace.set(wanted.speed, wanted.isRunning);
    return [200, { speed: pace.speed(), isRunning: pace.isRunning() }];
  },
  "/guide": (wanted) => {
    if (!OnOff.is(wanted)) return [400, { message: "isOn is true or false" }];
    if (wanted.isOn) controlled.guide.start();
    else controlled.guide.stop();
    return [200, controlled.guide.frame()];
  },
  "/operator": (wanted) => {
    if (!OnOff.is(wanted)) return [400, { message: "isOn is true or false" }];
    void controlled.pause(wanted.isOn);
    return [202, wanted];
  },
  "/campaign": (wanted) => {
    const isWithin = (value: number, most: number): boolean => value >= 1 && value <= most;
    if (
      !CampaignSettings.is(wanted) ||
      !isWithin(wanted.perMinute, mostPerMinute) ||
      !isWithin(wanted.minutes, mostMinutes) ||
      wanted.perMinute * wanted.minutes > mostEvents
    )
      return [
        400,
        {
          message: `perMinute is 1 to ${mostPerMinute}, minutes 1 to ${mostMinutes}, together at most ${mostEvents} events`,
        },
      ];
    void sendCampaign(controlled.cloud, { ...wanted, seed: controlled.cloud.clock.now() });
    return [202, wanted];
  },
});

/** Answers a POST to a path of the page; undefined: there is nothing to switch there. */
export const answerControl = (controlled: Controlled) => {
  const known = controls(controlled);
  return (path: string, body: Buffer, response: ServerResponse): boolean => {
    const control = Object.hasOwn(known, path) ? known[path] : undefined;
    if (control === undefined) return false;
    answerJson(response, ...control(parseJson(body.toString("utf8"))));
    return true;
  };
};
