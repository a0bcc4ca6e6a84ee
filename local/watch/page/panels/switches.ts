import type { Frame, FrameOutage } from "../../frame.ts";
import { byId, inputById, make, put } from "../dom.ts";

/* What can be switched: outages, the guided outage, a campaign, and how fast time passes. */

/** What came of it is in the next frame; that nobody answers any more, the stream of frames tells (main.ts). */
const post = (path: string, body: unknown): void => {
  void fetch(path, { method: "POST", body: JSON.stringify(body) }).catch(() => undefined);
};

/** What most people want to see break; the others stand behind a fold. */
const first = ["firehose-down", "dynamodb-down", "s3-down", "genesys-down", "genesys-limited", "genesys-forbidden"];

/** Not an outage, and broken like one. */
const operator = {
  name: "operator",
  describes: "You pause the flow",
  effect: "As floodgate pause does; resume ends it.",
};

type Switched = Pick<FrameOutage, "name" | "describes" | "effect">;

const switchItem = ({ name, describes, effect }: Switched, change: (isOn: boolean) => void): HTMLElement => {
  const button = make("button", "", make("span", "", describes), make("small", "", effect));
  button.setAttribute("type", "button");
  button.setAttribute("role", "switch");
  button.dataset["name"] = name;
  button.addEventListener("click", () => change(button.getAttribute("aria-checked") !== "true"));
  return make("li", "", button);
};

const outageItem = (outage: FrameOutage): HTMLElement =>
  switchItem(outage, (isOn) => post("outages", { name: outage.name, isOn }));

export const showOutages = ({ outages, breakers }: Frame): void => {
  const [main, more] = [byId("outages"), byId("more-outages")];
  if (main.firstChild === null) {
    main.append(
      ...first.flatMap((name) => outages.filter((each) => each.name === name).map(outageItem)),
      switchItem(operator, (isOn) => post("operator", { isOn })),
    );
    more.append(...outages.filter(({ name }) => !first.includes(name)).map(outageItem));
  }
  const isPaused = breakers.some(({ name }) => name === operator.name);
  for (const { name, isOn } of [...outages, { name: operator.name, isOn: isPaused }])
    document
      .querySelector(`[role="switch"][data-name="${CSS.escape(name)}"]`)
      ?.setAttribute("aria-checked", String(isOn));
};

const speedInputs = (): ReadonlyArray<HTMLInputElement> =>
  [...document.querySelectorAll('[name="speed"]')].filter((each) => each instanceof HTMLInputElement);

let isRunning = true;
let speed = 1;

/** Slower than asked for by more than this share is said. */
const lag = 0.85;

export const showPace = ({ pace }: Frame): void => {
  for (const input of [...speedInputs(), byId("play")])
    if (input instanceof HTMLInputElement || input instanceof HTMLButtonElement) input.disabled = pace === null;
  if (pace === null) {
    put("pace", "real time: Genesys is elsewhere");
    return;
  }
  [isRunning, speed] = [pace.isRunning, pace.speed];
  put("play", isRunning ? "Pause time" : "Let time pass");
  for (const input of speedInputs()) input.checked = Number(input.value) === speed;
  const isLate = isRunning && pace.achieved < speed * lag && pace.achieved > 0;
  put(
    "pace",
    isLate ? `this machine does ${pace.achieved < 10 ? pace.achieved.toFixed(1) : Math.round(pace.achieved)}x` : "",
  );
};

export const wireSwitches = (): void => {
  byId("play").addEventListener("click", () => post("clock", { speed, isRunning: !isRunning }));
  for (const input of speedInputs())
    input.addEventListener("change", () => post("clock", { speed: Number(input.value), isRunning: true }));
  byId("guide-start").addEventListener("click", () => post("guide", { isOn: true }));
  byId("guide-stop").addEventListener("click", () => post("guide", { isOn: false }));
  for (const button of byId("campaigns").querySelectorAll("button"))
    button.addEventListener("click", () =>
      post("campaign", { perMinute: Number(button.dataset["perMinute"]), minutes: 5 }),
    );
};

/** A recording is looked at, moment by moment. */
export const wireMoments = (moments: number, show: (moment: number) => void): void => {
  const slider = inputById("moment");
  slider.max = String(moments - 1);
  slider.value = slider.max;
  slider.addEventListener("input", () => show(Number(slider.value)));
};
