"""Asking over HTTP, for all connectors that do: one exchange, its pages, and what is held against an answer."""
