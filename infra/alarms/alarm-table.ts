import type { AlarmRow } from "./alarm-row.ts";
import { deliveryAlarms } from "./delivery-alarms.ts";
import { flowAlarms } from "./flow-alarms.ts";
import { genesysAlarms } from "./genesys-alarms.ts";

/** Every failure mode that somebody has to hear of; docs/operations.md has the same rows. */
export const alarmTable: ReadonlyArray<AlarmRow> = [...flowAlarms, ...deliveryAlarms, ...genesysAlarms];
