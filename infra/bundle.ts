import { fileURLToPath } from "node:url";
import { buildSync, type Metafile } from "esbuild";

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

/**
 * Bundles `handlers/<name>.ts` and all it needs into one file; the same source gives the same bytes. The ES modules
 * of fp-ts and io-ts are taken, which lose in bundling what a handler does not use (17 KB instead of 121 KB).
 */
export const bundle = (name: string): Bundle => {
  const result = buildSync({
    absWorkingDir: root,
    entryPoints: [`handlers/${name}.ts`],
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
  if (file === undefined) throw new Error(`esbuild made no file of handlers/${name}.ts`);
  return { code: file.text, metafile: result.metafile };
};
