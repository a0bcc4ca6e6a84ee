/*
 * The drawing of the flow: built once for a width, then only its attributes change, so that nothing flickers. Ids: `n-`
 * a node, `v-` its value, `s-` its second line, `p-` a pipe, `f-` what flows in it, `r-` its rate, `b-` a breaker.
 */

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export const containers = 10;

const stations = [
  ["bus", "EventBridge"],
  ["buffer", "SQS buffer"],
  ["process", "process-batch"],
  ["fire", "Firehose"],
  ["admit", "Admission"],
  ["s3", "S3"],
] as const;

const node = (id: string, { x, y, w, h }: Box, title: string, extra = ""): string =>
  `<g><rect class="node" id="n-${id}" x="${x}" y="${y}" width="${w}" height="${h}" rx="8"/>${extra}` +
  `<text class="t" x="${x + 10}" y="${y + 18}">${title}</text><text class="n" id="v-${id}" x="${x + 10}" y="${y + 42}"></text>` +
  `<text class="s" id="s-${id}" x="${x + 10}" y="${y + 60}"></text></g>`;

interface Label {
  readonly x: number;
  readonly y: number;
  readonly anchor?: "start" | "middle";
}

const pipe = (id: string, path: string, { x, y, anchor = "middle" }: Label, style = ""): string =>
  `<path class="pipe ${style}" id="p-${id}" d="${path}" stroke-width="2"/><path class="stream still" id="f-${id}" d="${path}" stroke-width="2"/>` +
  `<text class="s" id="r-${id}" x="${x}" y="${y}" text-anchor="${anchor}"></text>`;

const breaker = (id: string, x: number, y: number, isDown = false): string =>
  `<g transform="translate(${x} ${y})${isDown ? " rotate(90)" : ""}"><rect class="cover" x="-11" y="-10" width="22" height="20"/><path class="switch" id="b-${id}" d=""/></g>`;

const warning = (id: string, { x, y, anchor = "middle" }: Label): string =>
  `<text class="bad s" id="w-${id}" x="${x}" y="${y}" text-anchor="${anchor}"></text>`;

const tank = (id: string, { x, y, w, h }: Box): string =>
  `<rect class="level" id="l-${id}" x="${x + 1}" y="${y + h}" width="${w - 2}" height="0" rx="6" data-y="${y}" data-h="${h}"/>`;

const slots = (x: number, y: number, w: number): string =>
  Array.from(
    { length: containers },
    (_, index) =>
      `<rect class="slot" id="c-${index}" x="${x + index * (w / containers)}" y="${y}" width="${w / containers - 2.5}" height="7" rx="1.5"/>`,
  ).join("");

const insideOf = (id: string, box: Box): string => {
  if (id === "process") return slots(box.x + 10, box.y + box.h - 13, box.w - 18);
  return id === "buffer" || id === "fire" ? tank(id, box) : "";
};

interface Drawing {
  readonly markup: string;
  readonly height: number;
}

/** From left to right, the way back as a lane of its own below. */
export const drawWide = (width: number): Drawing => {
  const w = Math.round(Math.min(140, width * 0.117));
  const gap = (width - 6 * w - 2) / 5;
  const [h, y, low, lh] = [82, 78, 216, 70];
  const mid = y + 34;
  const x = (at: number): number => 1 + at * (w + gap);
  const center = (at: number): number => x(at) + w / 2;
  const between = (at: number): number => x(at) + w + gap / 2;
  const link = (id: string, at: number, style = ""): string =>
    pipe(id, `M${x(at) + w + 3} ${mid}H${x(at + 1) - 4}`, { x: between(at), y: mid - 15 }, style);
  const back = (id: string, to: number): string => {
    const from = center(2) - 22;
    const path = `M${from} ${y + h}V${low - 26}Q${from} ${low - 18} ${from - 8} ${low - 18}H${center(to) + 8}Q${center(to)} ${low - 18} ${center(to)} ${low - 10}V${low - 3}`;
    return pipe(id, path, { x: center(to) + 12, y: low - 24, anchor: "start" });
  };
  const small = (at: number): Box => ({ x: x(at), y: 1, w, h: 42 });
  const lower = (at: number): Box => ({ x: x(at), y: low, w, h: lh });
  const markup = [
    link("in", 0),
    link("read", 1),
    link("hand", 2),
    link("fire", 3),
    link("out", 4, "blue"),
    back("dup", 0),
    back("park", 1),
    pipe("keep", `M${center(2) + 12} ${y + h}V${low - 3}`, { x: center(2) + 20, y: low - 24, anchor: "start" }),
    pipe("due", `M${x(2) + w + 3} ${low + 34}H${x(3) - 4}`, { x: between(2), y: low + 20 }),
    pipe("retry", `M${center(3)} ${low}V${y + h + 4}`, { x: center(3) + 8, y: low - 24, anchor: "start" }),
    pipe("aside", `M${center(4)} ${y + h}V${low - 3}`, { x: center(4) + 8, y: low - 24, anchor: "start" }),
    `<path class="pipe byhand" d="M${x(1) + w + 3} ${low + 34}H${x(2) - 4}"/>`,
    gap > 58 ? `<text class="s" x="${between(1)}" y="${low + 26}" text-anchor="middle">redrive</text>` : "",
    `<path class="pipe" d="M${center(2)} 44V${y}M${center(4)} 44V${y}" stroke-width="2"/>`,
    ...stations.map(([id, title], at) => {
      const box = { x: x(at), y, w, h };
      return node(id, box, title, insideOf(id, box));
    }),
    node("dup", lower(0), "Duplicates"),
    node("park", lower(1), "Parked"),
    node("chunks", lower(2), "Failed chunks", tank("chunks", lower(2))),
    node("retry", lower(3), "Retry"),
    node("aside", lower(4), "Set aside"),
    `<rect class="node" id="n-genesys" x="${small(2).x}" y="1" width="${w}" height="42" rx="8"/><text class="t" x="${x(2) + 10}" y="17">Genesys API</text><text class="s" id="s-genesys" x="${x(2) + 10}" y="34"></text>`,
    `<rect class="node" x="${small(4).x}" y="1" width="${w}" height="42" rx="8"/><text class="t" x="${x(4) + 10}" y="17">Priority map</text><text class="s" id="s-map" x="${x(4) + 10}" y="34"></text>`,
    breaker("sink", between(2), mid),
    breaker("reading", between(1), mid),
    breaker("genesys", center(2), 61, true),
    warning("sink", { x: between(2), y: mid + 24 }),
    warning("reading", { x: between(1), y: mid + 24 }),
  ].join("");
  return { markup, height: low + lh + 2 };
};

