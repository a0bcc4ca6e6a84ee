import { closeSync, fchmodSync, openSync, writeFileSync } from "node:fs";
import { failureClasses, isHopeless } from "../../src/event/failure.ts";
import type { FailedChunk } from "../../src/failed/failed-chunk.ts";
import type { FailedEvent } from "../../src/failed/failed-event.ts";
import { type Command, type ExitCode, exitCode, readOptions, UsageError } from "../command.ts";
import { answerOf, openStack } from "../stack/stack.ts";
import { stackHelp, stackOptions } from "../stack/stack-outputs.ts";
import { complain, duration, number, say, table } from "../terminal.ts";
import { importErrors } from "./failed-import.ts";
import { parkFailed, redriveFailed } from "./failed-redrive.ts";
import { filterHelp, filterOptions, groupFailed, readFilter, seenOf, selectFailed } from "./failed-selection.ts";

/** What can be done about what is parked: a retry helps against all that is not in the event itself. */
const adviceOn = (reasons: ReadonlyArray<string>): string => {
  const hopeless = failureClasses.filter(isHopeless).filter((reason) => reasons.includes(reason));
  const mendable = reasons.some((reason) => !hopeless.some((each) => each === reason));
  return [
    mendable ? ", failed redrive --reason <reason>" : "",
    hopeless.length > 0 ? `; ${hopeless.join(" and ")}: failed export, and mend what sends them` : "",
  ].join("");
};

/** A chunk in the words of the table that it lies in. */
const shownChunk = ({ failure: reason, ...chunk }: FailedChunk) => ({ ...chunk, reason });

const list = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, { ...stackOptions, ...filterOptions });
  const filter = readFilter(options);
  const stack = await openStack(options);
  const selected = await selectFailed(stack, ["parked", "retrying"], filter);
  const groups = groupFailed(selected);
  const now = Date.now();
  if (options.json) {
    const chunks = selected.map(({ chunk, matching }) => ({ ...shownChunk(chunk), matching: matching.length }));
    say(JSON.stringify({ groups, chunks }));
  } else if (groups.length === 0) say("Nothing is retrying or parked.");
  else {
    say(
      table([
        ["status", "reason", "type", "events", "oldest"],
        ...groups.map(({ status, reason, type, events, oldest }) => [
          status,
          reason,
          type === "" ? "-" : type,
          number(events),
          `${duration(now - oldest)} ago`,
        ]),
      ]),
    );
    say(`\n  -> npx floodgate failed show <chunk>${adviceOn(groups.map(({ reason }) => reason))}`);
    say(
      table(
        selected
          .slice(0, 10)
          .map(({ chunk, matching }) => [chunk.chunkId, chunk.status, chunk.failure, number(matching.length)]),
      ),
    );
  }
  return exitCode.done;
};

/** In the place of a text whose personal data nobody could redact. */
const sealedBody = "[sealed: failed redrive --reason sealed redacts and delivers it]";

const withoutSealed = ({ body, ...failed }: FailedEvent): object =>
  failed.sealed === true ? failed : { ...failed, body };

const show = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const [chunkId, ...rest] = args;
  if (chunkId === undefined || chunkId.startsWith("--"))
    throw new UsageError("name a chunk: floodgate failed show <chunk>");
  const options = readOptions(rest, { ...stackOptions, body: { type: "boolean", default: false } });
  const stack = await openStack(options);
  const loaded = await answerOf(stack.failedEvents.loadChunk(chunkId));
  if (loaded === undefined) {
    complain(`There is no chunk ${chunkId}. It may have been delivered since. -> npx floodgate failed list`);
    return exitCode.failed;
  }
  const events = loaded.events.map(seenOf);
  // Payloads hold personal data: they are shown only when somebody asks for them.
  const plain = events.map(({ failed: { body, ...failed }, type, queueId }) => ({
    ...failed,
    type,
    queueId,
    ...(options.body && failed.sealed !== true ? { body } : {}),
  }));
  if (options.json) say(JSON.stringify({ chunk: shownChunk(loaded.chunk), events: plain }));
  else {
    say(
      `  ${loaded.chunk.chunkId}: ${loaded.chunk.status}, ${loaded.chunk.failure}, attempt ${loaded.chunk.attempt}, ${loaded.chunk.object}`,
    );
    say(
      table([
        ["messageId", "type", "reason", "attempts", "detail"],
        ...plain.map(({ messageId, type, reason, attempts, detail }) => [
          messageId,
          type,
          reason,
          number(attempts),
          detail ?? "",
        ]),
      ]),
    );
    if (options.body) for (const { failed } of events) say(failed.sealed === true ? sealedBody : failed.body);
  }
  return exitCode.done;
};

/** Nobody else may read it, also where the file was there before and others could. */
const writePrivately = (file: string, text: string): void => {
  const descriptor = openSync(file, "w", 0o600);
  try {
    fchmodSync(descriptor, 0o600);
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
};

const exportFailed = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, { ...stackOptions, ...filterOptions, out: { type: "string" } });
  if (options.out === undefined) throw new UsageError("name the file: --out failed.jsonl (it will hold payloads)");
  const filter = readFilter(options);
  const stack = await openStack(options);
  const selected = await selectFailed(stack, ["parked", "retrying"], filter);
  const lines = selected.flatMap(({ chunk, matching }) =>
    matching.map(({ failed }) =>
      JSON.stringify({ status: chunk.status, chunkId: chunk.chunkId, ...withoutSealed(failed) }),
    ),
  );
  writePrivately(options.out, lines.map((line) => `${line}\n`).join(""));
  if (options.json) say(JSON.stringify({ events: lines.length, out: options.out }));
  else say(`Wrote ${number(lines.length)} events to ${options.out}. Nothing was changed.`);
  return exitCode.done;
};

const subcommands: Readonly<Record<string, (args: ReadonlyArray<string>) => Promise<ExitCode>>> = {
  list,
  show,
  redrive: redriveFailed,
  park: parkFailed,
  export: exportFailed,
  import: importErrors,
};

export const command: Command = {
  summary: "list, show, redrive, park, export or import failed events",
  help: `
Usage: npx floodgate failed list    [FILTER]
       npx floodgate failed show    <chunk> [--body]
       npx floodgate failed redrive [FILTER] [--rate N] [--dry-run]   parked events go back into the retries
                                      [--include-permanent]
       npx floodgate failed park    [FILTER]                          stop retrying; keep until someone redrives
       npx floodgate failed export  [FILTER] --out FILE               as JSON lines, with payloads
       npx floodgate failed import  [--dry-run]                       what Firehose gave up on (errors/) goes back to it

All with (--stack NAME | --outputs FILE) [--json]. redrive leaves malformed and tooLarge events where they are, because no
retry can help them; with --include-permanent it tries all the same, and they are parked again. Redriving twice is
harmless: what is back is not parked any more. import takes turns with the retries and keeps to their pace; what was refused
stays where it is.

${filterHelp}
  --rate N          events a minute that are brought back (default: 3000)
${stackHelp}
  --json            one JSON object

Examples:
  npx floodgate failed list --outputs out/outputs.json
  npx floodgate failed redrive --reason deadLetter --since 2d --rate 1000 --stack prod
`,
  run: ([name = "", ...args]) => {
    const subcommand = subcommands[name];
    if (subcommand === undefined) {
      throw new UsageError(`failed takes ${Object.keys(subcommands).join(", ")}; see --help`);
    }
    return subcommand(args);
  },
};
