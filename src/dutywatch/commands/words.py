"""What the commands share: how a contract and an instant are written, and where is said what is not a result."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

said = Console(stderr=True, highlight=False)

Contract = Annotated[str, typer.Argument(help="A contract's name: its folder below contracts/.")]


def instant(text: str) -> datetime:
    """An ISO 8601 instant with an offset. Raises typer.BadParameter."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not ISO 8601, such as 2025-12-28T13:18Z") from error
    if value.tzinfo is None:
        raise typer.BadParameter(f"{text!r} has no offset from UTC: write 2025-12-28T13:18Z or ...+08:00")
    return value
