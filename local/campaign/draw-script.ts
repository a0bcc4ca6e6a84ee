import { queueId, userId } from "../genesys/organisation.ts";
import { randomId } from "../text.ts";
import type { CustomerSession, MediaType, QueueEntry, Script, Span, Talk, Unanswered } from "./script.ts";

/*
 * How conversations of a working day go. Waiting is exponential, as in a queue without priorities; talking and what is
 * written afterwards are lognormal (Brown et al., "Statistical analysis of a telephone call center", 2005, find both).
 */

export type Random = () => number;

const second = 1_000;
const minute = 60 * second;

const queues = 200;
const users = 500;
const zipfExponent = 1.1;

/** What conversations come to, and how often; the rest is answered by the first agent, and that is all. */
const shares = [
  ["abandoned", 0.12],
  ["transferred", 0.08],
  ["message", 0.06],
  ["unanswered", 0.05],
  ["leavesInFlow", 0.04],
  ["consulted", 0.03],
  ["flowOut", 0.03],
  ["calledBack", 0.02],
  ["everything", 0.01],
] as const;

type Kind = (typeof shares)[number][0] | "answered";

const queueWeights = Array.from({ length: queues }, (_, index) => 1 / (index + 1) ** zipfExponent);
const totalWeight = queueWeights.reduce((sum, weight) => sum + weight, 0);

/** A few queues get most of a campaign's calls. */
export const pickQueue = (random: Random): string => {
  let left = random() * totalWeight;
  const index = queueWeights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return queueId(index < 0 ? queues : index + 1);
};

export const pickUser = (random: Random): string => userId(1 + Math.floor(random() * users));

const between = (random: Random, least: number, most: number): number => Math.round(least + random() * (most - least));

const exponential = (random: Random, mean: number, most: number): number =>
  Math.min(most, Math.round(-mean * Math.log(1 - random())));

/** By the method of Box and Muller. */
const lognormal = (random: Random, median: number, deviation: number, most: number): number => {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(most, Math.round(median * Math.exp(deviation * normal)));
};

/** A message is answered now and then, a call is talked through. */
const talked = (random: Random, mediaType: MediaType): number =>
  mediaType === "MESSAGE"
    ? lognormal(random, 12 * minute, 1, 20 * 60 * minute)
    : lognormal(random, 3 * minute, 0.6, 40 * minute);

const ringsFor = (random: Random): number => between(random, 2 * second, 8 * second);

const unansweredSeconds = 20;

const ringsInVain = (random: Random, from: number): Unanswered => ({
  user: pickUser(random),
  from,
  to: from + unansweredSeconds * second,
});

interface Course {
  readonly mediaType: MediaType;
  readonly isTransferred?: boolean;
  readonly isConsulted?: boolean;
  /** So many agents do not answer before one does. */
  readonly unanswered?: number;
}

const talk = (random: Random, from: number, { mediaType, isTransferred, isConsulted }: Course): Talk => {
  const answeredAt = from + ringsFor(random);
  const length = talked(random, mediaType) + 2 * second;
  const heldMilliseconds = isConsulted === true ? Math.round(length / 4) : 0;
  const asked = answeredAt + Math.round(length / 2);
  return {
    user: pickUser(random),
    from,
    answeredAt,
    to: answeredAt + length,
    heldMilliseconds,
    wrapupMilliseconds: lognormal(random, 25 * second, 0.5, 5 * minute),
    consult: isConsulted === true ? { user: pickUser(random), from: asked, to: asked + heldMilliseconds } : undefined,
    isTransferred: isTransferred === true,
  };
};

const answered = (random: Random, from: number, course: Course): QueueEntry & { readonly talk: Talk } => {
  const unanswered: Unanswered[] = [];
  let free = from + exponential(random, 40 * second, 10 * minute);
  for (let inVain = 0; inVain < (course.unanswered ?? 0); inVain += 1) {
    const rang = ringsInVain(random, free);
    unanswered.push(rang);
    free = rang.to + exponential(random, 5 * second, minute);
  }
  const taken = talk(random, free, course);
  const { mediaType } = course;
  return {
    queue: pickQueue(random),
    mediaType,
    from,
    to: taken.answeredAt,
    outcome: "ANSWERED",
    unanswered,
    talk: taken,
  };
};

