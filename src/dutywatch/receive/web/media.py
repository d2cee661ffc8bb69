"""Which media types an answer may declare: a log-in page that comes as "success" is no log."""

from __future__ import annotations

from collections.abc import Collection

from dutywatch.receive.web.answer import PACKINGS, Answer

_TEXT = ("text/plain", "application/octet-stream")
_JSON = ("application/json", "text/json")
TYPES = {
    "csv": ("text/csv", "application/csv", "text/comma-separated-values", "application/vnd.ms-excel", *_TEXT),
    "tsv": ("text/tab-separated-values", "text/csv", *_TEXT),
    "json": (*_JSON, *_TEXT),
    "ndjson": ("application/x-ndjson", "application/ndjson", "application/jsonl", *_JSON, *_TEXT),
    "geojson": ("application/geo+json", "application/vnd.geo+json", "application/ld+json", *_JSON, *_TEXT),
    "parquet": ("application/vnd.apache.parquet", "application/x-parquet", "application/octet-stream"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream"),
}  # fmt: skip


def mismatch(answer: Answer, format_: str, also: Collection[str] = ()) -> str | None:
    """Why the answer's media type is none of its format's; None where it is, or where it declares none."""
    given = answer.media_type
    packed = (*PACKINGS[answer.packing], "application/octet-stream") if answer.packing else ()
    if answer.quiet or not given or given in TYPES[format_] or given in also or given in packed:
        return None
    return f"the answer declares itself {given}, and {format_} was asked for"
