import type { RunResult } from "../../local/run.ts";
import type { ChosenFault } from "../../local/simulation/swarm.ts";
import { pageHtml } from "../../local/watch/page-html.ts";
import { duration, number } from "../terminal.ts";
import type { Recorded } from "./record-cloud.ts";

/** What a page needs to know of a run. */
interface Reported extends Pick<RunResult, "ledger" | "simulatedMilliseconds"> {
  readonly differences: ReadonlyArray<string>;
}

/** A chance in percent, however small. */
const percent = (rate: number): string => `${Number((rate * 100).toPrecision(2))} % of the occasions`;

/**
 * A run as one HTML file without external assets: the live page over what was recorded, with a slider over the run's time,
 * what the audit found when it was over and, of a simulated one, its faults on the same axis.
 */
export const reportHtml = (
  { ledger, simulatedMilliseconds, differences }: Reported,
  { frames, points }: Recorded,
  faults: ReadonlyArray<ChosenFault> = [],
): string =>
  pageHtml({
    title: `a run of ${duration(simulatedMilliseconds)}`,
    audit:
      differences.length === 0
        ? `Balanced: each of the ${number(ledger.received)} copies that were received is accounted for.`
        : `It does not add up: ${number(differences.length)} differences.`,
    frames,
    points,
    faults: faults.map(({ kind, from, until, rate }) => ({
      kind,
      from,
      until,
      describes: `${percent(rate)}, ${duration(from)} to ${duration(until)}`,
    })),
  });
