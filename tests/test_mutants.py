"""What `make mutants` calls a change, and which of its results it takes for granted when it is run again."""

from __future__ import annotations

import pytest

from tests.forking import Asked, Tried, recased, state
from tests.mutants import summary


@pytest.mark.parametrize(
    ("by", "given", "of", "whole", "only_case", "expected"),
    [
        ("a test", 1, 9, True, False, "noticed"),
        ("a test", 1, 9, False, True, "noticed"),
        (None, 9, 9, True, False, "endless"),
        ("", 9, 9, True, False, "survived"),
        ("", 8, 9, True, False, "undecided"),
        ("", 9, 9, False, False, "undecided"),  # only some tests were asked
        ("", 0, 0, True, False, "unreached"),
        ("", 0, 0, False, False, "undecided"),
        ("", 8, 9, True, True, "recased"),
    ],
)
def test_a_change_that_passed_some_of_its_tests_is_undecided(
    by: str | None, given: int, of: int, whole: bool, only_case: bool, expected: str
) -> None:
    assert state(by, given, of, whole, only_case=only_case) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('f("SELECT a FROM b")', 'f("SELECT A FROM B")', True),
        ('f("SELECT a FROM b")', 'f("XXSELECT a FROM bXX")', False),
        ("f(\"SELECT a WHERE b = 'none'\")", "f(\"SELECT A WHERE B = 'NONE'\")", False),  # a value
        ('f("unit")', 'f("UNIT")', False),  # a name in Python
        ('f("SELECT a", 1)', 'f("SELECT A", 2)', False),
    ],
)
def test_the_case_of_letters_is_told_from_a_change_of_meaning(before: str, after: str, expected: bool) -> None:
    assert recased(before, after) is expected


@pytest.mark.parametrize(
    ("word", "tests", "tree", "asked_of", "whole", "given", "expected"),
    [
        ("noticed", 3, "old", "new", True, 40, True),
        ("survived", 40, "old", "new", True, 40, False),
        ("survived", 40, "new", "new", True, 40, True),
        ("undecided", 20, "new", "new", True, 40, False),
        ("undecided", 20, "new", "new", True, 20, True),
        ("undecided", 20, "new", "new", False, 5, False),  # against other tests, perhaps
    ],
)
def test_what_was_noticed_stays_so_and_what_passed_is_tried_again_in_another_tree(
    word: str, tests: int, tree: str, asked_of: str, whole: bool, given: int, expected: bool
) -> None:
    known = Tried("m.x_f__mutmut_1", word, tests, 40, 1.0, "", tree, "-a\n+b")
    asked = Asked((), "", 7, 0, 0, whole, asked_of, "source")
    assert known.stands("-a\n+b", asked, given) is expected
    assert not known.stands("-a\n+c", asked, given)


def test_a_summary_counts_by_module_and_together() -> None:
    told = (
        ("judge.gaps.x_f__mutmut_1", "noticed"),
        ("judge.gaps.x_f__mutmut_2", "survived"),
        ("clock.xǁAǁf__mutmut_1", "endless"),
    )
    found = [Tried(f"dutywatch.{name}", word, 1, 1, 1.0, "", "", "") for name, word in told]
    assert [*summary(found)] == [
        "clock: 1 tried, 1 endless",
        "gaps: 2 tried, 1 noticed, 1 survived",
        "together: 3 tried, 1 endless, 1 noticed, 1 survived",
    ]
