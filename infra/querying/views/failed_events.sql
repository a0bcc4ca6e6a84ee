-- What is parked, and what is on its way back: why, how often it was tried, and the text as it was received, but for sealed ones.
SELECT
  json_extract_scalar(line, '$.messageId') AS message_id,
  json_extract_scalar(line, '$.key') AS key,
  json_extract_scalar(line, '$.reason') AS reason,
  json_extract_scalar(line, '$.detail') AS detail,
  TRY_CAST(json_extract_scalar(line, '$.attempts') AS bigint) AS attempts,
  TRY(CAST(from_unixtime(TRY_CAST(json_extract_scalar(line, '$.receivedAt') AS bigint) / 1e3) AS timestamp(3))) AS received_at,
  CASE WHEN json_extract_scalar(line, '$.sealed') = 'true' THEN NULL ELSE json_extract_scalar(line, '$.body') END AS body,
  regexp_extract("$path", 'failed/\d{4}-\d{2}-\d{2}/([^./]+)', 1) AS chunk_id,
  dt
FROM failed_lines
