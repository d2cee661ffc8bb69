"""What `make up` says on how a shell reaches its ledger."""

from __future__ import annotations

import shlex

from sqlalchemy import make_url

from dutywatch.embedded import Server
from dutywatch.orchestration.up import shell_line


def test_a_shell_is_told_the_ledger_of_a_local_socket() -> None:
    server = Server(make_url("postgresql+psycopg://postgres@/postgres?host=/a folder/up&port=5432"))
    (export, value) = shlex.split(shell_line(server))
    name, _, address = value.partition("=")
    assert (export, name) == ("export", "DUTYWATCH_LEDGER")
    assert make_url(address) == make_url(server.address("ledger"))


def test_a_password_is_not_shown() -> None:
    said = shell_line(Server(make_url("postgresql://dw:hidden@db/postgres"), prefix="mine_"))
    assert "hidden" not in said and "db/mine_ledger" in said
