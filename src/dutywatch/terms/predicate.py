"""`where:` in a contract: an SQL expression over a stream's columns, parsed against an allow-list.

The text is never handed on: what patterns read is generated anew from the parsed tree, so that nothing
which the allow-list does not know can reach DuckDB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlglot
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from sqlglot import exp
from sqlglot.errors import SqlglotError

_ALLOWED = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In,
    exp.Between, exp.Like, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Null, exp.Boolean, exp.Literal,
    exp.Column, exp.Identifier,
)  # fmt: skip
_CONDITIONS = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In,
    exp.Between, exp.Like, exp.Boolean,
)  # fmt: skip


@dataclass(frozen=True)
class Predicate:
    """A condition on one event: `text` as the author wrote it, `sql` as DuckDB reads it, the columns it names."""

    text: str
    sql: str
    columns: frozenset[str]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        shown = core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema())
        return core_schema.is_instance_schema(cls, serialization=shown)


def predicate(value: Any) -> Any:
    """Read a condition such as "wait_s <= 20 and kind = 'answered'". Raises ValueError that says what to write."""
    if value is None or isinstance(value, Predicate):
        return value
    if not isinstance(value, str):
        raise ValueError("write a condition on columns, such as \"wait_s <= 20 and kind = 'answered'\"")
    try:
        tree = sqlglot.parse_one(value, dialect="duckdb")
    except SqlglotError as error:
        raise ValueError(f"{value!r} is not a condition: {str(error).splitlines()[0]}") from error
    for node in tree.walk():
        if not isinstance(node, _ALLOWED):
            raise ValueError(f"{value!r} uses {node.key}, which a condition may not: compare columns with values")
    if not isinstance(tree, _CONDITIONS):
        raise ValueError(f"{value!r} is no condition: compare a column with a value")
    if any(column.table for column in tree.find_all(exp.Column)):
        raise ValueError(f"{value!r} names a table: write the column's name alone")
    columns = frozenset(column.name for column in tree.find_all(exp.Column))
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("quoted", True)
    return Predicate(value, tree.sql(dialect="duckdb"), columns)
