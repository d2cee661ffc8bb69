"""The nearest street of each position, plainly: shapely's distance to every street near, one position at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely


def matched(
    place: tuple[float, float],
    heading: tuple[float, float] | None,
    streets: Sequence[shapely.LineString],
    tree: shapely.STRtree,
) -> tuple[int, float, float] | None:
    """(street, metres away, metres along) of the nearest straight piece within 25 m and 60 degrees, or None."""
    point = shapely.Point(place)
    found: list[tuple[int, int, float]] = []
    for number in sorted(tree.query(point, predicate="dwithin", distance=25.0)):
        vertices = list(streets[number].coords)
        along = 0.0
        for a, b in pairwise(vertices):
            piece = shapely.LineString([a, b])
            if piece.length == 0:
                continue
            away = piece.distance(point)
            if away <= 25 and (heading is None or _angle(a, b, heading) <= 60):
                found.append((round(away * 1000), int(number), along + piece.project(point)))
            along += piece.length
    if not found:
        return None
    millimetres, number, along = min(found)
    return number, millimetres / 1000, along


def _angle(a: tuple[float, float], b: tuple[float, float], heading: tuple[float, float]) -> float:
    """Degrees between the line through a and b, either way, and the heading."""
    line = np.arctan2(b[1] - a[1], b[0] - a[0])
    turn = abs(line - math.atan2(heading[1], heading[0])) % math.pi
    return math.degrees(min(turn, math.pi - turn))
