"""Dutywatch watches the duties that a public body has outsourced."""

__version__ = "0.1.0"
