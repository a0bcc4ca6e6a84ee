/** How much one request or object may hold. */
export interface Limits {
  readonly count: number;
  readonly bytes: number;
}

/** Cuts a list into runs that stay within the limits, in order. An item that is over by itself gets a run of its own. */
export const chunksWithin =
  <A>(limits: Limits, bytesOf: (item: A) => number) =>
  (items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> => {
    const chunks: A[][] = [];
    let current: A[] = [];
    let bytes = 0;
    for (const item of items) {
      const size = bytesOf(item);
      if (current.length > 0 && (current.length === limits.count || bytes + size > limits.bytes)) {
        chunks.push(current);
        current = [];
        bytes = 0;
      }
      current.push(item);
      bytes += size;
    }
    if (current.length > 0) chunks.push(current);
    return chunks;
  };
