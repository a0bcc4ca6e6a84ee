import type { Frame, FramePoint } from "../frame.ts";
import type { Recording } from "../recording.ts";
import { byId, inputById, put, selectById, wantsStillness } from "./dom.ts";
import { showChart } from "./drawing/chart.ts";
import { followPointer, nameSpan, showKey } from "./drawing/chart-look.ts";
import { showFlow } from "./drawing/flow.ts";
import { showQueues } from "./drawing/queues.ts";
import { onConversationAsked, showEvent } from "./panels/conversation.ts";
import { onEventChosen, showEvents } from "./panels/events.ts";
import { showFailed } from "./panels/failed.ts";
import { showFaults } from "./panels/faults.ts";
import { showGuide } from "./panels/guide.ts";
import { showLedger } from "./panels/ledger.ts";
import { showOutages, showPace, wireMoments, wireSwitches } from "./panels/switches.ts";
import { type Verdict, verdictOf } from "./verdict.ts";
import { clock, lasts } from "./words.ts";

/* The live page of `floodgate dev`, and a recorded run: it knows nothing but frames (../frame.ts). */

const icons: Readonly<Record<Verdict["tone"], string>> = {
  good: "M4 12.5l5 5L20 6.5",
  bad: "M12 3L2.5 20h19L12 3zM12 10v4.5M12 17.3v.2",
  warn: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7.5V12l3 2",
};
const titleMarks: Readonly<Record<Verdict["tone"], string>> = { good: "", warn: "… ", bad: "! " };

const liveSpan = 900_000;
const mostPoints = 180;
/** Whoever wants no motion gets a new frame less often. */
const stillEvery = 2_000;

let current: Frame | undefined;
let points: ReadonlyArray<FramePoint> = [];
let spoken = "";

const showVerdict = (frame: Frame): void => {
  const { tone, kind, text, more } = verdictOf(frame);
  byId("verdict").dataset["tone"] = tone;
  byId("verdict-icon").setAttribute("d", icons[tone]);
  put("verdict-text", text);
  put("aftermath", more);
  put("clock", clock(frame.at));
  if (kind === spoken) return;
  spoken = kind;
  put("spoken", text);
  document.title = `${titleMarks[tone]}Floodgate: ${text.split(":")[0]}`;
};

const showAll = (frame: Frame, isLive: boolean, span: { readonly from: number; readonly to: number }): void => {
  showVerdict(frame);
  showLedger(frame);
  showFlow(frame, points);
  showChart(frame, points, span);
  showQueues(frame);
  showFailed(frame);
  showEvents(frame, isLive);
  if (!isLive) return;
  showOutages(frame);
  showGuide(frame);
  showPace(frame);
};

const showLive = (): void => {
  if (current !== undefined) showAll(current, true, { from: current.at - liveSpan, to: current.at });
};

const connect = (): void => {
  let shownAt = 0;
  const source = new EventSource("events");
  source.addEventListener("message", ({ data }) => {
    // Our own server, whose frames have this shape.
    const frame: Frame = JSON.parse(data);
    current = frame;
    points = [...points, ...frame.points].slice(-mostPoints);
    if (document.hidden || (wantsStillness() && performance.now() - shownAt < stillEvery)) return;
    shownAt = performance.now();
    showLive();
  });
  source.addEventListener("open", () => {
    points = [];
  });
  source.addEventListener("error", () => {
    byId("verdict").dataset["tone"] = "bad";
    put("verdict-text", "floodgate dev does not answer");
    put("aftermath", "The page goes on by itself when it is started again at the same address.");
  });
  wireSwitches();
  onEventChosen((messageId) => void showEvent(messageId));
  onConversationAsked();
  for (const listen of [
    () => selectById("only").addEventListener("change", showLive),
    () => addEventListener("resize", showLive),
  ])
    listen();
  followPointer(showLive);
};

const replay = ({ title, audit, frames, points: all, faults }: Recording): void => {
  const [first, last] = [frames[0], frames.at(-1)];
  put("where", title);
  put("audit", audit);
  nameSpan("The whole run");
  if (first === undefined || last === undefined) {
    put("verdict-text", "The run was over before its first moment.");
    return;
  }
  points = all;
  const span = { from: first.at, to: Math.max(last.at, first.at + 1) };
  showFaults(faults, span.to - span.from);
  const show = (moment: number): void => {
    const frame = frames[moment] ?? last;
    current = frame;
    const label = `${clock(frame.at)}, ${lasts(frame.at - first.at)} after the start`;
    inputById("moment").setAttribute("aria-valuetext", label);
    showAll(frame, false, span);
  };
  wireMoments(frames.length, show);
  const again = (): void => show(Number(inputById("moment").value));
  selectById("only").addEventListener("change", again);
  addEventListener("resize", again);
  byId("look").hidden = true;
  byId("ask").hidden = true;
  show(frames.length - 1);
};

/** What page-html.ts has put into the page. */
const recording: Recording | null = JSON.parse(byId("recording").textContent ?? "null");
document.documentElement.classList.add(recording === null ? "live" : "recorded");
selectById("theme").addEventListener("change", () => {
  document.documentElement.dataset["theme"] = selectById("theme").value;
});
showKey();
if (recording === null) connect();
else replay(recording);
