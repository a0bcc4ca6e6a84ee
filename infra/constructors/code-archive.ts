import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { bundle, isPlanOnly } from "./bundle.ts";

/** Written whole or not at all: another program may be evaluating the same stack. */
const writeWhole = (folder: string, file: string, text: string): string => {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/${file}`;
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
  return path;
};

/**
 * A function's bundle with the files beside it, by their paths and hashes: as texts they would lie in every checkpoint of the
 * stack. Paths are relative to the project, so that they are the same wherever the program is evaluated.
 */
export const codeArchive = async (
  name: string,
  files: Readonly<Record<string, string>> = {},
): Promise<pulumi.asset.AssetArchive> => {
  const { code } = await bundle(name);
  const folder = `dist/${pulumi.getStack()}/${name}`;
  const assetOf = (file: string, text: string): pulumi.asset.Asset =>
    isPlanOnly() ? new pulumi.asset.StringAsset(text) : new pulumi.asset.FileAsset(writeWhole(folder, file, text));
  return new pulumi.asset.AssetArchive(
    Object.fromEntries(
      Object.entries({ "index.mjs": code, ...files }).map(([file, text]) => [file, assetOf(file, text)]),
    ),
  );
};
