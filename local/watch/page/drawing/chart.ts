import type { Frame, FramePoint, LoggedOutage } from "../../frame.ts";
import { byId, inputById } from "../dom.ts";
import { clock, escapeText, lasts, number, rate } from "../words.ts";

/* Two panels over one time axis; outages are bars on the axis and a wash through both panels. */

/** Room for the numbers of the axes. */
export const left = 46;
const top = 6;

const isWide = (width: number): boolean => width > 620;

/** Room for the names of the lines, where there is any. */
export const roomAtRight = (width: number): number => (isWide(width) ? 104 : 6);

const ratesHeight = 104;
const levelsTop = top + ratesHeight + 16;
const levelsHeight = 62;
const axis = levelsTop + levelsHeight;
const height = axis + 36;

/** How far a look back may go, in milliseconds. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface Scale {
  readonly right: number;
  readonly x: (at: number) => number;
  readonly rates: (value: number) => number;
  readonly levels: (value: number) => number;
  readonly mostRate: number;
  readonly mostLevel: number;
}

/** The next round number above. */
const roundUp = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return ([1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].find((each) => each * power >= value) ?? 10) * power;
};

const inFlight = ({ buffer, firehose, retrying }: FramePoint): number => buffer + firehose + retrying;

const scaleOf = (points: ReadonlyArray<FramePoint>, { from, to }: Span, width: number): Scale => {
  const most = (pick: (point: FramePoint) => number, least: number): number =>
    roundUp(points.reduce((largest, point) => Math.max(largest, pick(point)), least));
  const mostRate = most(({ received, delivered, setAside }) => Math.max(received, delivered, setAside), 50);
  const mostLevel = most(inFlight, 2_000);
  return {
    right: left + width,
    x: (at) => left + (width * Math.max(0, at - from)) / Math.max(1, to - from),
    rates: (value) => top + ratesHeight - (ratesHeight * value) / mostRate,
    levels: (value) => levelsTop + levelsHeight - (levelsHeight * value) / mostLevel,
    mostRate,
    mostLevel,
  };
};

const short = (value: number): string => (value >= 10_000 ? `${value / 1000}k` : number(value));

const outageBand = (outage: LoggedOutage, { from, to }: Span, { x, right }: Scale): string => {
  const end = outage.to ?? to;
  if (end < from || outage.from > to) return "";
  const [a, b] = [x(Math.max(from, outage.from)), x(Math.min(to, end))];
  const width = Math.max(2, b - a);
  const text = escapeText(`${outage.describes}, ${lasts(end - outage.from)}`);
  const label =
    b - a > 40
      ? `<text class="bad s" x="${Math.min(a, Math.max(left, right - 196))}" y="${axis + 32}">${text}</text>`
      : "";
  return `<rect class="band" x="${a}" y="${top}" width="${width}" height="${axis - top}"/><rect class="stop" x="${a}" y="${axis}" width="${width}" height="5" rx="1"/>${label}`;
};

const grid = ({ right, rates, levels, mostRate, mostLevel }: Scale): string =>
  [
    ...[0, mostRate / 2, mostRate].map(
      (value) =>
        `<path class="grid-line" d="M${left} ${rates(value)}H${right}"/><text class="s" x="${left - 7}" y="${rates(value) + 4}" text-anchor="end">${short(value)}</text>`,
    ),
    `<path class="axis-line" d="M${left} ${axis}H${right}"/>`,
    `<path class="grid-line" d="M${left} ${levels(mostLevel)}H${right}"/><text class="s" x="${left - 7}" y="${levels(mostLevel) + 4}" text-anchor="end">${short(mostLevel)}</text>`,
  ].join("");

const minute = 60_000;
const ticks = [1, 3, 10, 30, 60, 180, 720].map((minutes) => minutes * minute);

const timeAxis = ({ from, to }: Span, { x, right }: Scale): string => {
  const every = ticks.find((each) => (to - from) / each <= 8) ?? 24 * 60 * minute;
  const marks: string[] = [];
  for (let at = Math.ceil(from / every) * every; at <= to; at += every) {
    if (x(at) < left + 14 || x(at) > right - 10) continue;
    marks.push(
      `<path class="axis-line" d="M${x(at)} ${axis}v4"/><text class="s" x="${x(at)}" y="${axis + 18}" text-anchor="middle">${clock(at).slice(0, 5)}</text>`,
    );
  }
  return marks.join("");
};

type Pick = (point: FramePoint) => number;

const line = (points: ReadonlyArray<FramePoint>, { x, rates }: Scale, pick: Pick): string =>
  points
    .map((point, index) => `${index > 0 ? "L" : "M"}${x(point.at).toFixed(1)} ${rates(pick(point)).toFixed(1)}`)
    .join("");

