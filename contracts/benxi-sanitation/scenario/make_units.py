"""Write units.geojson: the 300 invented street segments of the Benxi contract.

Why: the city's street register is not public, and a scenario needs units with a class, a ward and a
length. One fixed rule, no chance: the same file on every machine. Where it stops: it knows nothing of
the storm; which segment has which fate stands in story.yaml.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

NOTE = (
    "These segments are invented: ids, names, lengths and places follow a plain grid, not Benxi's streets. "
    "Only the four wards are real names. Written by scenario/make_units.py."
)


@dataclass(frozen=True)
class Ward:
    """A ward: its names, its block of the grid, and how many segments of classes A, B, C it holds."""

    zh: str
    en: str
    block: tuple[int, int]
    segments: dict[str, int]


WARDS = (
    Ward("平山", "Pingshan", (0, 0), {"A": 18, "B": 30, "C": 40}),
    Ward("明山", "Mingshan", (1, 0), {"A": 20, "B": 20, "C": 40}),
    Ward("溪湖", "Xihu", (0, 1), {"A": 12, "B": 25, "C": 40}),
    Ward("南芬", "Nanfen", (1, 1), {"A": 10, "B": 15, "C": 30}),
)
ORIGIN = (123.77, 41.29)  # degrees east, north
BLOCK = (0.06, 0.05)
STEP = (0.0055, 0.0035)  # wider than the longest segment, so that no two overlap
METRES_PER_DEGREE_EAST = 83_640  # at 41.29 N
LENGTHS = {"A": (320, 13), "B": (240, 11), "C": (120, 9)}  # metres: the shortest, and a step


def features() -> list[dict[str, object]]:
    """The segments, in the order of their ids; numbers run through a class, ward after ward."""
    in_class: Counter[str] = Counter()
    in_ward: Counter[str] = Counter()
    segments = []
    for class_ in LENGTHS:
        for ward in WARDS:
            for _ in range(ward.segments[class_]):
                in_class[class_] += 1
                segments.append(_segment(class_, in_class[class_], ward, in_ward[ward.zh]))
                in_ward[ward.zh] += 1
    return segments


def _segment(class_: str, number: int, ward: Ward, place: int) -> dict[str, object]:
    shortest, step = LENGTHS[class_]
    length = shortest + step * (place % 7)
    west = ORIGIN[0] + ward.block[0] * BLOCK[0] + (place % 10) * STEP[0]
    north = ORIGIN[1] + ward.block[1] * BLOCK[1] + (place // 10) * STEP[1]
    east = west + length / METRES_PER_DEGREE_EAST
    line = [[round(west, 6), round(north, 6)], [round(east, 6), round(north, 6)]]
    properties = {
        "segment_id": f"BX-{class_}-{number:03d}",
        "maintenance_class": class_,
        "ward": ward.zh,
        "length_m": length,
        "name": {
            "zh": f"{ward.zh}{class_}{number:03d}街路（虚构）",
            "en": f"{ward.en} street {class_}{number:03d} (invented)",
        },
    }
    geometry = {"type": "LineString", "coordinates": line}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def geojson() -> str:
    """The whole file, one segment a line so that a change can be read."""
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features())
    return f'{{"type": "FeatureCollection",\n"note": {json.dumps(NOTE)},\n"features": [\n{lines}\n]}}\n'


def main() -> None:
    """Write the file; by default the one that the contract names."""
    default = Path(__file__).resolve().parent.parent / "units.geojson"
    parser = argparse.ArgumentParser(description="Write the 300 invented street segments as GeoJSON.")
    parser.add_argument("file", nargs="?", type=Path, default=default, help="default: the contract's own")
    parser.parse_args().file.write_text(geojson(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
