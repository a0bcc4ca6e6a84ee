-- Everything that is known of one conversation, in the order of its times.
SELECT event_time, type, queue_name, user_name, disconnect_type, acd_outcome, became
FROM (
  SELECT event_time, type, queue_name, user_name, disconnect_type, acd_outcome, 'delivered' AS became
  FROM events
  WHERE conversation_id = :conversation
  UNION ALL
  SELECT event_time, type, queue_name, CAST(NULL AS varchar), CAST(NULL AS varchar), CAST(NULL AS varchar), 'set aside: ' || reason
  FROM excess
  WHERE conversation_id = :conversation
)
ORDER BY event_time, type
