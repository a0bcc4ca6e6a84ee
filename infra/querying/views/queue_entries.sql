-- Each time that a conversation entered a queue: from its acd.start, admitted or set aside, and its acd.end, whichever there is.
SELECT
  conversation_id,
  max(participant_id) AS participant_id,
  max(queue_id) AS queue_id,
  max(queue_name) AS queue_name,
  max(media_type) AS media_type,
  COALESCE(
    min(CASE WHEN type = 'acd.start' THEN event_time END),
    min(CASE WHEN type = 'acd.end' THEN date_add('millisecond', -COALESCE(connected_ms, 0), event_time) END)
  ) AS entered_at,
  max(CASE WHEN type = 'acd.end' THEN event_time END) AS left_at,
  max(acd_outcome) AS outcome,
  max(connected_ms) AS waited_ms,
  max(CASE WHEN type = 'acd.end' THEN user_id END) AS answered_by,
  max(is_set_aside) = 1 AS is_set_aside,
  min(dt) AS dt
FROM (
  -- A short form names no participant: each is an entry of its own.
  SELECT
    conversation_id, COALESCE(participant_id, key) AS entry, participant_id, queue_id, queue_name, media_type, type, event_time, acd_outcome, connected_ms, user_id,
    0 AS is_set_aside, dt
  FROM events
  WHERE type IN ('acd.start', 'acd.end') AND conversation_id IS NOT NULL
  UNION ALL
  SELECT
    conversation_id, COALESCE(participant_id, key), participant_id, queue_id, queue_name, media_type, type, event_time, CAST(NULL AS varchar),
    CAST(NULL AS bigint), CAST(NULL AS varchar), 1, dt
  FROM excess
  WHERE conversation_id IS NOT NULL
)
GROUP BY conversation_id, entry
