import * as pulumi from "@pulumi/pulumi";
import * as E from "fp-ts/lib/Either.js";
import { describeMistakes } from "./mistake.ts";
import { readConfiguration } from "./read-configuration.ts";
import type { Configuration } from "./schema.ts";

/** Pulumi's own knowledge of what is encrypted in a stack's file; it has no types (runtime/config.ts, `isConfigSecret`). */
const isSecretKey = (key: string): boolean => {
  const runtime: object = pulumi.runtime;
  return "isConfigSecret" in runtime && typeof runtime.isConfigSecret === "function"
    ? runtime.isConfigSecret(key) === true
    : false;
};

/** The stack's configuration, or an error with every mistake in it, before anything is declared. */
export const loadConfiguration = (): Configuration => {
  const configuration = readConfiguration(pulumi.runtime.allConfig(), isSecretKey);
  if (E.isRight(configuration)) return configuration.right;
  throw new pulumi.RunError(describeMistakes(configuration.left));
};
