"""All scenes of all chapters; each is judged once a run, whoever asks."""

from __future__ import annotations

from tests.spec.chapters import CHAPTERS
from tests.spec.stage import Scene, scenes

SCENES: tuple[Scene, ...] = tuple(
    scene for chapter in CHAPTERS for table in chapter.tables for scene in scenes(chapter, table)
)
