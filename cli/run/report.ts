import type { RunResult } from "../../local/run.ts";
import type { ChosenFault } from "../../local/simulation/swarm.ts";
import type { Snapshot } from "../../local/watch/snapshot.ts";
import { duration, number } from "../terminal.ts";

interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly values: ReadonlyArray<number>;
}

const width = 640;
const height = 120;

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** One line over the run's time; the numbers stand beside it, so that nobody has to read them off a line. */
const drawChart = ({ title, unit, values }: Chart): string => {
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const points = values.map((value, index) => {
    const x = (index / Math.max(1, values.length - 1)) * width;
    return `${x.toFixed(1)},${(height - (value / Math.max(1, most)) * height).toFixed(1)}`;
  });
  const summary = `at most ${number(Math.round(most))} ${unit}, ${number(Math.round(mean))} in the mean`;
  return `<figure><figcaption><strong>${escapeHtml(title)}</strong>: ${summary}</figcaption>
<svg preserveAspectRatio="none" viewBox="0 -4 ${width} ${height + 8}" role="img" aria-label="${escapeHtml(`${title}: ${summary}`)}"><polyline points="${points.join(" ")}"/></svg></figure>`;
};

const countOf = ({ counts }: Snapshot, name: string): number => counts[name] ?? 0;

const perMinute = (samples: ReadonlyArray<Snapshot>, pick: (sample: Snapshot) => number): ReadonlyArray<number> =>
  samples.slice(1).map((sample, index) => {
    const before = samples[index] ?? sample;
    return ((pick(sample) - pick(before)) / Math.max(1, sample.at - before.at)) * 60_000;
  });

const chartsOf = (samples: ReadonlyArray<Snapshot>): ReadonlyArray<Chart> => [
  { title: "Received", unit: "a minute", values: perMinute(samples, ({ received }) => received) },
  { title: "Handed to Firehose", unit: "a minute", values: perMinute(samples, (each) => countOf(each, "delivered")) },
  { title: "In the buffer", unit: "events", values: samples.map(({ backlog }) => backlog) },
  { title: "process-batch at once", unit: "containers", values: samples.map(({ processing }) => processing.running) },
  {
    title: "Set aside by admission",
    unit: "a minute",
    values: perMinute(samples, (each) => countOf(each, "lowPriority") + countOf(each, "rateLimited")),
  },
  { title: "Retrying", unit: "events", values: samples.map(({ retrying }) => retrying) },
  { title: "Requests to Genesys", unit: "in a minute", values: samples.map(({ genesys }) => genesys.minute) },
];

/** What a page needs to know of a run. */
interface Reported extends Pick<RunResult, "ledger" | "simulatedMilliseconds"> {
  readonly differences: ReadonlyArray<string>;
}

/** When each fault of a simulated run may have happened, on the same axis as the charts. */
const faultRow = ({ kind, from, until, rate }: ChosenFault, length: number): string => {
  const at = (moment: number): string => ((Math.min(moment, length) / length) * width).toFixed(1);
  const extent = (Number(at(until)) - Number(at(from))).toFixed(1);
  const text = `${kind}: ${Number((rate * 100).toPrecision(2))} % of the occasions, ${duration(from)} to ${duration(until)}`;
  return `<tr><th scope="row">${escapeHtml(kind)}</th><td><svg class="fault" preserveAspectRatio="none" viewBox="0 0 ${width} 10" role="img" aria-label="${escapeHtml(text)}"><rect x="${at(from)}" y="1" width="${extent}" height="8"/></svg></td></tr>`;
};

const faultsHtml = (faults: ReadonlyArray<ChosenFault>, samples: ReadonlyArray<Snapshot>): string => {
  const [first, last] = [samples[0], samples.at(-1)];
  if (faults.length === 0 || first === undefined || last === undefined) return "";
  const length = Math.max(1, last.at - first.at);
  return `<h2>What went wrong, and when</h2>
<table class="faults"><tbody>
${faults.map((fault) => faultRow(fault, length)).join("\n")}
</tbody></table>`;
};

const rows = ({ ledger }: Reported): ReadonlyArray<readonly [string, number]> => [
  ["received", ledger.received],
  ["delivered", ledger.delivered],
  ["set aside, low priority", ledger.setAside.lowPriority],
  ["set aside, rate limited", ledger.setAside.rateLimited],
  ...(ledger.dropped.lowPriority + ledger.dropped.rateLimited === 0
    ? []
    : ([
        ["dropped, low priority", ledger.dropped.lowPriority],
        ["dropped, rate limited", ledger.dropped.rateLimited],
      ] as const)),
  ["duplicates", ledger.duplicates],
  ...Object.entries(ledger.parked).map(([reason, count]) => [`parked, ${reason}`, count] as const),
  ...(ledger.alsoParked === 0 ? [] : [["handed over, also parked", ledger.alsoParked] as const]),
  ["in flight", ledger.inFlight],
  ["unmatched", ledger.unmatched],
];

/**
 * A run as one HTML file without external assets: the ledger, the verdict, charts over the run's time and, of a simulated
 * one, its faults on the same axis.
 */
export const reportHtml = (
  result: Reported,
  samples: ReadonlyArray<Snapshot>,
  faults: ReadonlyArray<ChosenFault> = [],
): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Floodgate: a run</title><link rel="icon" href="data:,">
<style>
:root{color-scheme:light dark}body{font:15px/1.45 system-ui,sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem;background:light-dark(#fff,#12161c);color:light-dark(#12161c,#eceff4)}
table{border-collapse:collapse}td,th{padding:.15rem 1rem .15rem 0;text-align:left;font-variant-numeric:tabular-nums}td:last-child{text-align:right}
figure{margin:1.2rem 0}svg{width:100%;height:8rem;background:light-dark(#f2f4f7,#1d222b)}polyline{fill:none;stroke:light-dark(#0b57d0,#8ab4f8);stroke-width:2;vector-effect:non-scaling-stroke}
.faults{width:100%}.faults th{width:12rem;font-weight:normal}.faults td{padding:0}svg.fault{height:.8rem;display:block}rect{fill:light-dark(#b3261e,#f2b8b5)}
</style></head><body><main>
<h1>A run of ${duration(result.simulatedMilliseconds)}</h1>
<p><strong>${result.differences.length === 0 ? "Balanced: every copy that was received is accounted for." : `It does not add up: ${result.differences.length} differences.`}</strong></p>
<h2>What became of every event</h2>
<table><thead><tr><th scope="col">outcome</th><th scope="col">copies</th></tr></thead><tbody>
${rows(result)
  .map(([name, count]) => `<tr><td>${escapeHtml(name)}</td><td>${number(count)}</td></tr>`)
  .join("\n")}
</tbody></table>
<h2>Over time</h2>
${chartsOf(samples).map(drawChart).join("\n")}
${faultsHtml(faults, samples)}
</main></body></html>
`;
