-- One row for each conversation. Waiting and talking are what Genesys says of ended entries and of agents that took one.
SELECT
  COALESCE(c.conversation_id, q.conversation_id) AS conversation_id,
  COALESCE(c.started_at, q.entered_at) AS started_at,
  c.ended_at,
  COALESCE(c.media, q.media) AS media,
  q.queues,
  c.users,
  CASE
    WHEN c.ended_at IS NULL THEN 'open'
    WHEN q.entries IS NULL THEN 'left before a queue'
    ELSE q.last_outcome
  END AS outcome,
  COALESCE(q.entries, 0) AS entries,
  COALESCE(q.entries_set_aside, 0) AS entries_set_aside,
  COALESCE(q.waited_ms, 0) AS waiting_ms,
  COALESCE(c.talked_ms, 0) AS talking_ms,
  COALESCE(c.dt, q.dt) AS dt
FROM (
  SELECT
    conversation_id,
    min(event_time) AS started_at,
    max(CASE WHEN type = 'customer.end' THEN event_time END) AS ended_at,
    array_join(array_sort(array_agg(DISTINCT media_type) FILTER (WHERE media_type IS NOT NULL)), ', ') AS media,
    array_join(array_sort(array_agg(DISTINCT user_id) FILTER (WHERE type = 'user.end' AND alerting_ms IS NOT NULL AND interacting_ms IS NOT NULL)), ', ') AS users,
    sum(CASE WHEN type = 'user.end' AND alerting_ms IS NOT NULL THEN interacting_ms END) AS talked_ms,
    min(dt) AS dt
  FROM (
    -- What was replayed by force lies under the date of its replay as well.
    SELECT *, row_number() OVER (PARTITION BY conversation_id, key ORDER BY dt) AS time
    FROM events
    WHERE conversation_id IS NOT NULL AND type NOT IN ('conversation', 'other')
  )
  WHERE time = 1
  GROUP BY conversation_id
) c
-- Of some conversations nothing is known but an entry that was set aside.
FULL JOIN (
  SELECT
    conversation_id,
    min(entered_at) AS entered_at,
    min(dt) AS dt,
    array_join(array_sort(array_agg(DISTINCT media_type) FILTER (WHERE media_type IS NOT NULL)), ', ') AS media,
    array_join(array_sort(array_agg(DISTINCT queue_id) FILTER (WHERE queue_id IS NOT NULL)), ', ') AS queues,
    count(*) AS entries,
    count(CASE WHEN is_set_aside THEN 1 END) AS entries_set_aside,
    sum(waited_ms) AS waited_ms,
    max_by(outcome, entered_at) AS last_outcome
  FROM queue_entries
  GROUP BY conversation_id
) q ON q.conversation_id = c.conversation_id
