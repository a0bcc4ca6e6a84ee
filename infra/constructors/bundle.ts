import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build as esbuild, type Metafile, type Plugin } from "esbuild";

export interface Bundle {
  /** The handler as one ES module. */
  readonly code: string;
  /** What went into it, for the size budgets. */
  readonly metafile: Metafile;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

// Some dependencies of the AWS SDK are CommonJS and call `require` for Node's own modules.
const banner =
  'import{createRequire as floodgateRequire}from"node:module";const require=floodgateRequire(import.meta.url);';

const classOfEs5 = /\/\*\* @class \*\//g;
const valueOfOneLine = /^(?:export )?var \w+ = (?!.*\bfunction\b).*;$/gm;
const call = /(?<![\w.])(?:new )?[A-Za-z_][\w.]*\(/g;

// fp-ts and io-ts make values by calling functions as they load, which a bundler keeps: a call may do something. These
// do nothing but answer, so that what a handler does not use may go.
const callsWithoutEffect: Plugin = {
  name: "calls-without-effect",
  setup({ onLoad }) {
    onLoad({ filter: /\/(?:fp-ts|io-ts)\/es6\/.*\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8"))
        .replaceAll(classOfEs5, "/* @__PURE__ */")
        .replaceAll(valueOfOneLine, (value) => value.replaceAll(call, "/* @__PURE__ */ $&")),
    }));
  },
};

const build = async (what: string, entry: Pick<BuildOptions, "entryPoints" | "stdin">): Promise<Bundle> => {
  const result = await esbuild({
    absWorkingDir: root,
    ...entry,
    outfile: "index.mjs",
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    legalComments: "none",
    mainFields: ["module", "main"],
    alias: {
      "fp-ts/lib": "fp-ts/es6",
      "io-ts/lib": "io-ts/es6",
      "@aws-sdk/credential-provider-node": "./infra/constructors/no-default-credentials.ts",
    },
    plugins: [callsWithoutEffect],
    banner: { js: banner },
    logLevel: "silent",
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`esbuild made no file of ${what}`);
  return { code: file.text, metafile: result.metafile };
};

let isPlanning = false;

/** From now on bundles are not made: a plan shows which files a function has, never what is in them. */
export const planOnly = (): void => {
  isPlanning = true;
};

export const isPlanOnly = (): boolean => isPlanning;

const notMade: Bundle = { code: "// not made for a plan", metafile: { inputs: {}, outputs: {} } };

/**
 * Bundles `handlers/<name>.ts` and all it needs into one file; the same source gives the same bytes. The ES modules
 * of fp-ts and io-ts are taken, which lose in bundling what a handler does not use (13 to 19 KB instead of 121 KB).
 */
export const bundle = async (name: string): Promise<Bundle> =>
  isPlanning ? notMade : build(name, { entryPoints: [`handlers/${name}.ts`] });

/** Bundles a program that is given as text, in the same way. */
export const bundleText = (text: string): Promise<Bundle> =>
  build("a text", { stdin: { contents: text, resolveDir: root, loader: "ts" } });
