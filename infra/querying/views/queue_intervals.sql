-- Queue and 15 minutes, by when a conversation entered the queue. Entries that admission set aside are counted, and said.
SELECT
  queue_id,
  max(queue_name) AS queue_name,
  date_add('minute', CAST(floor(minute(entered_at) / 15) * 15 AS bigint), date_trunc('hour', entered_at)) AS interval_start,
  count(*) AS offered,
  count(CASE WHEN outcome = 'ANSWERED' THEN 1 END) AS answered,
  count(CASE WHEN outcome = 'ABANDON' THEN 1 END) AS abandoned,
  count(CASE WHEN outcome = 'FLOW_OUT' THEN 1 END) AS flowed_out,
  count(CASE WHEN is_transferred THEN 1 END) AS transferred,
  count(CASE WHEN is_set_aside THEN 1 END) AS entries_set_aside,
  count(waited_ms) AS ended,
  sum(waited_ms) AS waiting_total_ms,
  avg(CAST(waited_ms AS double)) AS waiting_mean_ms,
  max(waited_ms) AS waiting_most_ms,
  count(CASE WHEN outcome = 'ANSWERED' AND waited_ms <= :service_level_seconds * 1000 THEN 1 END) AS answered_in_time,
  min(dt) AS dt
FROM (
  SELECT e.*, t.conversation_id IS NOT NULL AS is_transferred
  FROM queue_entries e
  LEFT JOIN (
    SELECT DISTINCT conversation_id, queue_id, user_id
    FROM events
    WHERE type = 'user.end' AND disconnect_type = 'TRANSFER'
  ) t ON t.conversation_id = e.conversation_id AND t.queue_id = e.queue_id AND t.user_id = e.answered_by
)
WHERE queue_id IS NOT NULL AND entered_at IS NOT NULL
GROUP BY queue_id, date_add('minute', CAST(floor(minute(entered_at) / 15) * 15 AS bigint), date_trunc('hour', entered_at))
