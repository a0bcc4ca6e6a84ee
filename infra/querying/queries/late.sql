-- What arrived on a day although it happened on an earlier one, or far ahead.
SELECT type, CAST(event_time AS date) AS happened_on, count(*) AS events
FROM events
WHERE dt = :day AND is_late
GROUP BY type, CAST(event_time AS date)
ORDER BY events DESC, type, happened_on
