-- Every copy of every event in the lines that Firehose writes, delivered or set aside, with the columns that everybody asks for.
SELECT
  json_extract_scalar(line, '$.floodgate.key') AS key,
  json_extract_scalar(line, '$.floodgate.messageId') AS message_id,
  json_extract_scalar(line, '$.floodgate.conversationId') AS conversation_id,
  json_extract_scalar(line, '$.detail.eventBody.participantId') AS participant_id,
  json_extract_scalar(line, '$.detail.eventBody.sessionId') AS session_id,
  json_extract_scalar(line, '$.floodgate.queueId') AS queue_id,
  json_extract_scalar(line, '$.floodgate.enrichment.queue.name') AS queue_name,
  COALESCE(
    json_extract_scalar(line, '$.detail.eventBody.userId'),
    json_extract_scalar(line, '$.detail.eventBody.answeredUserId')
  ) AS user_id,
  json_extract_scalar(line, '$.floodgate.enrichment.user.name') AS user_name,
  json_extract_scalar(line, '$.detail.eventBody.mediaType') AS media_type,
  json_extract_scalar(line, '$.detail.eventBody.direction') AS direction,
  json_extract_scalar(line, '$.detail.eventBody.acdOutcome') AS acd_outcome,
  json_extract_scalar(line, '$.detail.eventBody.disconnectType') AS disconnect_type,
  json_extract_scalar(line, '$.detail.eventBody.wrapupCode') AS wrapup_code,
  TRY_CAST(json_extract_scalar(line, '$.detail.eventBody.connectedDurationMs') AS bigint) AS connected_ms,
  TRY_CAST(json_extract_scalar(line, '$.detail.eventBody.alertingDurationMs') AS bigint) AS alerting_ms,
  TRY_CAST(json_extract_scalar(line, '$.detail.eventBody.interactingDurationMs') AS bigint) AS interacting_ms,
  TRY_CAST(json_extract_scalar(line, '$.detail.eventBody.heldDurationMs') AS bigint) AS held_ms,
  TRY_CAST(json_extract_scalar(line, '$.detail.eventBody.wrapupDurationMs') AS bigint) AS wrapup_ms,
  TRY(CAST(from_iso8601_timestamp(json_extract_scalar(line, '$.floodgate.eventTime')) AS timestamp(3))) AS event_time,
  TRY(CAST(from_iso8601_timestamp(json_extract_scalar(line, '$.floodgate.receivedAt')) AS timestamp(3))) AS received_at,
  CASE WHEN is_set_aside THEN json_extract_scalar(line, '$.floodgate.excess') END AS reason,
  is_set_aside,
  -- A line of another producer has no key, and is one by its text.
  CASE WHEN json_extract_scalar(line, '$.floodgate.key') IS NULL THEN line END AS unkeyed_line,
  shard = 'late' AS is_late,
  line,
  type,
  dt
FROM (
  SELECT line, type, dt, shard, false AS is_set_aside
  FROM :lines
  UNION ALL
  SELECT line, type, dt, shard, true
  FROM :excess_lines
)
