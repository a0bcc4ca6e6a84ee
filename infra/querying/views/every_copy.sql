-- Every copy of every event that lies in S3, with the columns that everybody asks for beside the whole line.
SELECT
  key, message_id, conversation_id, participant_id, session_id, queue_id, queue_name, user_id, user_name, media_type,
  direction, acd_outcome, disconnect_type, wrapup_code, connected_ms, alerting_ms, interacting_ms, held_ms, wrapup_ms,
  event_time, received_at, is_late, line, type, dt
FROM :copies
WHERE NOT is_set_aside
