-- Average and longest wait of each queue, how many hung up, and which share was answered in time.
SELECT queue_id, max(queue_name) AS queue_name, sum(offered) AS offered, sum(answered) AS answered,
  sum(abandoned) AS abandoned,
  round(sum(waiting_total_ms) / 1e3 / NULLIF(sum(ended), 0), 1) AS waiting_mean_seconds,
  max(waiting_most_ms) / 1e3 AS waiting_most_seconds,
  round(1e2 * sum(answered_in_time) / sum(offered), 1) AS service_level_percent
FROM queue_intervals
WHERE dt = :day
GROUP BY queue_id
ORDER BY offered DESC, queue_id