const unansweredEntry = (random: Random, from: number, outcome: "ABANDON" | "FLOW_OUT"): QueueEntry => ({
  queue: pickQueue(random),
  mediaType: "VOICE",
  from,
  to: from + second + exponential(random, 60 * second, 10 * minute),
  outcome,
  unanswered: [],
  talk: undefined,
});

/** Between two steps of a conversation. */
const gap = 100;

const transferred = (random: Random, from: number, course: Course): ReadonlyArray<QueueEntry> => {
  const first = answered(random, from, { ...course, isTransferred: true });
  return [first, answered(random, first.talk.to + gap, { mediaType: course.mediaType })];
};

const voice: Course = { mediaType: "VOICE" };

/** The ways through the queues of the first session. */
const entriesOf: Readonly<Record<Kind, (random: Random, from: number) => ReadonlyArray<QueueEntry>>> = {
  answered: (random, from) => [answered(random, from, voice)],
  abandoned: (random, from) => [unansweredEntry(random, from, "ABANDON")],
  transferred: (random, from) => transferred(random, from, voice),
  message: (random, from) => [answered(random, from, { mediaType: "MESSAGE" })],
  unanswered: (random, from) => [answered(random, from, { ...voice, unanswered: 1 + Math.floor(random() * 2) })],
  leavesInFlow: () => [],
  consulted: (random, from) => [answered(random, from, { ...voice, isConsulted: true })],
  flowOut: (random, from) => [unansweredEntry(random, from, "FLOW_OUT")],
  calledBack: (random, from) => [unansweredEntry(random, from, "ABANDON")],
  everything: (random, from) => {
    const first = answered(random, from, { ...voice, isTransferred: true, isConsulted: true, unanswered: 1 });
    return [first, unansweredEntry(random, first.talk.to + gap, "ABANDON")];
  },
};

const endOf = ({ to, talk: taken }: QueueEntry): number => taken?.to ?? to;

const lastEnd = (entries: ReadonlyArray<QueueEntry>, otherwise: number): number =>
  Math.max(otherwise, ...entries.map(endOf)) + gap / 10;

const firstSession = (random: Random, kind: Kind, from: number): CustomerSession => {
  const flow: Span = { from: from + 900, to: from + 900 + between(random, 10 * second, 40 * second) };
  const entries = entriesOf[kind](random, flow.to + gap);
  return { mediaType: kind === "message" ? "MESSAGE" : "VOICE", from, to: lastEnd(entries, flow.to), flow, entries };
};

/** Whoever gave up is called back by the queue that he waited in. */
const calledBack = (random: Random, { to, entries }: CustomerSession): CustomerSession => {
  const from = to + between(random, 30 * second, 3 * minute);
  const queue = entries.at(-1)?.queue ?? pickQueue(random);
  const entry = { ...answered(random, from + gap, { mediaType: "CALLBACK" }), queue };
  return { mediaType: "CALLBACK", from, to: lastEnd([entry], from), flow: undefined, entries: [entry] };
};

const pickKind = (random: Random): Kind => {
  let left = random();
  const found = shares.find(([, share]) => {
    left -= share;
    return left < 0;
  });
  return found?.[0] ?? "answered";
};

/** One conversation that begins at an instant, of the kind that chance gives or of a named one. */
export const drawScript = (random: Random, from: number, kind: Kind = pickKind(random)): Script => {
  const id = randomId(random);
  const ani = `tel:+1202555${String(Math.floor(random() * 10_000)).padStart(4, "0")}`;
  const first = firstSession(random, kind, from);
  const isCalledBack = kind === "calledBack" || kind === "everything";
  return { id, ani, sessions: isCalledBack ? [first, calledBack(random, first)] : [first] };
};
