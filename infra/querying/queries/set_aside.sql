-- What admission set aside, by queue and reason.
SELECT queue_id, max(queue_name) AS queue_name, reason, count(*) AS entries
FROM excess
WHERE dt = :day
GROUP BY queue_id, reason
ORDER BY entries DESC, queue_id, reason
