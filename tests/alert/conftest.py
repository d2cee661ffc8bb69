"""A ledger for each test, and a judge's pen: flips are written as the judge would write them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine, create_engine, insert, make_url, select, text

from dutywatch import embedded
from dutywatch.ledger import schema, tables
from dutywatch.terms import Contract, Terms, Units
from tests.alert.fake_slack import FakeSlack

SNOW = "2023-12-14T07:00Z"
DUE = datetime(2023, 12, 19, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai
AWAITED = "deadline passed, no proof yet; awaited: plow-log of 2023-12-19"
UNDONE = "complete logs show no act until the deadline"
NOT_TOLD = {"pending.running", "pending.at_risk", "met"}
_numbers = itertools.count()


@dataclass(frozen=True)
class Ledger:
    """A migrated ledger and its contract."""

    engine: Engine
    terms: Terms

    def judge(
        self,
        now: datetime,
        units: Sequence[str],
        to: str,
        level: str | None,
        *,
        before: str = "pending.overdue",
        reason: str = UNDONE,
        obligation: str = "clear-class-a",
        trigger: str = SNOW,
        person: str = "street-supervisor",
        unit_class: str | None = "A",
        due_at: datetime | None = DUE,
        fulfilled_at: datetime | None = None,
        proof_due: datetime | None = None,
        owed_by: str = "",
        party: str | None = None,
    ) -> None:
        """Append one flip a unit."""
        with self.engine.begin() as connection:
            evaluation = connection.execute(
                insert(tables.evaluations)
                .values(contract=self.terms.id, as_of=now, terms="", engine="test", judged=1)
                .returning(tables.evaluations.c.id)
            ).scalar_one()
            rows = [
                {
                    "contract": self.terms.id,
                    "evaluation": evaluation,
                    "duty_id": f"{self.terms.id}/{obligation}/{unit}/{trigger}",
                    "obligation": obligation,
                    "unit": unit,
                    "unit_class": unit_class,
                    "trigger": trigger,
                    "party": party,
                    "person": person,
                    "from_standing": before,
                    "to_standing": to,
                    "level": level,
                    "reason": reason,
                    "evidence": "",
                    "owed_by": owed_by,
                    "due_at": due_at,
                    "fulfilled_at": fulfilled_at,
                    "lapsed_at": due_at if to.startswith("breached") else None,
                    "proof_due": proof_due,
                    "decided_at": now,
                }
                for unit in units
            ]
            connection.execute(insert(tables.flips), rows)

    def breach(self, now: datetime, units: Sequence[str], **more: object) -> None:
        """Append breaches."""
        self.judge(now, units, "breached.open", "breached", **more)  # type: ignore[arg-type]

    def cure(self, now: datetime, units: Sequence[str]) -> None:
        """Append cures, two hours before they are known."""
        done = now - timedelta(hours=2)
        self.judge(now, units, "breached.cured", "cured", before="breached.open", fulfilled_at=done)

    def messages(self) -> list[tuple[str, str, int, int]]:
        """(level, person, revision, told) of every message, oldest first."""
        columns = [tables.messages.c[name] for name in ("level", "person", "revision", "told")]
        with self.engine.connect() as connection:
            rows = connection.execute(select(*columns).order_by(tables.messages.c.id))
            return [(row.level, row.person, row.revision, row.told) for row in rows]


@pytest.fixture(scope="session")
def server() -> Iterator[embedded.Server]:
    """A PostgreSQL server with a migrated database `template`."""
    with embedded.temporary("tests") as running:
        running.create("template")
        engine = create_engine(running.address("template"))
        schema.migrate(engine, "replay", datetime(2023, 12, 14, tzinfo=UTC))
        engine.dispose()
        yield running


@pytest.fixture
def terms() -> Terms:
    """The contract beside this file."""
    folder = Path(__file__).parent
    contract = Contract.model_validate(yaml.safe_load((folder / "contract.yaml").read_text(encoding="utf-8")))
    return Terms(contract, Units((), ""), folder, "digest")


@pytest.fixture
def ledger(server: embedded.Server, terms: Terms) -> Iterator[Ledger]:
    """A ledger of its own for the test."""
    name = f"alert_{next(_numbers)}"
    maintenance = create_engine(server.address("postgres"), isolation_level="AUTOCOMMIT")
    template = make_url(server.address("template")).database
    engine = create_engine(server.address(name), pool_size=2, max_overflow=4)
    with maintenance.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {engine.url.database} TEMPLATE {template}"))
    maintenance.dispose()
    yield Ledger(engine, terms)
    engine.dispose()
    server.drop(name)


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    """A Slack of its own for the test, on this machine."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    with FakeSlack() as running:
        yield running
