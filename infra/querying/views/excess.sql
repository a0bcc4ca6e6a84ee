-- Each queue entry that admission has set aside, once, with its reason.
SELECT
  key, message_id, conversation_id, participant_id, queue_id, queue_name, media_type, reason, event_time, received_at, is_late,
  line, type, dt
FROM (
  SELECT *, row_number() OVER (PARTITION BY type, dt, key, unkeyed_line ORDER BY received_at, message_id) AS copy
  FROM :copies
  WHERE is_set_aside
)
WHERE copy = 1
