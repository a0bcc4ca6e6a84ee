-- The same from the Parquet of each day that has been compacted, and from the lines of every other day.
SELECT
  c.key, c.message_id, c.conversation_id, c.participant_id, c.session_id, c.queue_id, c.queue_name, c.user_id, c.user_name,
  c.media_type, c.direction, c.acd_outcome, c.disconnect_type, c.wrapup_code, c.connected_ms, c.alerting_ms, c.interacting_ms,
  c.held_ms, c.wrapup_ms, c.event_time, c.received_at, c.reason, c.is_set_aside, c.unkeyed_line, c.is_late, c.line, c.type, c.dt
FROM (
  SELECT
    dt AS source, key, message_id, conversation_id, participant_id, session_id, queue_id, queue_name, user_id, user_name,
    media_type, direction, acd_outcome, disconnect_type, wrapup_code, connected_ms, alerting_ms, interacting_ms, held_ms,
    wrapup_ms, event_time, received_at, reason, is_set_aside, unkeyed_line, is_late, line, type, dt
  FROM line_copies
  UNION ALL
  SELECT
    version AS source, key, message_id, conversation_id, participant_id, session_id, queue_id, queue_name, user_id, user_name,
    media_type, direction, acd_outcome, disconnect_type, wrapup_code, connected_ms, alerting_ms, interacting_ms, held_ms,
    wrapup_ms, event_time, received_at, reason, is_set_aside, unkeyed_line, is_late, line, type, dt
  FROM compacted_copies
) c
-- One look at what is published says for each day which of the two it is: a day that is published meanwhile is read once.
-- A source is a partition of either table, so that the engine opens no other.
JOIN (
  SELECT COALESCE(p.version, CAST(d.day AS varchar)) AS source
  FROM UNNEST(sequence(DATE ':first_date', current_date + INTERVAL '2' DAY)) AS d (day)
  LEFT JOIN (
    SELECT json_extract_scalar(line, '$.dt') AS dt, json_extract_scalar(line, '$.version') AS version
    FROM compacted_days
  ) p ON p.dt = CAST(d.day AS varchar)
) v ON v.source = c.source
