"""Groups of commands that are more than a line each; `cli` puts them together."""
