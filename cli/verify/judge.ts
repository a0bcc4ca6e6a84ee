import { isDeepStrictEqual } from "node:util";
import { parseJson } from "../../src/text/parse-json.ts";
import { lateShard } from "../../src/transform/partition-keys.ts";
import type { FoundEvent } from "../find/found-event.ts";
import type { StoredLine } from "./read-lines.ts";
import { excessOfBurst, type Ground, type TestEvent } from "./test-events.ts";

/** A scene with what it expected and what came of it. */
export interface Verdict {
  readonly scene: string;
  readonly events: number;
  readonly expected: string;
  readonly found: string;
  readonly isRight: boolean;
}

export interface Evidence {
  readonly found: ReadonlyArray<FoundEvent>;
  readonly lines: ReadonlyArray<StoredLine>;
  readonly isMalformedParked: boolean;
}

type Outcomes = Readonly<Record<string, number>>;

const shown = (outcomes: Outcomes): string =>
  Object.entries(outcomes)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(", ");

/** What became of an event, as its line in S3 says; without a line, as the tables say. */
const outcomeOf = ({ key, detail, scene }: TestEvent, { found, lines }: Evidence): string => {
  const [line, ...more] = lines.filter(({ member }) => member.key === key);
  const known = found.find((event) => event.key === key);
  if (line === undefined) {
    if (known === undefined) return "nowhere";
    return known.outcome === "dropped" || known.outcome === "parked" || known.outcome === "retrying"
      ? known.outcome
      : "handed to Firehose, not in S3 yet";
  }
  if (more.length > 0) return `in S3 ${1 + more.length} times`;
  if (!isDeepStrictEqual(line.detail, parseJson(detail))) return "in S3 with another text";
  const { excess } = line.member;
  if (excess !== undefined) return `set aside (${excess})`;
  return scene === "late" && !line.object.includes(`/shard=${lateShard}/`)
    ? "delivered as if it were not late"
    : "delivered";
};

/** The ways in which a scene may rightly end; of copies and bursts it does not matter which one is which. */
const expectedOf = (scene: string, events: number, excess: string, { admission, hasBus }: Ground): Outcomes => {
  const aside = (reason: string): string => (excess === "store" ? `set aside (${reason})` : "dropped");
  if (scene === "low priority") return { [aside("lowPriority")]: events };
  if (scene === "burst above the limit" && hasBus)
    return { delivered: admission.limit, [aside("rateLimited")]: excessOfBurst };
  return { delivered: events };
};

const countEach = (outcomes: ReadonlyArray<string>): Outcomes => {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};

/** Compares, scene by scene and line by line, what was sent with what lies there. */
export const judge = (
  events: ReadonlyArray<TestEvent>,
  evidence: Evidence,
  excess: string,
  ground: Ground,
): ReadonlyArray<Verdict> => {
  const scenes = [...Map.groupBy(events, ({ scene }) => scene)].map(([scene, members]): Verdict => {
    const expected = expectedOf(scene, members.length, excess, ground);
    const found = countEach(members.map((event) => outcomeOf(event, evidence)));
    const isRight = isDeepStrictEqual(found, { ...expected });
    return { scene, events: members.length, expected: shown(expected), found: shown(found), isRight };
  });
  const parked = evidence.isMalformedParked ? "1 parked" : "1 nowhere";
  return [
    ...scenes,
    { scene: "malformed", events: 1, expected: "1 parked", found: parked, isRight: evidence.isMalformedParked },
  ];
};
