-- How many conversations entered each queue in each hour, and how many of these admission set aside.
SELECT queue_id, max(queue_name) AS queue_name, date_trunc('hour', interval_start) AS hour, sum(offered) AS entries,
  sum(entries_set_aside) AS entries_set_aside
FROM queue_intervals
WHERE dt = :day
GROUP BY queue_id, date_trunc('hour', interval_start)
ORDER BY entries DESC, queue_id, hour
