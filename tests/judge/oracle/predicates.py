"""Conditions on one row, in SQL's three values: true, false and None for unknown."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import sqlglot
from sqlglot import exp

from dutywatch.terms.predicate import Predicate
from tests.judge.oracle.trace import Row

_COMPARED: dict[type[exp.Expression], Callable[[Any, Any], bool]] = {
    exp.EQ: lambda a, b: a == b,
    exp.NEQ: lambda a, b: a != b,
    exp.GT: lambda a, b: a > b,
    exp.GTE: lambda a, b: a >= b,
    exp.LT: lambda a, b: a < b,
    exp.LTE: lambda a, b: a <= b,
    exp.Like: lambda a, b: re.fullmatch(re.escape(b).replace("%", ".*").replace("_", "."), a) is not None,
}


def value(condition: Predicate, row: Row) -> bool | None:
    """What a condition says of a row; None: unknown."""
    found = _value(sqlglot.parse_one(condition.text, dialect="duckdb"), row)
    assert found is None or isinstance(found, bool)
    return found


def holds(condition: Predicate | None, row: Row) -> bool:
    """Whether a row is asked for: unknown is no."""
    return condition is None or value(condition, row) is True


def _value(node: exp.Expression, row: Row) -> Any:
    if isinstance(node, exp.Column):
        return row.column(node.name)
    if isinstance(node, exp.Literal):
        return node.this if node.is_string else float(node.this)
    if isinstance(node, exp.Null):
        return None
    if isinstance(node, exp.Paren):
        return _value(node.this, row)
    if isinstance(node, exp.And | exp.Or):
        return _joined(isinstance(node, exp.And), _value(node.left, row), _value(node.right, row))
    if isinstance(node, exp.Not):
        inner = _value(node.this, row)
        return None if inner is None else not inner
    if isinstance(node, exp.Is):
        return _value(node.this, row) is None  # of what stands after IS, only NULL is written here
    if isinstance(node, exp.In):
        return _among(_value(node.this, row), [_value(one, row) for one in node.expressions])
    a, b = _value(node.this, row), _value(node.expression, row)
    return None if a is None or b is None else _COMPARED[type(node)](a, b)


def _joined(both: bool, a: bool | None, b: bool | None) -> bool | None:
    decisive = not both
    if decisive in (a, b):
        return decisive
    return None if None in (a, b) else both


def _among(value: Any, given: list[Any]) -> bool | None:
    return None if value is None else value in given
