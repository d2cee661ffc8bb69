"""`make mutants`: mutation testing of the clock, or of what judges, in a copy of the tree.

    python -m tests.mutants                        # the clock, against its own tests
    python -m tests.mutants dutywatch.judge.gaps   # a module of judge, against the specification's tables and cases
    python -m tests.mutants dutywatch.judge --ending 7 --seconds 600   # of all its modules a tenth, as far as it comes
    python -m tests.mutants dutywatch.judge.gaps --only doubtful --against tests/judge/test_score.py

mutmut makes the changes, `tests.forking` tries them. mutmut is put into an environment of its own, which reads the
packages of this one: nobody else needs it. Changes are tried in an order drawn at random, always the same, so that
those tried before the time was over are a fair sample. The results lie in `var/mutants/<module>.jsonl`, one a line.
Run again, it goes on: what was noticed is not tried again, and what passed only where anything in the tree is another.

    noticed     a test failed                endless    a test came to no end
    survived    all tests passed             unreached  no test reaches its function
    undecided   it passed those tests that it was given (--tests, --against), which are not all that reach it
    recased     nothing but the case of SQL's letters differs, and a few tests passed: no more were asked

All but the first two are printed as differences; docs/mutants.md says which are known and why they change nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from dutywatch import embedded
from tests.conftest import HOME
from tests.forking import Asked, Tried, module, read
from tests.tree import copied

MUTMUT = "mutmut==3.8.1"
CLOCK = "dutywatch.clock"
TESTS = {CLOCK: ("tests/test_clock.py",)}
OTHERS = ("tests/spec", "tests/judge", "tests/ledger", "tests/receive/test_evidence.py")
SLOW = tuple(f"tests/judge/test_{name}.py" for name in ("oracle", "oracle_windows", "found", "replay"))
LEFT_OUT = ("tests/spec/test_written.py", *SLOW)
SEED = 7
SOURCE = ("src", "sql", "contracts", "expectations")
CONFIGURED = """

[tool.mutmut]
source_paths = ["{source}"]
also_copy = ["src", "sql", "contracts", "expectations", "dags", "docs"]
"""


def environment() -> Path:
    """The folder of mutmut's own programs, made when it is first asked for."""
    home = HOME / "var" / "mutmut"
    programs = home / "bin"
    if not (programs / "mutmut").exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)  # noqa: S603
        own = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
        (own / "main.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        installs = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", programs / "python", MUTMUT]
        subprocess.run(installs, check=True)  # noqa: S603
    return programs


def tried(package: str, pattern: str, against: Sequence[str] = (), tests: int = 0, seconds: float = 0) -> list[Tried]:
    """What became of the changes of `package` whose names match. Raises SystemExit where a test fails unchanged."""
    notes = HOME / "var" / "mutants"
    notes.mkdir(parents=True, exist_ok=True)
    results = notes / f"{package}.jsonl"
    usual = TESTS.get(package, OTHERS)
    options = ["-q", "-s", "-p", "no:cacheprovider", "-W", "ignore", "--tb=native", "--assert=plain"]
    options += ["--hypothesis-profile=unshrunk", "--hypothesis-seed=7"]
    options += [word for one in LEFT_OUT for word in ("--deselect", one)]
    options += [*(against or usual)]
    with copied() as tree, embedded.temporary("mutants") as server:
        digests = digest(tree, *SOURCE, "tests"), digest(tree, *SOURCE)
        asked = Asked(tuple(options), pattern, SEED, tests, seconds, not against, *digests)
        with (tree / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(CONFIGURED.format(source=_source(package)))
        words = tree / "asked.json"
        words.write_text(json.dumps(asdict(asked)), encoding="utf-8")
        temporary = tree.parent / "temporary"
        temporary.mkdir()
        places = {"TMPDIR": str(temporary), "DUTYWATCH_POSTGRES": server.address("postgres")}
        done = subprocess.run(  # noqa: S603
            [environment() / "python", "-m", "tests.forking", words, results, notes / "reach.json"],
            cwd=tree,
            env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | places,
            check=False,
        )
        if done.returncode:
            raise SystemExit("the changes could not be tried: what went wrong is said above")
        return [one for name, one in read(results).items() if re.search(pattern, name)]


def summary(found: Sequence[Tried]) -> Iterator[str]:
    """How many changes of each module, and of all together, became what."""
    modules = {one.name: module(one.name).rpartition(".")[2] for one in found}
    for name in [*sorted({*modules.values()}), None]:
        states = Counter(one.state for one in found if name in (modules[one.name], None))
        told = ", ".join(f"{number} {word}" for word, number in sorted(states.items()))
        yield f"{name or 'together'}: {states.total()} tried, {told}"


def digest(tree: Path, *folders: str) -> str:
    """A word for all that is written in some folders of the tree."""
    files = sorted(path for name in folders for path in (tree / name).rglob("*.*") if path.is_file())
    told = (f"{path.relative_to(tree)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files)
    return hashlib.sha256("\n".join(one for one in told if "egg-info" not in one).encode()).hexdigest()[:12]


def _source(module: str) -> str:
    """Where a module or a package lies, from the tree's root."""
    path = f"src/{module.replace('.', '/')}"
    return path if (HOME / path).is_dir() else f"{path}.py"


def main() -> int:
    """Print what no test notices; status 1 where there is anything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module", nargs="?", default=CLOCK, help="such as dutywatch.judge.gaps")
    parser.add_argument("--ending", default="", help="of the changes, those whose number ends so: a tenth, or less")
    parser.add_argument("--only", default="", help="of the changes, those in whose name this pattern is found")
    parser.add_argument("--against", nargs="+", default=(), help="these tests, in place of all")
    parser.add_argument("--tests", type=int, default=0, help="at most so many tests a change, the likeliest first")
    parser.add_argument("--seconds", type=float, default=0, help="afterwards no other change is tried")
    asked = parser.parse_args()
    if not (HOME / _source(asked.module)).exists():
        parser.error(f"there is no module {asked.module}: name one such as {CLOCK}")
    pattern = f"^(?=.*(?:{asked.only})).*__mutmut_\\d*{asked.ending}$"
    found = tried(asked.module, pattern, asked.against, asked.tests, asked.seconds)
    for one in sorted(found, key=lambda one: (one.state, one.name)):
        if not one.found:
            print(f"\n{one.name}: {one.state}, {one.tests} tests of {one.of}\n{one.difference}")
    print("\n" + "\n".join(summary(found)))
    return 1 if any(not one.found for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
