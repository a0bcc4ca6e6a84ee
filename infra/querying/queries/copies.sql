-- Events that lie in S3 more than once.
SELECT type, key, count(*) AS copies, min(received_at) AS first_received_at, max(received_at) AS last_received_at
FROM every_copy
WHERE dt = :day AND key IS NOT NULL
GROUP BY type, key
HAVING count(*) > 1
ORDER BY copies DESC, type, key
