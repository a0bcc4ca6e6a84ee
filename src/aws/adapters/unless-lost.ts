import { describeError } from "./aws-error.ts";

/** A conditional write answers false instead of failing when the condition does not hold. */
export const unlessLost = (call: () => Promise<unknown>) => async (): Promise<boolean> => {
  try {
    await call();
    return true;
  } catch (error) {
    if (describeError(error).name === "ConditionalCheckFailedException") return false;
    throw error;
  }
};
