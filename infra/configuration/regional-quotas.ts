/** Regions in which Firehose gives a stream 5 MiB/s for direct PUT; every other has 1 (Firehose Developer Guide, quotas). */
const fastFirehose: ReadonlySet<string> = new Set(["us-east-1", "us-west-2", "eu-west-1"]);

/** MiB a second that AWS gives a delivery stream without being asked. */
export const firehoseMebibytes = (region: string): number => (fastFirehose.has(region) ? 5 : 1);

/** EventBridge User Guide, quotas: "Invocations throttle limit in transactions per second". */
const invocationsByRegion: Readonly<Record<string, number>> = {
  "us-east-1": 18_750,
  "us-east-2": 4_500,
  "us-west-1": 2_250,
  "us-west-2": 18_750,
  "af-south-1": 750,
  "ap-northeast-1": 2_250,
  "ap-northeast-3": 750,
  "ap-southeast-1": 2_250,
  "ap-southeast-2": 2_250,
  "ap-southeast-3": 750,
  "eu-central-1": 4_500,
  "eu-south-1": 750,
  "eu-west-1": 18_750,
  "eu-west-2": 2_250,
};

/** Events a second that EventBridge sends to targets; more are delayed. */
export const busInvocations = (region: string): number => invocationsByRegion[region] ?? 1_100;
