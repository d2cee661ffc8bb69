"""One sheet of an XLSX workbook to rows of strings. Formulas are never computed: a cell is the value kept with it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

import pyarrow as pa
import python_calamine

from dutywatch.errors import DeliveryRefused
from dutywatch.lake.unwrap import check_package
from dutywatch.receive.parse import Tally, batch
from dutywatch.receive.text import Row

Cell = str | float | int | bool | time | datetime | date | timedelta | None
_AT_ONCE = 50_000
_EXACT = 1e15
_ROUNDED = "a number of more than 15 digits, of which a workbook keeps no more"


def batches(raw: bytes, sheet: str | None, wanted: Sequence[str], tally: Tally) -> Iterator[pa.RecordBatch]:
    """Rows of `sheet` (none: the only one) below its header, the first row that is not empty.

    Raises DeliveryRefused where the workbook, the sheet or a column is missing.
    """
    rows: list[Row] = []
    places: list[int] | None = None
    for cells in _sheet(raw, sheet):
        tally.lines += 1
        texts = [_text(cell) for cell in cells]
        if not any(text.strip() for text in texts):
            tally.blank += 1
        elif places is None:
            places = _places(texts, wanted)
            tally.header += 1
        else:
            tally.rows += 1
            rounded = {place for place in places if place < len(cells) and _rounded(cells[place])}
            fields = tuple("" if place >= len(texts) or place in rounded else texts[place] for place in places)
            rows.append(Row(tally.lines, json.dumps(texts, ensure_ascii=False), fields, _ROUNDED if rounded else None))
        if len(rows) >= _AT_ONCE:
            yield batch(rows, len(wanted))
            rows = []
    if places is None:
        raise DeliveryRefused("the sheet is empty: even a quiet day's log has its header")
    yield batch(rows, len(wanted))
    tally.prove()


def _sheet(raw: bytes, sheet: str | None) -> Iterator[Sequence[Cell]]:
    check_package(raw)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
        names = workbook.sheet_names
        if sheet is None and len(names) != 1:
            raise DeliveryRefused(
                f"the workbook has {len(names)} sheets ({', '.join(names)[:200]}): name one in the contract"
            )
        if sheet is not None and sheet not in names:
            raise DeliveryRefused(f"the workbook has no sheet {sheet!r}; it has {', '.join(names)[:200]}")
        chosen = workbook.get_sheet_by_name(sheet or names[0])
        yield from chosen.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise DeliveryRefused(f"this is not a readable workbook: {error}") from error


def _places(names: list[str], wanted: Sequence[str]) -> list[int]:
    names = [name.strip() for name in names]
    if missing := [name for name in wanted if name not in names]:
        raise DeliveryRefused(f"the header lacks {', '.join(missing)}; it reads {', '.join(names)[:200]}")
    if twice := sorted({name for name in wanted if names.count(name) > 1}):
        raise DeliveryRefused(f"the header names {', '.join(twice)} twice: which one is meant?")
    return [names.index(name) for name in wanted]


def _rounded(cell: Cell) -> bool:
    """Whether a cell was a number of so many digits that another one reads the same: two cases would be one."""
    return isinstance(cell, float) and abs(cell) >= _EXACT


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and not _rounded(cell):
        return str(int(cell))  # a workbook knows no whole numbers
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return str(cell).replace("\0", "\\0")
