import { inContainer } from "../../local/models/container-output.ts";
import type { Operate } from "../../local/simulation/simulation.ts";
import type { OperatorAct } from "../../local/simulation/swarm.ts";
import type { Command } from "../command.ts";
import { describeFailure } from "../explain-error.ts";
import { command as failed } from "../failed/failed.ts";
import { command as pause } from "../flow/pause.ts";
import { command as resume } from "../flow/resume.ts";
import { command as map } from "../map/map.ts";
import { command as replay } from "../replay.ts";

interface Call {
  readonly command: Command;
  readonly args: ReadonlyArray<string>;
}

/** What a person would type for each act; on whatever lies there by then. */
const calls: Readonly<Record<OperatorAct, Call>> = {
  redrive: { command: failed, args: ["redrive", "--include-permanent"] },
  park: { command: failed, args: ["park"] },
  import: { command: failed, args: ["import"] },
  replay: { command: replay, args: ["--from", "30m", "--to", "0m"] },
  pause: { command: pause, args: [] },
  resume: { command: resume, args: [] },
  refresh: { command: map, args: ["refresh"] },
};

/** Calls the command itself in this process; what it prints is nobody's. */
export const operate: Operate = async (act, outputsFile) => {
  const { command, args } = calls[act];
  const printed = { log: () => undefined, skew: 0 };
  try {
    const code = await inContainer.run(printed, () => command.run([...args, "--outputs", outputsFile]));
    return { how: `exit code ${code}`, isBroken: false };
  } catch (error) {
    return { how: describeFailure(error), isBroken: true };
  }
};
