"""How fast duties are judged, in ratios to what DuckDB alone needs to copy the same events from CSV to Parquet."""
