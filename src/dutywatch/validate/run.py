"""The way in: batches and a way to open DuckDB come in, outcomes go out, one batch after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from duckdb import DuckDBPyConnection

from dutywatch.errors import ExpectationFault
from dutywatch.validate.batch import Batch, Outcome
from dutywatch.validate.engine import engine

Connect = Callable[[], AbstractContextManager[DuckDBPyConnection]]
"""Opens an in-memory DuckDB that may read the parsed rows and write beside them, and closes it."""


def validate_batches(batches: Sequence[Batch], connect: Connect) -> list[Outcome]:
    """Validate the batches with one import, one context and one database for all.

    Raises the first ExpectationFault; the batches before it have their files, and no harm is done by those.
    """
    outcomes = []
    for outcome in validate_each(batches, connect):
        if isinstance(outcome, ExpectationFault):
            raise outcome
        outcomes.append(outcome)
    return outcomes


def validate_each(batches: Sequence[Batch], connect: Connect) -> Iterator[Outcome | ExpectationFault]:
    """The same, but a batch at fault does not stop the others: its fault is yielded in its place."""
    if not batches:
        return
    with connect() as db:
        context = engine().new_context()
        for batch in batches:
            result: Outcome | ExpectationFault
            try:
                result = engine().validate(batch, db, context)
            except ExpectationFault as fault:
                result = fault
            yield result
