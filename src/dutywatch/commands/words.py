"""What the commands share: how a contract and an instant are written, and where is said what is not a result."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dutywatch.clock import duration

said = Console(stderr=True, highlight=False)

Contract = Annotated[str, typer.Argument(help="A contract's name: its folder below contracts/.")]

Landing = Annotated[
    Path | None, typer.Option(help="No ledger: judge the files in this folder.", exists=True, file_okay=False)
]

Arrivals = Annotated[
    str,
    typer.Option(
        help="With --landing: 'folder' (it is not known when the files came) or 'mtime' (when they were modified)."
    ),
]


def by_mtime(arrivals: str) -> bool:
    """Whether files came when they were modified. Raises typer.BadParameter."""
    if arrivals not in ("folder", "mtime"):
        raise typer.BadParameter("--arrivals is 'folder' or 'mtime'")
    return arrivals == "mtime"


def out_file(text: str) -> Path:
    """A file to write, looked at before minutes of work. Raises typer.BadParameter."""
    path = Path(text)
    if path.is_dir():
        raise typer.BadParameter(f"{text} is a folder: name a file in it")
    folder = next(one for one in path.absolute().parents if one.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise typer.BadParameter(f"nothing can be written below {folder}: name another file")
    return path


def length(text: str) -> timedelta:
    """A duration. Raises typer.BadParameter."""
    try:
        return duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def civil_day(text: str) -> date:
    """A day. Raises typer.BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a day such as 2025-01-31") from error


def instant(text: str) -> datetime:
    """An ISO 8601 instant with an offset. Raises typer.BadParameter."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not ISO 8601, such as 2025-12-28T13:18Z") from error
    if value.tzinfo is None:
        raise typer.BadParameter(f"{text!r} has no offset from UTC: write 2025-12-28T13:18Z or ...+08:00")
    if not 1900 <= value.year < 3000:
        raise typer.BadParameter(f"{text!r} is not of the years 1900 to 2999: no contract runs then")
    return value
