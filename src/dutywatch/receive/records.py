"""JSON, NDJSON and GeoJSON to rows of strings; the lines of a document are its records.

Numbers stay the text that was written, so that `columns.py` reads them as it reads a CSV's. A column is a
key, or keys joined by dots; of a GeoJSON feature it is a property, or `lon` and `lat` of a point.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from dutywatch.errors import DeliveryRefused
from dutywatch.lake.chunks import Chunk, chunks
from dutywatch.receive.parse import Tally, batch
from dutywatch.receive.text import Row

LARGEST_DOCUMENT = 256 << 20  # bytes; a document is read whole, and its objects take several times its size
_AT_ONCE = 50_000


class _Twice(ValueError):
    pass


def lines(raw: bytes, encoding: str, wanted: Sequence[str], tally: Tally) -> Iterator[pa.RecordBatch]:
    """NDJSON: every line is an object, blank, or at fault."""
    for piece in chunks(raw, encoding):
        rows: list[Row] = []
        if not isinstance(piece, Chunk):
            tally.lines += 1
            rows.append(
                Row(tally.lines, piece.head.decode("ascii", "backslashreplace"), None, f"{piece.size} bytes: too long")
            )
        for number, line in enumerate(piece.text.split(b"\n")[:-1] if isinstance(piece, Chunk) else ()):
            tally.lines += 1
            if not line.strip():
                tally.blank += 1
                continue
            broken = isinstance(piece, Chunk) and number in piece.undecoded
            rows.append(_line(tally.lines, line, encoding, wanted, broken=broken))
        tally.rows += len(rows)
        yield batch(rows, len(wanted))
    tally.prove()


def document(
    raw: bytes, encoding: str, place: str | None, wanted: Sequence[str], tally: Tally, *, features: bool = False
) -> Iterator[pa.RecordBatch]:
    """A JSON document whose records lie in the list at `place` (keys joined by dots; none: the document itself).

    Raises DeliveryRefused where there is no such list: an empty one is a quiet day, a missing one is not.
    """
    found = _list(raw, encoding, place)
    for start in range(0, len(found), _AT_ONCE):
        part = found[start : start + _AT_ONCE]
        rows = [_record(start + i, one, wanted, features=features) for i, one in enumerate(part, start=1)]
        tally.lines += len(rows)
        tally.rows += len(rows)
        yield batch(rows, len(wanted))
    tally.prove()


def _list(raw: bytes, encoding: str, place: str | None) -> list[Any]:
    if len(raw) > LARGEST_DOCUMENT:
        raise DeliveryRefused(f"a JSON document has at most {LARGEST_DOCUMENT} bytes: send one object a line (ndjson)")
    try:
        found = _parsed(raw.decode(encoding).removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        raise DeliveryRefused(f"the document is not {encoding}: {error.reason} at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise DeliveryRefused(f"the document is not JSON: {error}") from error
    for key in place.split(".") if place else ():
        if not isinstance(found, dict) or key not in found:
            raise DeliveryRefused(f"the document has no `{place}`: its records are not where they should be")
        found = found[key]
    if not isinstance(found, list):
        raise DeliveryRefused(f"`{place or 'the document'}` is not a list of records")
    return found


def _line(number: int, line: bytes, encoding: str, wanted: Sequence[str], *, broken: bool) -> Row:
    text = line.decode("utf-8", "backslashreplace").removeprefix("\ufeff")
    if broken or not _decodes(line):
        return Row(number, text, None, f"not {encoding}")
    try:
        return _record(number, _parsed(text), wanted, raw=text.replace("\0", "\\0"))
    except _Twice as fault:
        return Row(number, text, None, str(fault))
    except (ValueError, RecursionError):
        return Row(number, text.replace("\0", "\\0"), None, "not JSON")


def _decodes(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _parsed(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=_no_number, object_pairs_hook=_pairs)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice("a key stands twice in one object")
    return found


def _record(number: int, record: Any, wanted: Sequence[str], *, raw: str | None = None, features: bool = False) -> Row:
    text = raw if raw is not None else _text(record) or "null"
    if not isinstance(record, dict):
        return Row(number, text, None, "not an object")
    where = _feature(record) if features else record
    return Row(number, text, tuple(_field(where, name) for name in wanted), None)


def _feature(record: dict[str, Any]) -> dict[str, Any]:
    properties, geometry = record.get("properties"), record.get("geometry")
    found = dict(properties) if isinstance(properties, dict) else {}
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        position = geometry.get("coordinates")
        if isinstance(position, list) and len(position) >= 2:
            found = {"lon": position[0], "lat": position[1], **found}
    return found


def _field(record: Any, name: str) -> str:
    if isinstance(record, dict) and name in record:
        return _text(record[name])
    for key in name.split("."):
        record = record.get(key) if isinstance(record, dict) else None
    return _text(record)


def _text(value: Any) -> str:
    """A value as a log would write it; nothing for null, JSON for what is not one value."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _sound(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _sound(json.dumps(value, ensure_ascii=False))


def _sound(text: str) -> str:
    """Half a surrogate pair and NUL are JSON, but no text that can be stored."""
    return re.sub("[\0\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)
