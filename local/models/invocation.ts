/** Either way (Lambda Developer Guide, quotas). */
export const maximumPayloadBytes = 6 * 1024 * 1024;

/** How an invocation ended. */
export type Invocation =
  | { readonly _tag: "Returned"; readonly payload: unknown }
  | { readonly _tag: "Failed"; readonly error: string; readonly message: string }
  | { readonly _tag: "Throttled" };

export const failed = (error: unknown): Invocation => ({
  _tag: "Failed",
  error: error instanceof Error ? error.name : "Error",
  message: error instanceof Error ? error.message : String(error),
});

/** What a handler has answered, as JSON leaves it. */
export const returned = (value: unknown): Invocation => {
  const text = JSON.stringify(value ?? null);
  return Buffer.byteLength(text) > maximumPayloadBytes
    ? { _tag: "Failed", error: "Function.ResponseSizeTooLarge", message: `${text.length} characters` }
    : { _tag: "Returned", payload: JSON.parse(text) };
};