const area = (points: ReadonlyArray<FramePoint>, { x, levels }: Scale, low: Pick, high: Pick): string => {
  if (points.length === 0) return "";
  const edge = (each: ReadonlyArray<FramePoint>, pick: Pick): string =>
    each.map((point) => `${x(point.at).toFixed(1)} ${levels(pick(point)).toFixed(1)}`).join("L");
  return `M${edge(points, high)}L${edge(points.toReversed(), low)}Z`;
};

const curves = (points: ReadonlyArray<FramePoint>, scale: Scale): string =>
  [
    `<path class="a-buffer" d="${area(
      points,
      scale,
      () => 0,
      ({ buffer }) => buffer,
    )}"/>`,
    `<path class="a-fire" d="${area(
      points,
      scale,
      ({ buffer }) => buffer,
      ({ buffer, firehose }) => buffer + firehose,
    )}"/>`,
    `<path class="a-failed" d="${area(points, scale, ({ buffer, firehose }) => buffer + firehose, inFlight)}"/>`,
    `<path class="l aside" d="${line(points, scale, ({ setAside }) => setAside)}"/>`,
    `<path class="l out" d="${line(points, scale, ({ delivered }) => delivered)}"/>`,
    `<path class="l in" d="${line(points, scale, ({ received }) => received)}"/>`,
  ].join("");

/** Names at the right end of the lines, moved apart where they would overlap. */
const lineLabels = (last: FramePoint, { right, rates }: Scale): string => {
  const labels = [
    { text: `received ${number(last.received)}/s`, color: "ink", y: rates(last.received) + 4 },
    { text: `delivered ${number(last.delivered)}/s`, color: "delivered", y: rates(last.delivered) + 4 },
    { text: `set aside ${number(last.setAside)}/s`, color: "aside", y: rates(last.setAside) + 4 },
  ].toSorted((a, b) => b.y - a.y);
  let lowest = top + ratesHeight + 4;
  return [
    ...labels.map(({ text, color, y }) => {
      const at = Math.min(y, lowest);
      lowest = at - 15;
      return `<text x="${right + 8}" y="${at.toFixed(1)}" style="fill:var(--${color})">${text}</text>`;
    }),
    `<text x="${right + 8}" y="${levelsTop + 12}" style="fill:var(--flight)">in flight</text>`,
    `<text class="s" x="${right + 8}" y="${levelsTop + 28}">${number(inFlight(last))}</text>`,
  ].join("");
};

const readout = (point: FramePoint | undefined, isNow: boolean): ReadonlyArray<readonly [string, string]> =>
  point === undefined
    ? []
    : [
        [isNow ? "Now: received" : `${clock(point.at)}: received`, rate(point.received)],
        [", delivered", rate(point.delivered)],
        [", set aside", rate(point.setAside)],
        ["; waiting: buffer", number(point.buffer)],
        [", Firehose", number(point.firehose)],
        [", failed chunks", number(point.retrying)],
      ];

const showReadout = (parts: ReadonlyArray<readonly [string, string]>): void => {
  byId("readout").replaceChildren(
    ...parts.flatMap(([text, value]) => {
      const bold = document.createElement("b");
      bold.textContent = value;
      return [`${text} `, bold];
    }),
  );
};

/** Draws what lies within `span`; `points` may hold more. */
export const showChart = ({ at, outageLog }: Frame, all: ReadonlyArray<FramePoint>, span: Span): void => {
  const width = Math.floor(byId("chart").clientWidth);
  const points = all.filter((point) => point.at >= span.from && point.at <= span.to);
  const scale = scaleOf(points, span, width - left - roomAtRight(width));
  const look = inputById("look");
  const back = Number(look.value);
  const cursorAt = at + back * 1000;
  const last = points.at(-1);
  const markup = [
    ...outageLog.map((outage) => outageBand(outage, span, scale)),
    grid(scale),
    timeAxis(span, scale),
    curves(points, scale),
    isWide(width) && last !== undefined ? lineLabels(last, scale) : "",
    back < 0 ? `<path class="cursor" d="M${scale.x(cursorAt)} ${top}V${axis}"/>` : "",
  ].join("");
  byId("chart").innerHTML = `<svg width="${width}" height="${height}" style="display:block">${markup}</svg>`;
  look.style.cssText = `margin-left:${left - 8}px;width:${scale.right - left + 16}px`;
  look.setAttribute("aria-valuetext", back === 0 ? "now" : `${clock(cursorAt)}, ${lasts(-back * 1000)} ago`);
  showReadout(
    readout(
      points.findLast((point) => point.at <= cursorAt),
      back === 0,
    ),
  );
};
