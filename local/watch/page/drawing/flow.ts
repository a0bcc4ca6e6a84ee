import type { Frame, FramePoint } from "../../frame.ts";
import { byId, put, putMarkup } from "../dom.ts";
import { escapeText, lasts, number, plural, rate, sum } from "../words.ts";
import { containers, drawNarrow, drawWide } from "./flow-drawing.ts";

const isWideFrom = 800;
const widestNarrow = 460;
const wordsEvery = 5_000;

const closed = "M-8 0a2.5 2.5 0 105 0a2.5 2.5 0 10-5 0M3.5 0a2.5 2.5 0 105 0a2.5 2.5 0 10-5 0M-3 0H3.5";
const open = "M-8 0a2.5 2.5 0 105 0a2.5 2.5 0 10-5 0M3.5 0a2.5 2.5 0 105 0a2.5 2.5 0 10-5 0M-4-1.5L3-9";

let drawnWidth = 0;
let toldAt = 0;

const draw = (): void => {
  const width = Math.floor(byId("flow").clientWidth);
  if (width === drawnWidth) return;
  drawnWidth = width;
  const { markup, height } = width >= isWideFrom ? drawWide(width) : drawNarrow(Math.min(width, widestNarrow));
  byId("flow").innerHTML =
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" style="display:block">${markup}</svg>`;
};

const isOn = (frame: Frame, name: string): boolean => frame.outages.some((each) => each.name === name && each.isOn);

const mapText = ({ map, at }: Frame): string =>
  map.checkedAt === null ? "none yet" : `${number(map.queues)}, ${Math.round((at - map.checkedAt) / 60_000)} min old`;

const textsOf = (frame: Frame): Readonly<Record<string, string>> => {
  const { ledger, perSecond, buffer, processing, genesys, chunks, chunksInAll } = frame;
  const age = buffer.oldestAt === null ? 0 : frame.at - buffer.oldestAt;
  const aside = sum({ ...ledger.setAside });
  const next = Math.min(...chunks.map(({ dueAt }) => dueAt));
  const isSinkOpen = frame.breakers.some(({ name }) => name === "sink");
  return {
    "v-bus": number(ledger.received),
    "s-bus": "received",
    "v-buffer": number(buffer.waiting),
    "s-buffer": age > 5_000 ? `oldest ${lasts(age)}` : "waiting",
    "v-process": `${processing.running} of ${processing.ceiling}`,
    "s-process": isOn(frame, "firehose-down") && !isSinkOpen ? "tries again" : "at work",
    "v-fire": number(ledger.inFlight.firehose),
    "s-fire": isOn(frame, "firehose-down") ? "answers 503" : "records held",
    "v-admit": rate(perSecond.delivered + perSecond.aside),
    "s-admit": "judged",
    "v-s3": number(ledger.delivered),
    "s-s3": isOn(frame, "s3-down") ? "answers 503" : "delivered",
    "v-dup": number(ledger.duplicates),
    "s-dup": "recognised",
    "v-park": number(sum(ledger.parked)),
    "s-park": "with reasons",
    "v-chunks": number(chunksInAll),
    "s-chunks": plural(ledger.inFlight.retrying, "event"),
    "v-retry": chunksInAll === 0 ? "idle" : lasts(next - frame.at),
    "s-retry": chunksInAll === 0 ? "each minute" : "to the next one",
    "v-aside": number(aside),
    "s-aside": `${Math.round((100 * aside) / Math.max(1, ledger.delivered + aside))} % of judged`,
    "s-genesys": `${number(genesys.minute)} of ${number(genesys.allowed)} a min`,
    "s-map": mapText(frame),
  };
};

const showPipe = (id: string, value: number, isAlwaysTold: boolean): void => {
  const [tube, stream] = [document.getElementById(`p-${id}`), document.getElementById(`f-${id}`)];
  if (tube === null || stream === null) return;
  const isStill = value < 0.05;
  const width = isStill ? 1.5 : Math.min(12, 2 + Math.sqrt(value) * 0.45);
  const pace = value < 20 ? "slow" : value < 200 ? "mid" : "fast";
  tube.setAttribute("stroke-width", width.toFixed(1));
  stream.setAttribute("stroke-width", Math.max(1.6, width * 0.34).toFixed(1));
  stream.setAttribute("class", `stream ${isStill ? "still" : pace}`);
  put(`r-${id}`, isStill ? (isAlwaysTold ? "0/s" : "") : rate(value));
};

