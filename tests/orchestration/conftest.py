"""An Airflow for these tests alone: a home below pytest's folder, its database on the run's own server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dutywatch.settings import Settings
from tests.conftest import HOME

CONTRACT = "benxi-sanitation"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Airflow itself warns, at import and at work; our own warnings are errors in every other test."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings("ignore"))


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory, database: Callable[[], str]) -> Iterator[Path]:
    """Airflow's settings in the environment, before anything imports Airflow; no database is made yet."""
    home, address = tmp_path_factory.mktemp("airflow"), database()
    options = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(HOME / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(HOME / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": address,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": address,
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    }
    assert "airflow" not in sys.modules, "something imported Airflow before its settings were made"
    before = {name: os.environ.get(name) for name in options}
    os.environ.update(options)
    yield home
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture(scope="session")
def airflow_database(airflow_home: Path) -> Path:
    """Airflow's metadata at its version."""
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)
    return airflow_home


@pytest.fixture
def installed(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment of an installation with one contract, in a home that a test may change."""
    home = tmp_path / "home"
    shutil.copytree(HOME / "contracts" / CONTRACT, home / "contracts" / CONTRACT)
    for name in ("sql", "expectations"):
        (home / name).symlink_to(HOME / name)
    monkeypatch.setenv("DUTYWATCH_HOME", str(home))
    monkeypatch.setenv("DUTYWATCH_LEDGER", str(settings.ledger))
    for name in ("lake", "landing", "messages"):
        monkeypatch.setenv(f"DUTYWATCH_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("DUTYWATCH_CLOCK", "wall")
    return Settings.from_environment()


@pytest.fixture
def bag(airflow_home: Path, installed: Settings) -> Callable[[], Any]:  # noqa: ARG001 - they set the environment
    """Parses the DAG folder as Airflow does."""

    def parse() -> Any:
        from airflow.dag_processing.dagbag import DagBag

        return DagBag(str(HOME / "dags"))

    return parse
