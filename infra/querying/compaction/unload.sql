-- A day of both, as typed Parquet: sorted, so that of one conversation little is read.
UNLOAD (
  SELECT
    key, message_id, conversation_id, participant_id, session_id, queue_id, queue_name, user_id, user_name, media_type,
    direction, acd_outcome, disconnect_type, wrapup_code, connected_ms, alerting_ms, interacting_ms, held_ms, wrapup_ms,
    event_time, received_at, reason, is_set_aside, unkeyed_line, is_late, line, type
  FROM line_copies
  WHERE dt = ':dt'
  ORDER BY conversation_id, event_time, key
) TO 's3://:bucket/compacted/copies/dt=:dt/version=:version/' WITH (format = 'PARQUET', compression = 'SNAPPY', partitioned_by = ARRAY['type'])