/** From top to bottom, the way back at the right. */
export const drawNarrow = (width: number): Drawing => {
  const w = Math.round(width * 0.54);
  const rx = Math.round(width * 0.63);
  const rw = width - rx - 1;
  const [h, step, c] = [72, 112, 30];
  const y = (at: number): number => 1 + at * step;
  const link = (id: string, at: number, style = ""): string =>
    pipe(id, `M${c} ${y(at) + h + 3}V${y(at + 1) - 4}`, { x: c + 34, y: y(at) + h + 25, anchor: "start" }, style);
  const over = (id: string, from: number, to: number, labelY: number): string =>
    pipe(
      id,
      `M${w + 3} ${y(from) + 36 + (to - from) * 8}C${w + 20} ${y(from) + 36} ${rx - 22} ${y(to) + 30} ${rx - 4} ${y(to) + 30}`,
      { x: w + 4, y: labelY, anchor: "start" },
    );
  const right = (at: number): Box => ({ x: rx, y: y(at), w: rw, h });
  /** Two labels would lie on each other there. */
  const nowhere = -99;
  const markup = [
    link("in", 0),
    link("read", 1),
    link("hand", 2),
    link("fire", 3),
    link("out", 4, "blue"),
    over("dup", 2, 0, nowhere),
    over("park", 2, 1, nowhere),
    over("keep", 2, 2, y(2) + 20),
    over("aside", 4, 4, y(4) + 20),
    pipe("due", `M${rx + rw / 2} ${y(2) + h + 3}V${y(3) - 4}`, {
      x: rx + rw / 2 + 9,
      y: y(2) + h + 25,
      anchor: "start",
    }),
    pipe("retry", `M${rx - 2} ${y(3) + 30}H${w + 5}`, { x: w + 4, y: y(3) + 20, anchor: "start" }),
    ...stations.map(([id, title], at) => {
      const box = { x: 1, y: y(at), w, h };
      return node(id, box, title, insideOf(id, box));
    }),
    node("dup", right(0), "Duplicates"),
    node("park", right(1), "Parked"),
    node("chunks", right(2), "Failed chunks", tank("chunks", right(2))),
    node("retry", right(3), "Retry"),
    node("aside", right(4), "Set aside"),
    `<text class="t" x="${rx}" y="${y(5) + 18}">Genesys API</text><text class="s" id="s-genesys" x="${rx}" y="${y(5) + 34}"></text>`,
    `<text class="t" x="${rx}" y="${y(5) + 54}">Priority map</text><text class="s" id="s-map" x="${rx}" y="${y(5) + 70}"></text>`,
    breaker("sink", c, y(2) + h + 20, true),
    breaker("reading", c, y(1) + h + 20, true),
    warning("sink", { x: c + 92, y: y(2) + h + 25, anchor: "start" }),
    warning("reading", { x: c + 92, y: y(1) + h + 25, anchor: "start" }),
  ].join("");
  return { markup, height: y(5) + h + 2 };
};
