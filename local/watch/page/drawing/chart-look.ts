import { byId, inputById, put } from "../dom.ts";
import { left, roomAtRight } from "./chart.ts";

/** The look back follows a pointer over the chart. */
export const followPointer = (render: () => void): void => {
  const [chart, look] = [byId("chart"), inputById("look")];
  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const share = (event.clientX - box.left - left) / (box.width - left - roomAtRight(box.width));
    look.value = String(share >= 0 && share <= 1 ? Math.round((1 - share) * (Number(look.min) / 5)) * 5 : 0);
    render();
  });
  chart.addEventListener("pointerleave", () => {
    look.value = "0";
    render();
  });
  look.addEventListener("input", render);
};

export const showKey = (): void => {
  const key: ReadonlyArray<readonly [string, string, string]> = [
    ["line-key", "", "received"],
    ["line-key", "color:var(--delivered)", "delivered"],
    ["line-key", "color:var(--aside);border-top-style:dashed", "set aside, a second"],
    ["swatch", "background:var(--flight)", "buffer"],
    ["swatch", "background:var(--flight);opacity:.5", "Firehose"],
    ["swatch", "background:var(--parked)", "failed chunks"],
  ];
  byId("chart-key").innerHTML = key
    .map(([kind, style, text]) => `<span><i class="${kind}" style="${style}"></i>${text}</span>`)
    .join("");
};

export const nameSpan = (title: string): void => put("chart-title", title);
