"""`make mutants`: mutation testing of the clock, or of a module of `judge`, by mutmut in a copy of the tree.

    python -m tests.mutants                        # the clock, against its own tests
    python -m tests.mutants dutywatch.judge.gaps   # a module of judge, against the specification's tables and cases
    python -m tests.mutants dutywatch.judge --ending 7   # of all its modules, the changes whose number ends in 7

mutmut is put into an environment of its own, which reads the packages of this one: nobody else needs it. Whatever
survives is printed as a difference; docs/mutants.md says which are known and why they change nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.conftest import HOME
from tests.tree import copied

MUTMUT = "mutmut==3.8.1"
CLOCK = "dutywatch.clock"
TESTS = {CLOCK: ("tests/test_clock.py",)}
OTHERS = ("tests/spec", "tests/judge", "tests/ledger", "tests/receive/test_evidence.py")
SLOW = tuple(f"tests/judge/test_{name}.py" for name in ("oracle", "oracle_windows", "found", "replay"))
LEFT_OUT = ("tests/spec/test_written.py", *SLOW)
KEPT = "    @cached_property\n    def verdicts("
"""Where a scene keeps what was judged: each mutant runs after a clean run in the same process, and would find that."""
CONFIGURED = """

[tool.mutmut]
source_paths = ["{source}"]
pytest_add_cli_args_test_selection = [{tests}]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-W", "ignore", {left_out}]
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


def survivors(module: str, tree: Path, ending: str = "") -> list[str]:
    """The mutants of `module`, whose numbers end in `ending`, that every test lets pass, each as a difference.

    Raises CalledProcessError.
    """
    source = _source(module)
    _forget(tree / "tests" / "spec" / "stage.py")
    tests = ", ".join(f'"{one}"' for one in TESTS.get(module, OTHERS))
    with (tree / "pyproject.toml").open("a", encoding="utf-8") as file:
        left_out = ", ".join(f'"--deselect", "{one}"' for one in LEFT_OUT)
        file.write(CONFIGURED.format(source=source, tests=tests, left_out=left_out))
    mutmut = environment() / "mutmut"
    settings = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    with (HOME / "var" / f"mutants-{module}.txt").open("w", encoding="utf-8") as log:
        subprocess.run(  # noqa: S603
            [mutmut, "run", "--max-children", "1", *([f"*__mutmut_*{ending}"] if ending else [])],
            cwd=tree,
            env=settings,
            stdout=log,
            stderr=log,
            check=True,
        )

    def told(*words: str) -> str:
        command = [mutmut, *words]
        done = subprocess.run(command, cwd=tree, env=settings, capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout

    lines = (line.strip().rpartition(": ") for line in told("results", "--all", "true").splitlines())
    states = {name: state for name, _, state in lines if name}
    for state in sorted({*states.values()}):
        print(f"{sum(1 for one in states.values() if one == state):5} {state}")
    return [told("show", name) for name, state in states.items() if state == "survived"]


def _source(module: str) -> str:
    """Where a module or a package lies, from the tree's root."""
    path = f"src/{module.replace('.', '/')}"
    return path if (HOME / path).is_dir() else f"{path}.py"


def _forget(stage: Path) -> None:
    """Let every test of a chapter judge its scene anew."""
    text = stage.read_text(encoding="utf-8")
    if KEPT not in text:
        raise SystemExit(f"{stage.name} does not keep its verdicts as it did: mend tests/mutants.py")
    stage.write_text(text.replace(KEPT, KEPT.replace("cached_property", "property")), encoding="utf-8")


def main() -> int:
    """Print what survives; status 1 where anything does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module", nargs="?", default=CLOCK, help="such as dutywatch.judge.gaps")
    parser.add_argument("--ending", default="", help="of the mutants, those whose number ends so: a tenth, or less")
    asked = parser.parse_args()
    module = asked.module
    if not (HOME / _source(module)).exists():
        parser.error(f"there is no module {module}: name one such as {CLOCK}")
    with copied() as tree:
        found = survivors(module, tree, asked.ending)
    for one in found:
        print(one)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
