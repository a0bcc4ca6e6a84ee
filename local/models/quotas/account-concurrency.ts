/*
 * Lambda's concurrency of an account in a region: what functions reserve is theirs alone, and may leave no fewer than 100
 * unreserved (or all, where the account has less); the others share the rest (Lambda Developer Guide, concurrency).
 */

/** What an old account has; a new one may have 10. */
const usualQuota = 1_000;
const leastUnreserved = 100;

export class AccountConcurrency {
  private readonly quota: number;
  private unreserved: number;
  private readonly least: number;
  private running = 0;

  constructor(quota = usualQuota) {
    this.quota = quota;
    this.unreserved = quota;
    this.least = Math.min(quota, leastUnreserved);
  }

  /** As GetAccountSettings answers it. */
  limits() {
    return { ConcurrentExecutions: this.quota, UnreservedConcurrentExecutions: this.unreserved };
  }

  /** As Lambda refuses it: the deployment fails. */
  reserve(functionName: string, concurrency: number): void {
    if (this.unreserved - concurrency < this.least) {
      throw new Error(
        `InvalidParameterValueException: Specified ReservedConcurrentExecutions for function ${functionName} decreases ` +
          `account's UnreservedConcurrentExecution below its minimum value of [${this.least}].`,
      );
    }
    this.unreserved -= concurrency;
  }

  /** Begins an invocation of a function without a reservation; false: throttled. */
  begin(): boolean {
    if (this.running >= this.unreserved) return false;
    this.running += 1;
    return true;
  }

  end(): void {
    this.running -= 1;
  }
}
