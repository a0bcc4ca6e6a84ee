/** Keys that are remembered at most; for any other the function is called each time. */
const most = 20_000;

/** Remembers what a pure function of one key has answered, for keys that come again and again within a batch. */
export const remembering = <K, V>(compute: (key: K) => V): ((key: K) => V) => {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = compute(key);
    if (known.size < most) known.set(key, value);
    return value;
  };
};
