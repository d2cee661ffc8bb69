"""What the contract names no more owes nothing: its duties become void, and nobody waits for them (decision 0056)."""

from __future__ import annotations

from sqlalchemy import select

from dutywatch import pipeline
from dutywatch.ledger import evaluations
from dutywatch.ledger.tables import flips
from dutywatch.settings import Settings
from tests.town import NAME, Town, at, found, words


def renamed() -> dict[str, object]:
    """The town's contract with another name for its clause, and for its log."""
    given = words()
    given["obligations"] = {"clear-streets": given["obligations"]["clear"]}
    given["sources"] = {("plow-log" if name == "log" else name): one for name, one in given["sources"].items()}
    return given


def reasons(town: Town) -> set[str]:
    """Why duties became void."""
    with town.connected() as connection:
        return set(connection.execute(select(flips.c.reason).where(flips.c.to_standing == "void")).scalars())


def standings(town: Town) -> dict[str, tuple[str, str | None, str]]:
    """How each duty that ever turned stands, at which level that was told and to whom."""
    with town.connected() as connection:
        rows = connection.execute(select(flips).order_by(flips.c.id)).mappings()
        told = {row["duty_id"]: (row["to_standing"], row["level"], row["person"]) for row in rows}
    return {duty.removeprefix(f"{NAME}/"): one for duty, one in told.items()}


def test_duties_of_a_clause_and_a_source_by_their_old_names_become_void(settings: Settings) -> None:
    """It snowed on the 11th, nobody plowed and the log of that day never came; then both got other names."""
    town = found(settings)
    town.judge(at(10, 1))
    town.deliver("log", 10, [])
    for day, rows in ((10, []), (11, [{"at": at(11, 1), "kind": "snow"}]), (12, [])):
        town.deliver("weather", day, rows)
    town.deliver("seen", "U1", [{"at": at(11, 20), "unit": "U1", "kind": "covered"}], received=at(11, 21))
    town.judge(at(13, 7))
    before = standings(town)
    assert before["clear/U1/2024-01-10T17:00Z"] == ("breached.open", "breached", "desk")
    assert before["deliver:log/log/2024-01-11"] == ("breached.open", "breached", "desk")
    town.write(renamed())
    town.judge(at(13, 8))
    after = standings(town)
    assert after["clear/U1/2024-01-10T17:00Z"] == ("void", "withdrawn", "desk")
    assert after["clear/U2/2024-01-10T17:00Z"] == ("void", None, "desk")
    assert after["deliver:log/log/2024-01-11"] == ("void", "withdrawn", "desk")
    assert reasons(town) == {"the contract owes it no more"}
    assert after["clear-streets/U1/2024-01-10T17:00Z"] == ("breached.open", "breached", "desk")
    assert after["deliver:plow-log/plow-log/2024-01-11"] == ("breached.open", "breached", "desk")
    with town.connected() as connection:
        assert NAME not in evaluations.woken(connection, at(13, 23))  # nothing waits for what is owed no more
    counted = pipeline.measure(town.settings, NAME).outcomes
    assert {one.obligation for one in counted if one.lapses_open} == {"clear-streets", "deliver:plow-log"}
    pipeline.advance(town.settings, at(13, 9))
    assert pipeline.judge(town.settings, NAME).judged == 0
    town.write(words())
    town.judge(at(13, 10))
    assert standings(town)["clear/U1/2024-01-10T17:00Z"] == ("breached.open", "breached", "desk")
