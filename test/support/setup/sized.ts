/**
 * How much a long run is given: as much as shows what it is for, or, with TEST_SIZE=full as in the weekly workflow, as
 * much as its story says.
 */
export const sized = (usual: number, full: number): number => (process.env["TEST_SIZE"] === "full" ? full : usual);
