-- From which queue to which conversations were transferred.
SELECT from_queue, to_queue, count(*) AS transfers
FROM (
  SELECT t.queue_id AS from_queue, min_by(e.queue_id, e.entered_at) AS to_queue
  FROM events t
  JOIN queue_entries e ON e.conversation_id = t.conversation_id AND e.entered_at >= t.event_time
  WHERE t.dt = :day AND t.type = 'user.end' AND t.disconnect_type = 'TRANSFER'
  GROUP BY t.conversation_id, t.key, t.queue_id
)
GROUP BY from_queue, to_queue
ORDER BY transfers DESC, from_queue, to_queue