const showPipes = ({ perSecond }: Frame): void => {
  const { received, read, handed, delivered, aside, duplicates, parked, kept } = perSecond;
  const main = { in: received, read, hand: handed, fire: delivered + aside, out: delivered };
  const others = { dup: duplicates, park: parked, keep: kept, aside };
  for (const [id, value] of Object.entries(main)) showPipe(id, value, true);
  for (const [id, value] of Object.entries(others)) showPipe(id, value, false);
};

const showLevel = (id: string, share: number): void => {
  const level = document.getElementById(`l-${id}`);
  if (level === null) return;
  const height = Math.max(0, Math.min(1, share)) * (Number(level.dataset["h"]) - 2);
  level.setAttribute("y", (Number(level.dataset["y"]) + Number(level.dataset["h"]) - 1 - height).toFixed(1));
  level.setAttribute("height", height.toFixed(1));
};

const showLevels = ({ buffer, ledger }: Frame, points: ReadonlyArray<FramePoint>): void => {
  const most = Math.max(2_000, buffer.waiting, ...points.map((point) => point.buffer));
  const { firehose, retrying } = ledger.inFlight;
  showLevel("buffer", buffer.waiting / most);
  showLevel("fire", firehose / Math.max(12_000, firehose));
  showLevel("chunks", retrying / Math.max(1_500, retrying));
};

const showBreakers = (frame: Frame): void => {
  const isOpen = (name: string): boolean => frame.breakers.some((each) => each.name === name);
  const arms = { sink: isOpen("sink"), reading: !frame.processing.isReading, genesys: isOpen("genesys") };
  for (const [id, isArmOpen] of Object.entries(arms)) {
    const arm = document.getElementById(`b-${id}`);
    arm?.setAttribute("d", isArmOpen ? open : closed);
    arm?.classList.toggle("open", isArmOpen);
  }
  put("w-sink", arms.sink ? "open" : "");
  put("w-reading", arms.reading ? "paused" : "");
  document.getElementById("n-genesys")?.classList.toggle("held", arms.genesys);
};

const wordsOf = (frame: Frame): ReadonlyArray<string> => {
  const { ledger, perSecond, buffer, processing, breakers, chunksInAll } = frame;
  return [
    `EventBridge: ${rate(perSecond.received)} come in`,
    `Buffer: ${number(buffer.waiting)} wait, ${processing.isReading ? "being read" : "reading is paused"}`,
    `process-batch: ${processing.running} of ${processing.ceiling} containers, ${rate(perSecond.handed)} handed over`,
    `Breakers that are open: ${breakers.map(({ name }) => name).join(", ") || "none"}`,
    `Firehose: ${number(ledger.inFlight.firehose)} records`,
    `S3: ${rate(perSecond.delivered)} delivered, ${rate(perSecond.aside)} set aside`,
    `Failed chunks: ${number(chunksInAll)}, with ${plural(ledger.inFlight.retrying, "event")}`,
  ];
};

/** `points` are those of the chart, for how full the buffer has been. */
export const showFlow = (frame: Frame, points: ReadonlyArray<FramePoint>): void => {
  draw();
  const texts = textsOf(frame);
  for (const [id, text] of Object.entries(texts)) put(id, text);
  for (const id of ["fire", "s3"]) {
    const isDown = texts[`s-${id}`] === "answers 503";
    document.getElementById(`s-${id}`)?.classList.toggle("bad", isDown);
    document.getElementById(`n-${id}`)?.classList.toggle("held", isDown);
  }
  showPipes(frame);
  showLevels(frame, points);
  showBreakers(frame);
  for (let slot = 0; slot < containers; slot += 1)
    document
      .getElementById(`c-${slot}`)
      ?.classList.toggle(
        "on",
        slot < Math.ceil((frame.processing.running / Math.max(1, frame.processing.ceiling)) * containers),
      );
  if (Math.abs(frame.at - toldAt) < wordsEvery) return;
  toldAt = frame.at;
  putMarkup(
    byId("flow-words"),
    wordsOf(frame)
      .map((text) => `<li>${escapeText(text)}</li>`)
      .join(""),
  );
};
