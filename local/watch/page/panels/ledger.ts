import type { Frame, FrameLedger } from "../../frame.ts";
import { byId, put } from "../dom.ts";
import { number, sum } from "../words.ts";

type Term = readonly [color: string, value: number, label: string, detail: string];

const asideDetail = ({ lowPriority, rateLimited, dropped }: FrameLedger["setAside"]): string =>
  [
    `${number(rateLimited)} over the limit`,
    `${number(lowPriority)} low priority`,
    ...(dropped === 0 ? [] : [`${number(dropped)} not stored`]),
  ].join(", ");

const parkedDetail = (parked: FrameLedger["parked"]): string =>
  Object.entries(parked)
    .map(([reason, copies]) => `${number(copies)} ${reason}`)
    .join(", ") || "none";

/** The terms that a copy ends in, in the order of the bar. */
const terms = ({ delivered, setAside, duplicates, parked, inFlight }: FrameLedger): ReadonlyArray<Term> => [
  ["delivered", delivered, "delivered", "in S3"],
  ["aside", sum({ ...setAside }), "set aside", asideDetail(setAside)],
  ["duplicate", duplicates, "duplicates", "another copy counts"],
  ["parked", sum(parked), "parked", parkedDetail(parked)],
  [
    "flight",
    sum({ ...inFlight }),
    "in flight",
    `buffer ${number(inFlight.buffer + inFlight.inHand)}, Firehose ${number(inFlight.firehose)}, retrying ${number(inFlight.retrying)}`,
  ],
];

const build = (list: ReadonlyArray<Term>): void => {
  const hatch = (color: string): string => (color === "flight" ? "hatch" : "");
  byId("bar").innerHTML = list
    .map(([color]) => `<i class="${hatch(color)}" style="background-color:var(--${color})"></i>`)
    .join("");
  byId("equation").innerHTML = [
    '<li data-sign=""><b></b><span class="name">received</span><small>messages the buffer took</small></li>',
    ...list.map(
      ([color, , label], index) =>
        `<li data-sign="${index === 0 ? "=" : "+"}"><b></b><span class="name"><i class="swatch ${hatch(color)}" style="background-color:var(--${color})"></i>${label}</span><small></small></li>`,
    ),
    '<li class="balance" data-sign=""></li>',
  ].join("");
};

export const showLedger = ({ ledger }: Frame): void => {
  const list = terms(ledger);
  const [bar, equation] = [byId("bar"), byId("equation")];
  if (bar.firstChild === null) build(list);
  list.forEach(([, value, , detail], index) => {
    const segment = bar.children[index];
    if (segment instanceof HTMLElement) {
      segment.style.flexGrow = String(value);
      segment.style.minWidth = value > 0 ? "3px" : "0";
    }
    const item = equation.children[index + 1];
    put(item?.firstElementChild, number(value));
    put(item?.lastElementChild, detail);
  });
  put(equation.firstElementChild?.firstElementChild, number(ledger.received));
  put(
    equation.lastElementChild,
    ledger.missing === 0 ? "adds up: nothing is missing" : `does not add up: ${number(ledger.missing)} nowhere`,
  );
};
