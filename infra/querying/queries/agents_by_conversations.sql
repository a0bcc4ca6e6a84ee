-- Agents by the conversations that they handled, with the time they talked.
SELECT user_id, max(user_name) AS user_name, count(DISTINCT conversation_id) AS conversations,
  round(sum(interacting_ms) / 6e4, 1) AS talking_minutes
FROM events
WHERE dt = :day AND type = 'user.end' AND alerting_ms IS NOT NULL AND interacting_ms IS NOT NULL
GROUP BY user_id
ORDER BY conversations DESC, user_id
