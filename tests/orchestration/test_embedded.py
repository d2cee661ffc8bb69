"""The embedded PostgreSQL starts, is found again, stops, and leaves nothing behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dutywatch import embedded
from dutywatch.errors import SettingsError

NAME = "test-embedded"


@pytest.fixture(autouse=True)
def removed() -> Iterator[None]:
    yield
    embedded.stop(NAME, remove=True)


def ask(server: embedded.Server, database: str, statement: str) -> object:
    address = server.address(database).replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        row = connection.execute(statement).fetchone()
    return row[0] if row else None


def test_it_starts_once_and_outlives_whoever_started_it() -> None:
    first, second = embedded.start(NAME), embedded.start(NAME)
    assert first == second
    first.create("ledger", "ledger")
    assert ask(second, "ledger", "SELECT lower('Ä') || current_setting('TimeZone')") == "äUTC"
    assert embedded.stop(NAME)
    assert not embedded.stop(NAME)


def test_its_data_stay_until_they_are_removed() -> None:
    embedded.start(NAME).create("kept")
    embedded.stop(NAME)
    again = embedded.start(NAME)
    assert ask(again, "kept", "SELECT 1") == 1
    again.drop("kept")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        ask(again, "kept", "SELECT 1")


def test_a_note_of_a_process_that_is_somebody_elses_is_no_running_server() -> None:
    embedded.start(NAME)
    embedded.stop(NAME)
    place = embedded._Place.of(NAME)
    (place.data / "postmaster.pid").write_text("1\n/somewhere/else\n")
    assert ask(embedded.start(NAME), "postgres", "SELECT 1") == 1


def keep_state_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this test's servers keep their data in `folder`, also where root runs it."""
    monkeypatch.setattr(embedded, "_open_to_all", lambda _: True)
    for one in folder.parents:
        if one.owner() != "root":
            break
        one.chmod(one.stat().st_mode | 0o011)  # for root's PostgreSQL account to pass
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))


def test_odd_folders_and_a_callers_settings_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGPORT", "PGHOST", "PGDATABASE"):
        monkeypatch.setenv(name, "77")
    keep_state_in(tmp_path / f"a b {'long' * 20} 状态", monkeypatch)
    with embedded.temporary("odd") as server:
        assert ask(server, "postgres", "SELECT 1") == 1
        place = embedded._Place.of(f"odd-{os.getpid()}")
        assert place.socket != place.folder
    assert not place.socket.exists()


def test_a_socket_folder_that_somebody_else_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o777)
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(SettingsError, match="open to others"):
        embedded._own(tmp_path / "open")


def test_the_servers_of_killed_test_runs_are_ended() -> None:
    dead = "dead-999999999"
    embedded.start(dead)
    with embedded.temporary("dead"):
        assert not (embedded._state() / dead).exists()


def test_what_a_checkout_keeps_is_removed_unless_a_server_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_state_in(tmp_path / f"{'long' * 20}", monkeypatch)
    embedded.start(NAME)
    assert embedded.main(["--remove"]) == 1
    assert f"Still running, so nothing is removed: {NAME}" in capsys.readouterr().out
    place = embedded._Place.of(NAME)
    assert place.data.exists() and place.socket.exists()
    embedded.stop(NAME)
    assert embedded.main(["--remove"]) == 0
    assert not place.folder.parent.exists() and not place.socket.exists()
    assert embedded.main(["--remove"]) == 0


def test_a_server_of_the_operators_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    lent = embedded.start(NAME)
    monkeypatch.setenv("DUTYWATCH_POSTGRES", lent.address("postgres").replace("postgresql+psycopg", "postgres"))
    borrowed = embedded.start("other")
    borrowed.create("ledger")
    assert ask(borrowed, "ledger", "SELECT current_database()") == f"dutywatch_{embedded.checkout_key()}_other_ledger"
    assert not embedded.stop("other")
