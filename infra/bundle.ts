import { fileURLToPath } from "node:url";
import { type BuildOptions, buildSync, type Metafile } from "esbuild";

export interface Bundle {
  /** The handler as one ES module. */
  readonly code: string;
  /** What went into it, for the size budgets. */
  readonly metafile: Metafile;
}

const root = fileURLToPath(new URL("..", import.meta.url));

// Some dependencies of the AWS SDK are CommonJS and call `require` for Node's own modules.
const banner =
  'import{createRequire as floodgateRequire}from"node:module";const require=floodgateRequire(import.meta.url);';

const build = (what: string, entry: Pick<BuildOptions, "entryPoints" | "stdin">): Bundle => {
  const result = buildSync({
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
      "@aws-sdk/credential-provider-node": "./infra/no-default-credentials.ts",
    },
    banner: { js: banner },
    logLevel: "silent",
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`esbuild made no file of ${what}`);
  return { code: file.text, metafile: result.metafile };
};

/**
 * Bundles `handlers/<name>.ts` and all it needs into one file; the same source gives the same bytes. The ES modules
 * of fp-ts and io-ts are taken, which lose in bundling what a handler does not use (17 KB instead of 121 KB).
 */
export const bundle = (name: string): Bundle => build(name, { entryPoints: [`handlers/${name}.ts`] });

/** Bundles a program that is given as text, in the same way. */
export const bundleText = (text: string): Bundle =>
  build("a text", { stdin: { contents: text, resolveDir: root, loader: "ts" } });
