-- The same from the Parquet of each day that has been compacted, and from the lines of every other day.
-- What lies before the first day of open_copies is not even looked at; of the days since then day_sources knows which are which.
SELECT
  key, message_id, conversation_id, participant_id, session_id, queue_id, queue_name, user_id, user_name, media_type,
  direction, acd_outcome, disconnect_type, wrapup_code, connected_ms, alerting_ms, interacting_ms, held_ms, wrapup_ms,
  event_time, received_at, reason, is_set_aside, unkeyed_line, is_late, line, type, dt
FROM open_copies
WHERE dt IN (SELECT source FROM day_sources)
UNION ALL
SELECT
  key, message_id, conversation_id, participant_id, session_id, queue_id, queue_name, user_id, user_name, media_type,
  direction, acd_outcome, disconnect_type, wrapup_code, connected_ms, alerting_ms, interacting_ms, held_ms, wrapup_ms,
  event_time, received_at, reason, is_set_aside, unkeyed_line, is_late, line, type, dt
FROM compacted_copies
WHERE version IN (SELECT source FROM day_sources)
