"""From a duty's id to its explanation: the row that the ledger holds, or one judged as known at any past instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Engine

from dutywatch.errors import UnknownDuty
from dutywatch.judge import explanation, explanation_en, explanation_json, explanation_zh
from dutywatch.judge.deliveries import PREFIX
from dutywatch.judge.explanation import Explanation, Flip, unknown
from dutywatch.judge.known import asked, draft, known
from dutywatch.lake import Lake, connect
from dutywatch.ledger import decisions, evaluations
from dutywatch.ledger.decisions import Decision
from dutywatch.ledger.evaluations import Sheet
from dutywatch.ledger.now import now
from dutywatch.ledger.verdicts import Standing
from dutywatch.terms import Terms
from dutywatch.terms.patterns import depends_on

Language = Literal["en", "zh", "json"]
NEAREST = 3


def explain(
    engine: Engine,
    lake: Lake,
    terms: Terms,
    patterns: Path,
    duty_id: str,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    language: Language = "en",
    reasons: Mapping[str, str],
) -> str:
    """Why a duty stands as it does in the ledger or, with an instant, as it stood with what was known then.

    `as_of` and `known_at` stand for one another where one is missing. `reasons`: the judge's reasons in Chinese.
    Raises UnknownDuty, and SettingsError for an instant that has not come.
    """
    with engine.connect() as connection:
        found = (
            _recorded(connection, lake, terms, patterns, duty_id)
            if as_of is None and known_at is None
            else _past(connection, lake, terms, patterns, duty_id, as_of or known_at, known_at or as_of)
        )
    return said(found, language, reasons)


def said(found: Explanation, language: Language, reasons: Mapping[str, str]) -> str:
    """An explanation in words, or as JSON."""
    if language == "json":
        return explanation_json.text(found)
    lines = explanation_zh.lines(found, reasons) if language == "zh" else explanation_en.lines(found)
    return "\n".join(lines)


def _recorded(connection: Connection, lake: Lake, terms: Terms, patterns: Path, duty_id: str) -> Explanation:
    head = evaluations.head_of(connection, terms.id)
    if head is None or head.evaluation is None or head.as_of is None:
        raise UnknownDuty(f"nothing of contract {terms.id} is judged yet: dutywatch judge {terms.id}")
    sheets = evaluations.current_sheets(connection, terms.id)
    row = _row(lake, sheets, duty_id)
    _still_there(terms, duty_id, row["standing"], row["reason"])
    inputs = known(connection, terms.id, head.as_of, head.as_of)
    inputs = replace(inputs, decisions=_with_waivers(connection, terms.id, inputs.decisions))
    changed = evaluations.terms_of(connection, head.evaluation) != terms.digest
    flips = _flips(connection, terms.id, duty_id, head.as_of)
    return explanation.explain(terms, lake, patterns, inputs, row, flips, recorded=True, terms_changed=changed)


def _with_waivers(connection: Connection, contract: str, judged: Sequence[Decision]) -> tuple[Decision, ...]:
    """The decisions that were judged from, and all waivers: these change no verdict, so that no judgement follows."""
    waivers = [one for one in decisions.decisions_of(connection, contract, now(connection)) if one.kind == "waive"]
    rest = [one for one in judged if one.kind != "waive"]
    return tuple(sorted([*rest, *waivers], key=lambda one: (one.recorded_at, one.id)))


def _past(
    connection: Connection,
    lake: Lake,
    terms: Terms,
    patterns: Path,
    duty_id: str,
    as_of: datetime | None,
    known_at: datetime | None,
) -> Explanation:
    assert as_of is not None and known_at is not None  # noqa: S101 - the caller gives one for the other
    inputs = asked(connection, terms.id, known_at, as_of)
    rows = draft(lake, terms, patterns, inputs, _needed(terms, _obligation(duty_id)))
    row = _drafted(terms, rows, duty_id, evaluations.flips_of(connection, terms.id, duty_id), known_at)
    flips = _flips(connection, terms.id, duty_id, known_at)
    return explanation.explain(terms, lake, patterns, inputs, row, flips, recorded=False)


def _still_there(terms: Terms, duty_id: str, standing: str, reason: str) -> None:
    name = _obligation(duty_id)
    known_names = terms.contract.sources if name.startswith(PREFIX) else terms.contract.obligations
    if name.removeprefix(PREFIX) not in known_names:
        raise UnknownDuty(f"the contract's file knows {name} no more; recorded of {duty_id}: {standing}, {reason}")


def _obligation(duty_id: str) -> str:
    parts = duty_id.split("/")
    return parts[1] if len(parts) > 1 else ""


def _needed(terms: Terms, name: str) -> list[str]:
    """The obligation and those that it is judged from, in the contract's order; a delivery needs none."""
    if name.startswith(PREFIX):
        return []
    wanted = [name] if name in terms.contract.obligations else list(terms.contract.obligations)
    for one in wanted:
        wanted += [cause for cause in depends_on(terms.contract.obligations[one]) if cause not in wanted]
    return [one for one in terms.contract.obligations if one in wanted]


