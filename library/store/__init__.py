"""The published database: its schema, how it is written, and how it is asked."""
