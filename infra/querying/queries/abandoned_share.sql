-- Which share of the entries of each 15 minutes was abandoned.
SELECT interval_start, sum(offered) AS offered, sum(abandoned) AS abandoned,
  round(1e2 * sum(abandoned) / sum(offered), 1) AS abandoned_percent
FROM queue_intervals
WHERE dt = :day
GROUP BY interval_start
ORDER BY interval_start
