"""Tries the changes that mutmut makes, each in a process forked from one that has only collected the tests.

`tests.mutants` runs this in mutmut's own environment, inside of a copy of the tree:

    python -m tests.forking ASKED RESULTS REACH    # files of JSON: what is asked, what comes of it, what tests reach

First each test runs once, unchanged and in a process of its own, which tells the functions that it reaches. Then, in
an order drawn at random, one change after the other is put before the tests that reach its function, until one fails:
those first that noticed changes of this function, then those of its module, then quick ones that reach what few do.
The process that forks has run no test: nothing that a run keeps (`cached_property`, `lru_cache`) hides a change.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

NOTICED, ENDLESS, SURVIVED, UNREACHED = "noticed", "endless", "survived", "unreached"
UNDECIDED = "undecided"  # passed what it was given, which is not all that reach it
RECASED = "recased"  # passed a few tests: nothing but the case of SQL's letters differs
FEW = 8
PATIENCE = 5  # a test may take so many seconds of the processor, and so many times what it takes unchanged
SQL = re.compile(r"\b(SELECT|FROM|WHERE|CREATE|INSERT|VALUES|JOIN|ORDER BY|AND|AS)\b")


@dataclass(frozen=True)
class Asked:
    """What is to be tried. `tests`: at most so many a change (0: all); `seconds`: no more is begun then (0: ever)."""

    options: tuple[str, ...]  # of pytest
    pattern: str  # of the changes' names
    seed: int
    tests: int
    seconds: float
    whole: bool  # the tests are all that there are, and not only some
    tree: str  # a digest of the tree
    source: str  # and one without the tests


@dataclass(frozen=True)
class Tried:
    """What became of a change: `of` are the tests that reach its function, `by` the one that failed, if any."""

    name: str
    state: str
    tests: int
    of: int
    seconds: float
    by: str
    tree: str
    difference: str

    @property
    def found(self) -> bool:
        """Whether a test noticed it."""
        return self.state in (NOTICED, ENDLESS)

    def stands(self, difference: str, asked: Asked, given: int) -> bool:
        """Whether it needs no trying again: what was noticed stays so; what passed has passed as many tests as now."""
        if self.difference != difference:
            return False
        return self.found or (asked.whole and self.tree == asked.tree and self.tests >= given)


def read(results: Path) -> dict[str, Tried]:
    """The last result of each change by its name."""
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    return {one.name: one for one in (Tried(**json.loads(line)) for line in lines)}


def state(by: str | None, given: int, of: int, whole: bool, *, only_case: bool) -> str:
    """What to call a change that `given` tests of `of` were put to: `by` failed, '' none, None came to no end."""
    if by != "":
        return ENDLESS if by is None else NOTICED
    if only_case:
        return RECASED
    if given < of or not whole:
        return UNDECIDED
    return SURVIVED if of else UNREACHED


def recased(before: str, after: str) -> bool:
    """Whether two functions differ only in the case of letters of a text of SQL, outside of what SQL itself quotes."""
    pairs = zip(ast.walk(ast.parse(before)), ast.walk(ast.parse(after)), strict=False)
    texts = [
        (one.value, other.value)
        for one, other in pairs
        if isinstance(one, ast.Constant) and isinstance(other, ast.Constant) and one.value != other.value
    ]
    if len(texts) != 1 or not all(isinstance(text, str) for text in texts[0]):
        return False
    one, other = (str(text) for text in texts[0])
    quoted = [re.findall(r"'[^']*'", text) for text in (one, other)]
    return one.lower() == other.lower() and quoted[0] == quoted[1] and bool(SQL.search(one))


def function(name: str) -> str:
    """The function that a change is made in."""
    return name.rpartition("__mutmut_")[0]


def module(name: str) -> str:
    """The module of a change or of a function."""
    return name.rpartition(".")[0]


def forked(work: Callable[[], Any]) -> Any:
    """What `work` gives in a process of its own, through JSON; None where that came to no end."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        try:
            told = work()
        except BaseException as error:
            told = repr(error)
        with os.fdopen(writing, "w") as pipe:
            json.dump(told, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


class Forking:
    """The plugin: once the tests are collected, they run as this says."""

    def __init__(self, asked: Asked, results: Path, reach: Path, names: Sequence[str]) -> None:
        self.asked, self.results, self.reach = asked, results, reach
        self.names = names
        self.took: dict[str, float] = {}
        self.reached: dict[str, list[str]] = {}

    @pytest.hookimpl
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of pytest's own loop."""
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        self._learn(session)
        self._try(session)
        return True

    def _learn(self, session: pytest.Session) -> None:
        """Which functions each test reaches, and how long it takes (seconds of the processor).

        What is known is not measured again, while the source and the test's own file are the same. A test that has
        come to reach another function by what it imports is not tried there: it notices too little, never too much.
        """
        modules = {module(name) for name in self.names}
        known = json.loads(self.reach.read_text()) if self.reach.exists() else {"source": None}
        if known["source"] != self.asked.source or not modules <= {*known["modules"]}:
            known = {"source": self.asked.source, "modules": sorted(modules), "tests": {}, "imported": []}
        imported(known["imported"])
        items = {item.nodeid: item for item in session.items}
        written = {
            path: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in {one.path for one in items.values()}
        }
        stands = {
            test for test, told in known["tests"].items() if test in items and told["file"] == written[items[test].path]
        }
        fresh = [item for test, item in items.items() if test not in stands]
        if fresh:
            print(f"what do {len(fresh)} tests reach?", flush=True)
            for item in fresh:
                told = forked(lambda item=item: self._reaches(session, item))
                if not isinstance(told, dict) or told["failed"]:
                    pytest.exit(f"{item.nodeid} fails without any change", returncode=1)
                imported(told["imported"])
                known["imported"] += told.pop("imported")
                known["tests"][item.nodeid] = {**told, "file": written[item.path]}
                emptied()
            self.reach.write_text(json.dumps(known))
        for test in items:
            self.took[test] = known["tests"][test]["seconds"]
            for one in known["tests"][test]["reached"]:
                self.reached.setdefault(one, []).append(test)

    def _reaches(self, session: pytest.Session, item: pytest.Item) -> dict[str, Any]:
        from mutmut.mutation import trampoline

        seen: set[str] = set()
        trampoline.record_trampoline_hit = lambda name, **_: seen.add(name)
        trampoline.set_mutant_under_test("stats")
        before = set(sys.modules)
        start = time.process_time()
        failed = self._run(session, [item], limited=False)
        took = time.process_time() - start
        fresh = [one for one in sys.modules if one not in before]
        return {"reached": sorted(seen), "seconds": took, "imported": fresh, "failed": failed}

    def _try(self, session: pytest.Session) -> None:
        items = {item.nodeid: item for item in session.items}
        known = read(self.results)
        rare = defaultdict[tuple[str, str], float](float)
        for one, tests in self.reached.items():
            for test in tests:
                rare[module(one), test] += 1 / len(tests)
        noticed = Counter[tuple[str, str]]()
        for done in known.values():
            noticed.update([(function(done.name), done.by), (module(done.name), done.by)] if done.found else [])
        start = time.monotonic()
        for number, name in enumerate(self.names, 1):
            if self.asked.seconds and time.monotonic() - start > self.asked.seconds:
                print(f"the time is over: {len(self.names) - number + 1} changes are not tried", flush=True)
                break
            difference, only_case = differing(name)

            def likely(test: str, name: str = name) -> tuple[float, ...]:
                mine = (function(name), test), (module(name), test)
                return -noticed[mine[0]], -noticed[mine[1]], -rare[mine[1]] / (0.1 + self.took[test])

            those = sorted(self.reached.get(function(name), ()), key=likely)
            limit = FEW if only_case else self.asked.tests or len(those)
            given = [items[test] for test in those[:limit]]
            old = known.get(name)
            if old and old.stands(difference, self.asked, len(given)):
                continue
            begun = time.monotonic()
            by = forked(lambda name=name, given=given: self._changed(session, name, given)) if given else ""
            emptied()
            word = state(by, len(given), len(those), self.asked.whole, only_case=only_case)
            took = round(time.monotonic() - begun, 1)
            tried = Tried(name, word, len(given), len(those), took, by or "", self.asked.tree, difference)
            if tried.found:
                noticed.update([(function(name), tried.by), (module(name), tried.by)])
            with self.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(tried), ensure_ascii=False) + "\n")
            print(f"{number:5}/{len(self.names)} {word:9} {took:5.1f} s {len(given):4} tests  {name}", flush=True)

    def _changed(self, session: pytest.Session, name: str, items: Sequence[pytest.Item]) -> str:
        from mutmut.mutation import trampoline

        trampoline.set_mutant_under_test(name)
        return self._run(session, items)

    def _run(self, session: pytest.Session, items: Sequence[pytest.Item], *, limited: bool = True) -> str:
        """The first of the tests that fails; '' where none does. A test that takes far too long ends the process."""
        for item, following in zip(items, [*items[1:], None], strict=True):
            if limited:
                most = PATIENCE * (1 + self.took[item.nodeid])
                signal.setitimer(signal.ITIMER_PROF, most)  # of the processor's time: others may be busy
                signal.setitimer(signal.ITIMER_REAL, 10 * most)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                with suppress(BaseException):
                    session._setupstate.teardown_exact(None)
                return item.nodeid
        return ""


