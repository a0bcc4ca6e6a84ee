import { byId, dialogById, inputById, make, put } from "../dom.ts";
import { clock } from "../words.ts";

/** One participant's part of a conversation; places and widths in percent of its time (cli/find/timeline-page.ts). */
interface Row {
  readonly name: string;
  readonly part: string;
  readonly left: number;
  readonly width: number;
  readonly rang: number;
  readonly tells: string;
  readonly events: ReadonlyArray<Fate & { readonly type: string; readonly eventTime: string }>;
}

interface Fate {
  readonly outcome: string;
  readonly decision?: string | null;
  readonly reason: string | null;
}

interface Told {
  readonly message?: string;
  readonly timeline?: {
    readonly summary: string;
    readonly rows: ReadonlyArray<Row>;
    readonly undated: ReadonlyArray<Fate & { readonly messageId: string }>;
    readonly missing: ReadonlyArray<string>;
  } | null;
}

interface History {
  readonly message?: string;
  readonly type?: string;
  readonly conversation?: string;
  readonly history?: ReadonlyArray<{ readonly at: number; readonly what: string }>;
}

const unknownYet = "Nothing is known of it yet: it was not received, or is still in the buffer.";

const fateOf = ({ outcome, decision, reason }: Fate): string =>
  [outcome === "setAside" ? "set aside" : outcome, decision === "admitted" ? null : decision, reason]
    .filter((part) => part !== null && part !== undefined && part !== "")
    .join(": ");

const piece = (part: string, left: number, width: number): HTMLElement => {
  const made = make("span", part);
  made.style.left = `${left}%`;
  made.style.width = `${width}%`;
  return made;
};

const rowElement = ({ name, part, left, width, rang, tells, events }: Row): HTMLElement => {
  const track = make("div", "track", piece(part, left, width));
  track.setAttribute("aria-hidden", "true");
  if (rang > 0) track.append(piece("rang", left, (width * rang) / 100));
  const list = events.map((event) => `${event.type} ${event.eventTime.slice(11, 19)} ${fateOf(event)}`).join(", ");
  return make("li", "", make("strong", "", name), tells === "" ? "" : ` ${tells}`, track, make("small", "", list));
};

const showTimeline = ({ timeline, message }: Told): void => {
  put("talk-sum", timeline?.summary ?? message ?? unknownYet);
  const undated = (timeline?.undated ?? []).map((event) =>
    make(
      "li",
      "",
      make("strong", "", "without a time"),
      ` ${fateOf(event)}`,
      make("small", "", `messageId ${event.messageId}`),
    ),
  );
  byId("timeline").replaceChildren(...(timeline?.rows ?? []).map(rowElement), ...undated);
  const missing = timeline?.missing ?? [];
  const whole = missing.length === 0 ? "Complete: whatever began has an end." : `Missing: ${missing.join("; ")}`;
  put("missing", timeline === undefined || timeline === null ? "" : whole);
};

const ask = async <A extends { readonly message?: string }>(
  path: string,
): Promise<A | { readonly message: string }> => {
  try {
    // Our own server, whose answers have these shapes.
    const answer: A = await (await fetch(path)).json();
    return answer;
  } catch {
    return { message: "floodgate dev does not answer" };
  }
};

const open = (title: string): void => {
  put("talk-title", title);
  const dialog = dialogById("conversation");
  if (!dialog.open) dialog.showModal();
};

/** What somebody asked for last: the answer to an earlier question comes too late. */
let asked = 0;

const showConversation = async (id: string, question: number): Promise<void> => {
  const told = await ask<Told>(`conversation?id=${encodeURIComponent(id)}`);
  if (question === asked) showTimeline(told);
};

/** What happened to an event, and the whole of its conversation. */
export const showEvent = async (messageId: string): Promise<void> => {
  asked += 1;
  const question = asked;
  const found: History = await ask<History>(`history?messageId=${encodeURIComponent(messageId)}`);
  byId("history").replaceChildren(
    ...(found.history ?? []).map(({ at, what }) => make("li", "", make("time", "", clock(at)), what)),
  );
  byId("timeline").replaceChildren();
  put("missing", "");
  put("talk-sum", found.message ?? "");
  const conversation = found.conversation ?? "";
  open(conversation === "" ? (found.type ?? "An event") : `${found.type}, conversation ${conversation}`);
  if (conversation !== "" && question === asked) await showConversation(conversation, question);
};

/** The form in which somebody types a conversation's id. */
export const onConversationAsked = (): void => {
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const id = inputById("conversation-id").value.trim();
    byId("history").replaceChildren();
    asked += 1;
    void showConversation(id, asked).then(() => open(`Conversation ${id}`));
  });
};
