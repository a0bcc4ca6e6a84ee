-- Before anything points to them, so that each query that is told of the version knows where it lies.
ALTER TABLE compacted_copies ADD IF NOT EXISTS :partitions
