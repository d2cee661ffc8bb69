"""What every test may ask for: one embedded PostgreSQL a run, a fresh database a test that needs one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings

from dutywatch import embedded
from dutywatch.settings import Settings

# for those who ask only whether a case is found (`make faults`)
hypothesis_settings.register_profile("unshrunk", phases=[Phase.explicit, Phase.generate], report_multiple_bugs=False)

HOME = Path(__file__).resolve().parents[1]
DATA = HOME.parent / "shared" / "data"


@pytest.fixture(scope="session")
def server() -> Iterator[embedded.Server]:
    """The embedded PostgreSQL of this test run (or the server that DUTYWATCH_POSTGRES names)."""
    with embedded.temporary("test") as running:
        yield running


@pytest.fixture(scope="session")
def database(server: embedded.Server) -> Iterator[Callable[[], str]]:
    """Makes empty databases and gives their addresses; all are dropped at the end."""
    names: list[str] = []
    numbers = itertools.count()

    def make() -> str:
        names.append(f"t{next(numbers)}")
        server.drop(names[-1])
        server.create(names[-1])
        return server.address(names[-1])

    yield make
    server.drop(*names)


def installation(base: Path, ledger: str, home: Path = HOME) -> Settings:
    """Settings of an installation that replays: all that it writes lies below `base`, its contracts in `home`."""
    folders = {name: base / name for name in ("lake", "landing", "messages")}
    return Settings(home=home, ledger=ledger, clock="replay", **folders)


@pytest.fixture
def settings(tmp_path: Path, database: Callable[[], str]) -> Settings:
    """An installation of its own: this checkout's contracts, an empty ledger, lake and landing."""
    return installation(tmp_path, database())


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data beside the checkout; a test that needs it is skipped where it is missing."""
    if not DATA.is_dir():
        pytest.skip(f"real data is missing: {DATA} does not exist")
    return DATA
