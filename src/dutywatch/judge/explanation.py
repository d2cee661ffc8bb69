"""Why a duty stands as it does, in plain text: clause, clock, evidence or what is missing, flips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dutywatch.errors import SettingsError
from dutywatch.judge.deliveries import PREFIX
from dutywatch.lake import Lake, connect
from dutywatch.ledger.evaluations import Sheet
from dutywatch.terms import Terms


def explain(terms: Terms, lake: Lake, sheets: Sequence[Sheet], duty_id: str, flips: Sequence[Mapping[str, Any]]) -> str:
    """The explanation of one recorded duty. Raises SettingsError where the record holds no such duty."""
    parts = duty_id.split("/")
    obligation = parts[1] if len(parts) > 2 else ""
    row = _row(lake, [sheet for sheet in sheets if sheet.obligation == obligation], duty_id)
    if row is None:
        raise SettingsError(
            f"no duty {duty_id} is recorded; ids read contract/obligation/unit/trigger, as in `dutywatch judge --out`"
        )
    zone = terms.contract.zone
    lines = [
        f"Duty      {duty_id}",
        f"Owed      {_title(terms, obligation)}",
        f"Clause    {_clause(terms, obligation)}",
        f"Unit      {row['unit']}" + (f", class {row['unit_class']}" if row["unit_class"] else ""),
        f"Clock     from {_at(row['clock_start'], zone)} to {_at(row['due_at'], zone)}",
        f"Verdict   {row['verdict']} ({row['standing']})",
        f"Because   {row['reason']}",
        f"Evidence  {row['evidence'] or 'none'}",
        f"Coverage  {100 * row['coverage']:.2f} % of the time in which it could have been done"
        if row["coverage"] is not None
        else "Coverage  not measured while the trigger is open",
    ]
    if row["fulfilled_at"]:
        lines.append(f"Done      {_at(row['fulfilled_at'], zone)}")
    if row["lapsed_at"]:
        lines.append(f"Lapsed    {_at(row['lapsed_at'], zone)}")
    if row["owed_by"]:
        lines.append(f"Owed by   {row['owed_by']}")
    lines.append("History")
    lines.extend(
        f"  {_at(flip['decided_at'], zone)}  {flip['from_standing']} -> {flip['to_standing']}: {flip['reason']}"
        for flip in flips
    )
    if not flips:
        lines.append("  pending since its trigger; nothing has changed")
    return "\n".join(lines)


def _row(lake: Lake, sheets: Sequence[Sheet], duty_id: str) -> dict[str, Any] | None:
    if not sheets:
        return None
    paths = [str(lake.path(sheet.file)) for sheet in sheets]
    with connect(lake) as duck:
        query = "SELECT * FROM read_parquet($paths) WHERE duty_id = $duty"
        rows = duck.sql(query, params={"paths": paths, "duty": duty_id}).to_arrow_table().to_pylist()
    return rows[0] if rows else None


def _title(terms: Terms, obligation: str) -> str:
    if obligation.startswith(PREFIX):
        return f"the daily delivery of {obligation.removeprefix(PREFIX)}"
    return str(terms.contract.obligations[obligation].title)


def _clause(terms: Terms, obligation: str) -> str:
    if obligation.startswith(PREFIX):
        return f"sources.{obligation.removeprefix(PREFIX)}.due: every source with a due time owes its delivery"
    return str(terms.contract.obligations[obligation].clause)


def _at(instant: datetime | None, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}" if instant else "not yet known"
