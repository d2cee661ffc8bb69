"""The one place that reads the environment.

Steps are handed a `Settings`; nothing else asks the environment. `orchestration/` may fill in
secrets from Airflow's connections.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from dutywatch.errors import SettingsError

_SECRET = "DUTYWATCH_SECRET_"  # noqa: S105 - the beginning of a variable's name


def _nowhere(_: str) -> str | None:
    return None


@dataclass(frozen=True)
class Secrets:
    """What contracts name under `secret`, by name. Never shown: not in a repr, a message or a log.

    `elsewhere` is asked for what the environment does not hold.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    elsewhere: Callable[[str], str | None] = field(default=_nowhere, repr=False)

    def of(self, name: str) -> str:
        """The secret `name`. Raises SettingsError where nobody gave it."""
        value = self.values.get(name) or self.elsewhere(name)
        if not value:
            raise SettingsError(
                f"the secret {name} is missing: set {_SECRET}{name}, or make Airflow's connection {connection_of(name)}"
            )
        return value


def connection_of(secret: str) -> str:
    """The id of the Airflow connection that holds a secret."""
    return f"dutywatch_{secret.lower()}"


@dataclass(frozen=True)
class Settings:
    """Where a Dutywatch installation finds its contracts, ledger and lake, and how it speaks."""

    home: Path
    lake: Path
    landing: Path
    messages: Path
    ledger: str | None = field(default=None, repr=False)  # may carry a password
    slack_token: str | None = field(default=None, repr=False)
    slack_url: str | None = None
    clock: Literal["wall", "replay"] = "wall"
    secrets: Secrets = Secrets()

    @staticmethod
    def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
        """Read DUTYWATCH_* from `environ` (default: the process'). Raises SettingsError."""
        env = os.environ if environ is None else environ
        home = _home(env)
        clock = env.get("DUTYWATCH_CLOCK", "wall")
        if clock not in ("wall", "replay"):
            raise SettingsError(f"DUTYWATCH_CLOCK is {clock!r}; it must be 'wall' or 'replay'")
        var = home / "var"
        return Settings(
            home=home,
            ledger=env.get("DUTYWATCH_LEDGER") or None,
            lake=_folder(env, "DUTYWATCH_LAKE", var / "lake"),
            landing=_folder(env, "DUTYWATCH_LANDING", var / "landing"),
            messages=_folder(env, "DUTYWATCH_MESSAGES", var / "messages"),
            slack_token=env.get("DUTYWATCH_SLACK_TOKEN") or None,
            slack_url=env.get("DUTYWATCH_SLACK_URL") or None,
            clock="replay" if clock == "replay" else "wall",
            secrets=Secrets({name.removeprefix(_SECRET): env[name] for name in env if name.startswith(_SECRET)}),
        )

    @property
    def contracts(self) -> Path:
        """The folder that holds one folder a contract."""
        return self.home / "contracts"

    @property
    def packs(self) -> Path:
        """The folder of the packs that contracts use by name."""
        return self.contracts / "packs"


def given_server() -> str | None:
    """DUTYWATCH_POSTGRES: the operator's own server, used where otherwise an embedded one would be started."""
    return os.environ.get("DUTYWATCH_POSTGRES") or None


def state_home() -> Path:
    """Where programs of this user keep their state (XDG base directories)."""
    return Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser()


def _home(env: Mapping[str, str]) -> Path:
    """DUTYWATCH_HOME, else the checkout that this file lies in."""
    named = env.get("DUTYWATCH_HOME")
    home = Path(named).expanduser() if named else Path(__file__).resolve().parents[2]
    if not (home / "sql").is_dir():
        raise SettingsError(
            f"{home} holds no sql/ folder: set DUTYWATCH_HOME to the checkout, "
            "the folder that holds contracts/, sql/ and expectations/"
        )
    return home.resolve()


def _folder(env: Mapping[str, str], name: str, default: Path) -> Path:
    value = env.get(name)
    if value and "://" in value:
        raise SettingsError(f"{name}={value}: only local folders are supported in this version")
    return Path(value).expanduser().resolve() if value else default
