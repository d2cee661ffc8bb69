"""The page and the index are what the chapters say, and no sentence of the specification is left out."""

from __future__ import annotations

import pytest

from tests.conftest import HOME
from tests.spec.sentences import read, sentences
from tests.spec.write import INDEX, PAGE, index, page

SEMANTICS = HOME.parent / "shared" / "SEMANTICS.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_the_index_is_current() -> None:
    assert INDEX.read_text(encoding="utf-8") == index(), "run `make docs`"


def test_every_sentence_has_its_cases() -> None:
    told = sum(bool(one.told) for one in sentences())
    print(f"{told} of {len(sentences())} sentences are told by tables, the others elsewhere")
    missing = [one.number for one in sentences() if not one.told and not one.elsewhere]
    assert not missing


def test_what_is_named_elsewhere_exists() -> None:
    for one in sentences():
        for word in one.elsewhere.replace(",", " ").split():
            assert not word.startswith("tests/") or (HOME / word).exists(), word


def test_the_list_holds_every_sentence_of_the_specification() -> None:
    if not SEMANTICS.is_file():
        pytest.skip(f"the specification is missing: {SEMANTICS.name} does not lie beside the checkout")
    listed = [(one.number, one.text) for one in sentences()]
    assert listed == list(read(SEMANTICS.read_text(encoding="utf-8")))
