-- Each event once, whatever copies lie in S3; once for each date where it was replayed by force. A query of a day reads that day only.
-- A line of another producer has no key, and is one by its text.
SELECT
  key, message_id, conversation_id, participant_id, session_id, queue_id, queue_name, user_id, user_name, media_type,
  direction, acd_outcome, disconnect_type, wrapup_code, connected_ms, alerting_ms, interacting_ms, held_ms, wrapup_ms,
  event_time, received_at, is_late, line, type, dt
FROM (
  SELECT *, row_number() OVER (PARTITION BY type, dt, COALESCE(key, line) ORDER BY received_at, message_id) AS copy
  FROM every_copy
)
WHERE copy = 1
