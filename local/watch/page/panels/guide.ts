import type { Frame } from "../../frame.ts";
import { byId, make, put } from "../dom.ts";
import { clock, lasts, number, rate } from "../words.ts";

type Telling = (frame: Frame) => string;

const canary = ({ chunks }: Frame) => chunks.find(({ isCanary }) => isCanary);

/** The steps of ../../guide.ts in words: a title, and what happens meanwhile. */
const steps: ReadonlyArray<readonly [title: string, tells: Telling]> = [
  [
    "A campaign starts",
    ({ perSecond }) =>
      `${rate(perSecond.received)} come in, and as many leave again. In two minutes of the pipeline's time Firehose is taken away.`,
  ],
  [
    "Firehose refuses",
    () => "Every hand-over is answered 503. process-batch tries again; it does not believe the first error.",
  ],
  [
    "The breaker opens",
    (frame) =>
      `Nothing got through for 20 seconds. One chunk of ${number(canary(frame)?.events ?? 0)} events is kept in S3 to ask for all the others; what else is in hand goes back to the buffer.`,
  ],
  [
    "Reading stops",
    ({ buffer }) =>
      `The event source mapping is switched off. ${number(buffer.waiting)} events wait; that costs no invocation, and no message uses up a receive.`,
  ],
  [
    "One chunk asks, once a minute",
    (frame) =>
      `Its attempt ${number(canary(frame)?.attempt ?? 0)} has just failed too. One call a minute, however long the outage lasts and however many events wait.`,
  ],
  [
    "Firehose is back",
    (frame) => {
      const due = canary(frame)?.dueAt;
      const when = due === undefined ? "" : `, in ${lasts(due - frame.at)},`;
      return `Nobody has to do anything. The next attempt${when} will notice.`;
    },
  ],
  [
    "The buffer drains",
    ({ perSecond, buffer }) =>
      `${rate(perSecond.read)}, while new calls keep coming in. The pace stays below Firehose's quota, so the recovery does not cause the next outage. ${number(buffer.waiting)} to go.`,
  ],
  [
    "Everything is accounted for",
    ({ ledger }) =>
      ledger.missing === 0
        ? `${number(ledger.received)} events were received, and each is delivered, set aside, a duplicate or parked. Lost: none.`
        : `${number(ledger.missing)} events cannot be accounted for.`,
  ],
];

const build = (list: HTMLElement): void => {
  list.append(
    ...steps.map(([title]) =>
      make("li", "", make("strong", "", make("span", "", title), make("time", "")), make("p", "")),
    ),
  );
};

const stateOf = (index: number, step: number): "done" | "now" | "" => {
  if (index < step || (index === step && step === steps.length - 1)) return "done";
  return index === step ? "now" : "";
};

export const showGuide = (frame: Frame): void => {
  const list = byId("steps");
  if (list.firstChild === null) build(list);
  const { step, reachedAt } = frame.guide;
  steps.forEach(([, tells], index) => {
    const item = list.children[index];
    if (item === undefined) return;
    item.className = `${stateOf(index, step)}${index === step ? " told" : ""}`.trim();
    if (index === step) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
    const at = reachedAt[index];
    put(item.querySelector("time"), at === undefined ? "" : clock(at));
    put(item.lastElementChild, index === step ? tells(frame) : "");
  });
  put("guide-start", step < 0 ? "Start" : "Start over");
  const stop = byId("guide-stop");
  if (stop instanceof HTMLButtonElement) stop.disabled = step < 0;
};
