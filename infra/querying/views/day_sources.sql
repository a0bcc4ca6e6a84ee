-- For each day where its events are read: the version of its Parquet, or the day itself where its lines are.
-- A version counts from a quarter of an hour after it was published, so both of the looks of one query see the same.
-- Of several the one that was named last: it was written last.
SELECT COALESCE(p.version, CAST(d.day AS varchar)) AS source
FROM UNNEST(sequence(DATE ':first_date', current_date + INTERVAL '2' DAY)) AS d (day)
LEFT JOIN (
  SELECT dt, max_by(version, named_at || version) AS version
  FROM (
    SELECT
      json_extract_scalar(line, '$.dt') AS dt,
      json_extract_scalar(line, '$.version') AS version,
      json_extract_scalar(line, '$.namedAt') AS named_at,
      json_extract_scalar(line, '$.publishedAt') AS published_at
    FROM compacted_days
  )
  WHERE TRY(from_iso8601_timestamp(published_at)) <= current_timestamp - INTERVAL '15' MINUTE
  GROUP BY dt
) p ON p.dt = CAST(d.day AS varchar)
