-- Each queue entry that admission has set aside, once, with its reason.
SELECT
  key, message_id, conversation_id, participant_id, queue_id, queue_name, media_type, reason, event_time, received_at, is_late,
  line, type, dt
FROM (
  SELECT *, row_number() OVER (PARTITION BY type, dt, COALESCE(key, line) ORDER BY received_at, message_id) AS copy
  FROM (
    SELECT
      json_extract_scalar(line, '$.floodgate.key') AS key,
      json_extract_scalar(line, '$.floodgate.messageId') AS message_id,
      json_extract_scalar(line, '$.floodgate.conversationId') AS conversation_id,
      json_extract_scalar(line, '$.detail.eventBody.participantId') AS participant_id,
      json_extract_scalar(line, '$.floodgate.queueId') AS queue_id,
      json_extract_scalar(line, '$.floodgate.enrichment.queue.name') AS queue_name,
      json_extract_scalar(line, '$.detail.eventBody.mediaType') AS media_type,
      json_extract_scalar(line, '$.floodgate.excess') AS reason,
      TRY(CAST(from_iso8601_timestamp(json_extract_scalar(line, '$.floodgate.eventTime')) AS timestamp(3))) AS event_time,
      TRY(CAST(from_iso8601_timestamp(json_extract_scalar(line, '$.floodgate.receivedAt')) AS timestamp(3))) AS received_at,
      shard = 'late' AS is_late,
      line,
      type,
      dt
    FROM excess_lines
  )
)
WHERE copy = 1
