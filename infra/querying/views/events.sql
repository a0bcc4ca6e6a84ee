-- Each event once, whatever copies lie in S3; once for each date where it was replayed by force. A query of a day reads that day only.
SELECT
  key, message_id, conversation_id, participant_id, session_id, queue_id, queue_name, user_id, user_name, media_type,
  direction, acd_outcome, disconnect_type, wrapup_code, connected_ms, alerting_ms, interacting_ms, held_ms, wrapup_ms,
  event_time, received_at, is_late, line, type, dt
FROM (
  SELECT *, row_number() OVER (PARTITION BY type, dt, key, unkeyed_line ORDER BY received_at, message_id) AS copy
  FROM :copies
  WHERE NOT is_set_aside
)
WHERE copy = 1
