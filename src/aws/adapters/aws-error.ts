import type { Unavailable } from "../../event/unavailable.ts";
import { connectionFault } from "./connection-fault.ts";

/**
 * The name of an error (`ThrottlingException`, `TimeoutError`, ...) with its message, for logs and failures; of a connection
 * that failed, what happened to it and with which host, which SDKs and fetch() leave to the cause of their own error.
 */
export const describeError = (error: unknown): { readonly name: string; readonly reason: string } => {
  if (!(error instanceof Error)) return { name: "Unknown", reason: String(error) };
  return { name: error.name, reason: connectionFault(error) ?? `${error.name}: ${error.message}` };
};

/** Makes a port's error of whatever a call has thrown. */
export const unavailable =
  <Tag extends string>(_tag: Tag) =>
  (error: unknown): Unavailable<Tag> => ({ _tag, reason: describeError(error).reason });
