import type { PartitionKeys } from "./partition-keys.ts";

/** One answer of a Firehose transform; data goes back as it came, the delimiter is Firehose's own to add. */
export type TransformedRecord =
  | {
      readonly recordId: string;
      readonly result: "Ok";
      readonly data: string;
      readonly metadata: { readonly partitionKeys: PartitionKeys };
    }
  | { readonly recordId: string; readonly result: "Dropped" | "ProcessingFailed"; readonly data: string };
