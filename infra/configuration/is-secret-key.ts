import * as pulumi from "@pulumi/pulumi";

/** Pulumi's own knowledge of what is encrypted in a stack's file; it has no types (runtime/config.ts, `isConfigSecret`). */
export const isSecretKey = (key: string): boolean => {
  const runtime: object = pulumi.runtime;
  return "isConfigSecret" in runtime && typeof runtime.isConfigSecret === "function"
    ? runtime.isConfigSecret(key) === true
    : false;
};
