import { randomUUID } from "node:crypto";
import { SFNClient, StartSyncExecutionCommand, type StartSyncExecutionCommandOutput } from "@aws-sdk/client-sfn";
import type { PriorityMap } from "../../src/priorities/priority-map.ts";
import { queuesPerPage } from "../../src/priorities/refresh-progress.ts";
import { type ExitCode, exitCode, readOptions } from "../command.ts";
import { clientSettings, readStackOutputs, type StackOutputs, stackOptions } from "../stack/stack-outputs.ts";
import { bar, complain, duration, number, paint, plain, progressLine, say, table } from "../terminal.ts";
import { explainRefreshFailure } from "./explain-refresh-failure.ts";
import { type Change, type ChangedQueue, changesBetween } from "./map-changes.ts";
import { type MapReader, mapReader } from "./read-map.ts";

const mostShown = 20;

const showPriority = (priority: number | null): string => (priority === null ? "-" : String(priority));

const showChanges = (changes: ReadonlyArray<ChangedQueue>): void => {
  if (changes.length === 0) return;
  say(
    table([
      ["change", "queue", "id", "was", "is"],
      ...changes
        .slice(0, mostShown)
        .map(({ change, name, id, from, to }) => [change, name, id, showPriority(from), showPriority(to)]),
    ]),
  );
  if (changes.length > mostShown) say(`  ... and ${number(changes.length - mostShown)} more`);
};

const countOf = (changes: ReadonlyArray<ChangedQueue>, kind: Change): number =>
  changes.filter(({ change }) => change === kind).length;

const startRefresh = (outputs: StackOutputs, run: string, force: boolean): Promise<StartSyncExecutionCommandOutput> => {
  if (outputs.refreshMachineArn === "") {
    throw new Error("the stack has no Genesys organisation: set floodgate:genesys, see docs/connect-genesys.md");
  }
  // An execution lasts up to 290 s, and a second start would be a second refresh.
  const client = new SFNClient({
    ...clientSettings(outputs),
    maxAttempts: 1,
    requestHandler: { requestTimeout: 300_000, throwOnRequestTimeout: true },
  });
  return client.send(
    new StartSyncExecutionCommand({
      stateMachineArn: outputs.refreshMachineArn,
      name: run,
      input: JSON.stringify(force ? { force: true } : {}),
    }),
  );
};

const progressEvery = 500;

/** Shows how many pages the run has stored, until it ends; what the table does not answer is not worth an error here. */
const watch = (reader: MapReader, run: string, before: PriorityMap | undefined): { readonly stop: () => void } => {
  const line = progressLine();
  const expected = Math.max(1, Math.ceil((before?.queues.size ?? 0) / queuesPerPage));
  const show = (pages: number): void => {
    const share = before === undefined ? "" : `${bar(pages / expected)} `;
    line.show(`${share}${number(pages)} pages of up to ${queuesPerPage} queues stored`);
  };
  show(0);
  const timer = setInterval(() => {
    reader.pagesOf(run).then(show, () => undefined);
  }, progressEvery);
  return {
    stop: () => {
      clearInterval(timer);
      line.clear();
    },
  };
};

/** `floodgate map refresh`: one execution of refresh-queue-priorities, waited for. */
export const refresh = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, { ...stackOptions, force: { type: "boolean", default: false } });
  const outputs = await readStackOutputs(options);
  const reader = mapReader(outputs);
  const before = await reader.map();
  const began = Date.now();
  const run = `by-hand-${randomUUID()}`;
  const progress = watch(reader, run, before);
  const execution = await startRefresh(outputs, run, options.force).finally(progress.stop);
  const isDone = execution.status === "SUCCEEDED";
  const after = isDone ? await reader.map() : before;
  const changes = changesBetween(before, after);
  const failure = isDone ? undefined : explainRefreshFailure(execution);
  if (options.json) {
    const { status } = execution;
    const { version, queues } = after ?? {};
    say(JSON.stringify({ status, version, queues: queues?.size ?? 0, changed: changes.length, changes, ...failure }));
  } else if (failure === undefined) {
    say(
      `${paint("green", "Refreshed")} in ${duration(Date.now() - began)}: ${number(after?.queues.size ?? 0)} queues, ` +
        `${number(countOf(changes, "added"))} added, ${number(countOf(changes, "removed"))} removed, ` +
        `${number(countOf(changes, "priority"))} with another priority`,
    );
    showChanges(changes);
  } else {
    complain(`${paint("red", "The refresh failed")} in ${failure.state} (${failure.error}): ${plain(failure.cause)}`);
    complain(`  ${paint("bold", "->")} ${failure.advice}`);
    complain("  The published map is as it was.");
  }
  return isDone ? exitCode.done : exitCode.failed;
};
