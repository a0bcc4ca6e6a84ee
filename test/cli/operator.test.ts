import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { queueId } from "../../local/genesys/organisation.ts";
import { envelope } from "../support/builders.ts";
import { type Dev, floodgate, floodgateJson, startDev } from "../support/floodgate.ts";
import { newFolder } from "../support/local-run.ts";

/** What comes about by itself within seconds. */
const eventually = <A>(look: () => Promise<A>): Promise<A> => vi.waitFor(look, { timeout: 30_000, interval: 250 });

// A story on one running stack: its scenes follow each other, whatever order is asked for.
describe("the operator's commands against a running floodgate dev", { shuffle: false }, () => {
  let dev: Dev;
  const at = () => ["--outputs", dev.outputs];
  const json = (...args: ReadonlyArray<string>) => floodgateJson(...args, ...at());

  beforeAll(async () => {
    dev = await startDev(newFolder(), "--archive-lag", "0");
    await floodgate("map", "refresh", ...at());
  });
  afterAll(() => dev.stop());

  it("sends events, follows them until they have an outcome, and finds each of them", async () => {
    const sent = await json("send", "--count", "15", "--wait");
    expect([sent.code, sent.answer.sent, sent.answer.refused, sent.answer.missing]).toStrictEqual([0, 15, 0, []]);
    const file = `${newFolder()}.json`;
    const text = envelope(
      "acd.start",
      { eventTime: Date.now(), conversationId: "c-find", queueId: queueId(8) },
      { id: "e-find" },
    );
    writeFileSync(file, `[${text}]`);
    expect((await json("send", "--events", file, "--wait")).answer.outcomes).toStrictEqual({ delivered: 1 });
    const found = await json("find", "c-find");
    expect([found.code, found.answer.events.length]).toStrictEqual([0, 1]);
    expect(found.answer.events[0]).toMatchObject({
      outcome: "delivered",
      type: "acd.start",
      prefix: expect.stringMatching(/^type=acd\.start\/dt=\d{4}-\d\d-\d\d\/shard=\d\/$/),
    });
    const shown = await floodgate("find", "c-find", "--details", ...at());
    expect(shown.stdout).toContain("acd.end of queue");
    expect(shown.stdout).toContain("lies under   type=acd.start/dt=");
    // Sent again: more copies of the same event, which is still one event. Counts are means of five minutes.
    writeFileSync(file, `[${Array(10).fill(text).join()}]`);
    await json("send", "--events", file);
    await eventually(async () => {
      expect((await json("status")).answer.perMinute).toMatchObject({ duplicates: 2 });
    });
    expect((await json("find", "c-find")).answer.events).toHaveLength(1);
  });

  it("shows the README's tour as it is written there", async () => {
    const sample = "test/samples/conversation.jsonl";
    await floodgate("send", "--events", sample, "--wait", ...at());
    const shown = await floodgate("find", "3d2dbb4e-2ab9-4f4b-858e-d7d3a50e3871", ...at());
    const plain = shown.stdout.trimEnd().replaceAll(/^(?=.)/gm, "    ");
    const readme = readFileSync("README.md", "utf8");
    expect(readme).toContain(`npx floodgate send --events ${sample} --wait`);
    expect(readme).toContain(plain);
  });

  it("pauses and resumes: events wait in the buffer meanwhile, and status says who and why", async () => {
    expect((await json("pause", "--reason", "a test")).answer).toMatchObject({ paused: true, reason: "a test" });
    const again = await floodgate("pause", ...at());
    expect(again.stdout).toContain("Already paused by");
    await json("send", "--count", "5");
    const paused = await eventually(async () => {
      const status = await json("status");
      const { backlog, mapping } = status.answer;
      expect([status.code, backlog.waiting, mapping.state]).toStrictEqual([1, 5, "Disabled"]);
      return status;
    });
    expect(paused.answer.verdict).toContain(": a test. Ask before you end it -> npx floodgate resume");
    expect((await json("resume")).answer).toMatchObject({ resumed: true });
    await eventually(async () => {
      const { code, answer } = await json("status");
      expect([code, answer.backlog.waiting, answer.isGood]).toStrictEqual([0, 0, true]);
    });
  });

  it("replays the archive: what was delivered comes through as a duplicate, and nothing is added", async () => {
    const before = (await json("find", "c-find")).answer.events;
    const replayed = await json("replay", "--from", "1h", "--to", "0m");
    expect([replayed.code, replayed.answer.replays.length, replayed.answer.isWhole]).toStrictEqual([0, 1, false]);
    // An archive lags: whoever replays up to now is told from when on events may be missing.
    expect(replayed.stderr).toMatch(
      /^Events since \d{4}-\d\d-\d\dT\d\d:\d\dZ may be missing from this: an archive lags by up to ten minutes\.\n {2}-> after /,
    );
    await eventually(async () => {
      expect((await json("status")).answer.perMinute.duplicates).toBeGreaterThan(2);
    });
    expect((await json("find", "c-find")).answer.events).toStrictEqual(before);
    await json("replay", "--from", "1h", "--to", "0m", "--force");
    await eventually(async () => {
      const [again] = (await json("find", "c-find")).answer.events;
      expect([again.key === before[0].key, again.messageId === before[0].messageId]).toStrictEqual([true, false]);
    });
  });

  it("sends what it can of a file, names every line that is no event, and is no success then", async () => {
    const mixed = await floodgate("send", "--events", "test/cases/mixed.jsonl", ...at());
    expect([mixed.code, mixed.stdout, mixed.stderr]).toStrictEqual([
      1,
      "Sent 2 events.\n",
      "1 line was no event, and not sent:\n  line 2: no detail-type, no detail\n",
    ]);
    const none = await json("send", "--events", "test/cases/none.jsonl");
    expect([none.code, none.answer.sent, none.answer.leftOut]).toStrictEqual([
      1,
      0,
      [
        "3 lines were no events, and not sent:",
        ...[1, 2, 3].map((n) => `  line ${n}: detail is a text, not an object`),
      ],
    ]);
    expect((await floodgate("send", "--count", "1", ...at())).stdout).toBe("Sent 1 event.\n");
  });

  it("prints the interval that it took, in UTC and on the machine's clock", async () => {
    const ended = await floodgate(
      "dropped",
      "--since",
      "2026-01-05 09:00",
      "--until",
      "2026-01-05T11:00+01:00",
      ...at(),
    );
    expect([ended.code, ended.stdout.split("\n")[0]]).toStrictEqual([
      0,
      expect.stringMatching(
        /^Queue entries of event time from 2026-01-05T09:00:00Z to 2026-01-05T10:00:00Z \(2026-01-05 \d\d:[03]0:00 to .*\)$/,
      ),
    ]);
  });

  it.each([
    [["status", "--stac", "x"], 2, "Unknown option '--stac': did you mean --stack?"],
    [["dropped", "--since", "2026-02-30", "--outputs", "x"], 2, "--since 2026-02-30: use a duration such as 90m"],
    [["status"], 2, "name the stack"],
    [["find"], 2, "name what to find"],
    [["failed"], 2, "failed takes list, show, redrive, park, export, import"],
    [["failed", "list", "--reason", "bored", "--outputs", "x"], 2, "--reason bored: has to be one of malformed"],
    [["failed", "redrive", "--rate", "0", "--outputs", "x"], 2, "--rate 0: has to be a whole number"],
    [["replay", "--outputs", "x"], 2, "name the time: --from T --to T"],
    [["send", "--events", "nowhere.json", "--outputs", "x"], 2, "there is no such file"],
    [["pause", "--outputs", "nowhere.json"], 2, "there is no such file"],
  ])("answers %j with exit code %i and a line that helps", async (args, code, line) => {
    const ended = await floodgate(...args);
    expect([ended.code, ended.stdout]).toStrictEqual([code, ""]);
    expect(ended.stderr).toContain(line);
  });

  it("refuses to send to a partner's bus, and says what to do instead", async () => {
    const file = `${newFolder()}.json`;
    writeFileSync(
      file,
      JSON.stringify({
        ...JSON.parse(readFileSync(dev.outputs, "utf8")),
        eventSourceName: "aws.partner/genesys.com/cloud/o/s",
      }),
    );
    const ended = await floodgate("send", "--outputs", file);
    expect([ended.code, ended.stderr.includes("nobody but Genesys can put events onto a partner's bus")]).toStrictEqual(
      [1, true],
    );
  });
});
