"""A rule that a contract breaks: where it stands, and what to write instead."""

from __future__ import annotations

from dutywatch.terms.document import Path_

Finding = tuple[Path_, str]
