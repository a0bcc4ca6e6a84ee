-- Before anything points to it, so that each query that is told of the version knows where it lies.
ALTER TABLE compacted_copies ADD IF NOT EXISTS PARTITION (dt = ':dt', version = ':version')
LOCATION 's3://:bucket/compacted/copies/dt=:dt/version=:version/'
