import { escapeText } from "../../../local/watch/page/words.ts";

/** The few codes that `paint` uses (cli/terminal.ts), as a terminal of a dark theme shows them. */
const styles: Readonly<Record<string, string>> = {
  "1": "font-weight:700",
  "2": "opacity:.65",
  "31": "color:#ff8f5f",
  "32": "color:#3ec2a8",
  "33": "color:#eda93b",
};

const code = new RegExp(`${String.fromCharCode(27)}\\[(\\d+)m`);

/** What a command printed, as a page that looks like a terminal. */
export const terminalHtml = (command: string, printed: string): string => {
  let style = "";
  const body = printed
    .split(code)
    .map((piece, index) => {
      if (index % 2 === 1) {
        style = styles[piece] ?? "";
        return "";
      }
      const text = escapeText(piece);
      return style === "" ? text : `<span style="${style}">${text}</span>`;
    })
    .join("");
  return `<!doctype html><html lang="en"><title>terminal</title><body style="margin:0;background:#0f1318"><pre id="terminal" style="display:inline-block;box-sizing:border-box;max-width:1100px;white-space:pre-wrap;overflow-wrap:anywhere;margin:0;padding:1.2rem 1.5rem;color:#e9ecef;font:13.5px/1.5 ui-monospace,'Liberation Mono','DejaVu Sans Mono',monospace"><span style="color:#5aaef2">$</span> ${escapeText(command)}\n${body}</pre></body></html>`;
};
