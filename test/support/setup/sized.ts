const size = process.env["TEST_SIZE"];

/** Whether long runs are as long as their stories say, as in the weekly workflow. */
export const isFull = size === "full";

/**
 * How much a long run is given: as much as shows what it is for, or, with TEST_SIZE=full as in the weekly workflow, as
 * much as its story says.
 */
export const sized = (usual: number, full: number): number => (isFull ? full : usual);
