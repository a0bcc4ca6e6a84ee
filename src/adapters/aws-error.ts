/** The name of an SDK error (`ThrottlingException`, `TimeoutError`, ...) with its message, for logs and failures. */
export const describeError = (error: unknown): { readonly name: string; readonly reason: string } =>
  error instanceof Error
    ? { name: error.name, reason: `${error.name}: ${error.message}` }
    : { name: "Unknown", reason: String(error) };
