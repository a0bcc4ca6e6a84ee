-- What Firehose gave up on, by what it says; `failed import` brings these back.
SELECT
  regexp_extract("$path", 'errors/([^/]+)/', 1) AS error_type,
  json_extract_scalar(line, '$.errorCode') AS error_code,
  json_extract_scalar(line, '$.errorMessage') AS error_message,
  TRY_CAST(json_extract_scalar(line, '$.attemptsMade') AS bigint) AS attempts,
  json_extract_scalar(record, '$.floodgate.key') AS key,
  json_extract_scalar(record, '$.floodgate.messageId') AS message_id,
  json_extract_scalar(record, '$.floodgate.conversationId') AS conversation_id,
  record
FROM (
  SELECT line, "$path", TRY(from_utf8(from_base64(json_extract_scalar(line, '$.rawData')))) AS record
  FROM error_lines
)