def imported(names: Iterable[str]) -> None:
    """Import what tests import as they run, so that no process has to again."""
    for name in names:
        if name not in sys.modules:
            with suppress(BaseException):
                import_module(name)


def emptied() -> None:
    """Remove what a process that ended suddenly left where temporary files lie."""
    for one in Path(tempfile.gettempdir()).iterdir():
        shutil.rmtree(one, ignore_errors=True) if one.is_dir() else one.unlink(missing_ok=True)


def made() -> Iterator[str]:
    """The names of all changes, which mutmut makes in the folder `mutants`."""
    from mutmut import __main__ as mutmut

    mutmut.set_mutant_under_test("mutant_generation")
    Path("mutants").mkdir()
    with redirect_stdout(sys.stderr):
        mutmut.copy_src_dir()
        mutmut.copy_also_copy_files()
        mutmut.setup_source_paths()
        mutmut.create_mutants(1)
        for path in mutmut.walk_mutatable_files():
            data = mutmut.SourceFileMutationData(path=path)
            data.load()
            yield from data.exit_code_by_key


def differing(name: str) -> tuple[str, bool]:
    """A change as its lines taken away and added, and whether it only changes the case of SQL's letters."""
    from libcst import Module
    from mutmut.mutation.diff_apply import read_functions_from_index

    home = Path.cwd()
    os.chdir(home.parent)
    try:
        functions = read_functions_from_index(name, f"src/{module(name).replace('.', '/')}.py")
    finally:
        os.chdir(home)
    before, after = (Module([one]).code for one in functions or ())
    lines = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:1] in "+-"]
    return "\n".join(lines), recased(before, after)


def main(asked: str, results: str, reach: str) -> int:
    """Make the changes and try those that are asked for."""
    words = json.loads(Path(asked).read_text(encoding="utf-8"))
    one = Asked(**{**words, "options": tuple(words["options"])})
    names = sorted(name for name in made() if re.search(one.pattern, name))
    random.Random(one.seed).shuffle(names)  # noqa: S311 - a sample, not a secret
    os.chdir("mutants")
    os.environ.pop("MUTANT_UNDER_TEST", None)
    return int(pytest.main([*one.options], plugins=[Forking(one, Path(results), Path(reach), names)]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