def _row(lake: Lake, sheets: Sequence[Sheet], duty_id: str) -> Mapping[str, Any]:
    """The duty's recorded row. Raises UnknownDuty with the nearest ids, of its obligation if there is such a one."""
    of_it = [sheet for sheet in sheets if sheet.obligation == _obligation(duty_id)]
    paths = [str(lake.path(sheet.file)) for sheet in of_it or sheets]
    with connect(lake) as duck:
        read = "FROM read_parquet($paths, union_by_name = true)"
        table = duck.sql(f"SELECT * {read} WHERE duty_id = $duty", params={"paths": paths, "duty": duty_id})
        rows: list[Mapping[str, Any]] = table.to_arrow_table().to_pylist()
        if rows:
            return rows[0]
        query = f"SELECT duty_id {read} ORDER BY levenshtein(duty_id, $duty), duty_id LIMIT $nearest"
        found = duck.execute(query, {"paths": paths, "duty": duty_id, "nearest": NEAREST}).fetchall()
    raise unknown(duty_id, (str(one[0]) for one in found))


def _drafted(
    terms: Terms, rows: pa.Table, duty_id: str, flips: Sequence[Mapping[str, Any]], known_at: datetime
) -> Mapping[str, Any]:
    found: list[Mapping[str, Any]] = rows.filter(pc.equal(rows["duty_id"], duty_id)).to_pylist()
    last = next((one for one in reversed(flips) if one["decided_at"] <= known_at), None)
    if not found and last is not None and last["to_standing"] == Standing.VOID:
        heir = f"; {last['successor']} took its place" if last["successor"] else ""
        raise UnknownDuty(f"duty {duty_id} was void then: {last['reason']}{heir}")
    if not found and flips:
        _still_there(terms, duty_id, flips[-1]["to_standing"], flips[-1]["reason"])
    if not found:
        nearest = ", ".join(get_close_matches(duty_id, rows["duty_id"].to_pylist(), NEAREST, 0.0))
        raise UnknownDuty(
            f"duty {duty_id} was not known then: nothing that had been received by then started its clock"
            + (f"; the nearest are {nearest}" if nearest else "")
        )
    return found[0]


def _flips(connection: Connection, contract: str, duty_id: str, known_at: datetime) -> list[Flip]:
    """The flips of a duty decided by `known_at`, and those of the void duties whose place it took; oldest first."""
    duties = [duty_id]
    for one in duties:
        before = evaluations.predecessors(connection, contract, one, known_at)
        duties += [other for other in before if other not in duties]
    found = [flip for one in duties for flip in evaluations.flips_of(connection, contract, one)]
    known = [flip for flip in found if flip["decided_at"] <= known_at]
    known.sort(key=lambda flip: (flip["evaluation"], flip["to_standing"] != Standing.VOID, flip["id"]))
    return [Flip(**{field.name: one[field.name] for field in fields(Flip)}) for one in known]
