-- What is parked or on its way back, by reason.
SELECT reason, count(DISTINCT message_id) AS events, max(attempts) AS most_attempts, min(received_at) AS oldest
FROM failed_events
WHERE dt = :day
GROUP BY reason
ORDER BY events DESC, reason
