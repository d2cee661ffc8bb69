"""`make up` and `make down`: the real thing on the wall clock, left running on this machine.

python -m dutywatch.orchestration.up          start it, or say where it runs
python -m dutywatch.orchestration.up --stop   stop it
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence

from sqlalchemy import make_url

from dutywatch import embedded
from dutywatch.errors import DutywatchError
from dutywatch.orchestration.environment import Secrets
from dutywatch.orchestration.ids import dag_id_of
from dutywatch.orchestration.station import LEDGER, Station
from dutywatch.settings import Settings
from dutywatch.terms import heads

_COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
_PORT = 8080


def station() -> Station:
    """The one station of this checkout on the wall clock."""
    home = Settings.from_environment().home
    return Station("up", home, home / "var", clock="wall")


def up() -> None:
    """Start everything and print where it answers; where it runs already, only print."""
    here = station()
    with here.reserved():
        if address := here.running():
            print("It is already running.")
        else:
            server = here.prepare()
            running = here.start(server, _COMPONENTS, tied=False, port=_PORT)
            dags = [dag_id_of(head.contract) for head in heads(here.home / "contracts")]
            running.ready(*dags, "watch_deadlines", components=_COMPONENTS)
            address = running.address
    _tell(here, address, embedded.start(here.server))


def down() -> None:
    """Stop everything that `up` started."""
    here = station()
    with here.reserved():
        print("Stopped." if here.stop() else "Nothing was running.")


def _tell(here: Station, address: str, server: embedded.Server) -> None:
    print(f"\nDutywatch runs on {address}\n")
    for user, password in Secrets.of(here.airflow).passwords.items():
        print(f"  {user:<11} {password}")
    print(f"\nDeliveries  {here.folder / 'landing'}/<contract>/<path of the source>")
    print(f"Messages    {here.folder / 'messages'} (where no Slack connection is configured)")
    print(f"Logs        {here.airflow / 'logs'}")
    print("For the commands that use its ledger (`dutywatch explain`, `decide`, `quarantine`, ...), say in the shell:")
    print(f"  {shell_line(server)}")
    print("Stop it with `make down`.")


def shell_line(server: embedded.Server) -> str:
    """What makes a shell's commands find the ledger. A password is not shown: it stands in DUTYWATCH_POSTGRES."""
    address = make_url(server.address(LEDGER)).render_as_string()
    return f"export DUTYWATCH_LEDGER={shlex.quote(address)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """`up`, or `down` with --stop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stop", action="store_true", help="stop it")
    try:
        down() if parser.parse_args(arguments).stop else up()
    except DutywatchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
