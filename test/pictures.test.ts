import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { digestsFile, digestsNow, pictures } from "./support/pictures/shown.ts";
import { terminalHtml } from "./support/pictures/terminal-html.ts";

describe("the pictures of the documents", () => {
  it("are as new as what they show: else `npm run pictures` makes them anew", () => {
    expect(JSON.parse(readFileSync(digestsFile, "utf8"))).toStrictEqual(digestsNow());
  });

  it("are there, and the README shows them", () => {
    const readme = readFileSync("README.md", "utf8");
    for (const picture of Object.keys(pictures)) {
      expect([picture, existsSync(`docs/images/${picture}`)]).toStrictEqual([picture, true]);
      expect(readme).toContain(`docs/images/${picture}`);
    }
  });

  it("show a terminal's colors, and what was printed as text", () => {
    const escapeCode = String.fromCharCode(27);
    expect(terminalHtml("a <b>", `${escapeCode}[1mbold${escapeCode}[22m <plain>\n`)).toContain(
      '$</span> a &lt;b&gt;\n<span style="font-weight:700">bold</span> &lt;plain&gt;\n</pre>',
    );
  });
});
