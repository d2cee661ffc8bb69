"""Writes docs/obligations.md and tests/spec/sentences.md from the chapters: `python -m tests.spec.write`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.spec.chapter import Chapter, Table
from tests.spec.chapters import CHAPTERS
from tests.spec.sentences import Sentence, sentences

HOME = Path(__file__).resolve().parents[2]
PAGE = HOME / "docs" / "obligations.md"
INDEX = Path(__file__).with_name("sentences.md")
_HEAD = """# What obligations mean, case by case

This page is made from `tests/spec` by `make docs`, and every line of its tables is a test: {cases} cases in {chapters} chapters.
It tells by example what the clauses of a contract say, to those who write contracts and to those who judge by them. Below each
table stand the sentences of the specification (SEMANTICS, by section) that it tells.

How to read it. Each chapter shows the words of a contract, then tables: a situation, what is known in it, the instant at which one
judges ("as of"), the verdict. Every line is a street, or another unit, of its own. Times read DDTHH:MM in the month that the
chapter names (January 2024 and UTC+8 unless it says otherwise). What the clause leaves out: the log of a day arrives at 05:00 of the
next and is due at 06:00, and so are the weather's, the calls' and the meter's; "log days" lists the days whose logs
arrive, `11@12T09:00` is one that arrives at that time, `11'1` its second version, `-` is none. Inspections, reports and notices
arrive ten minutes after they are written. `11T09:00 plow by V1` is an event: when, of which kind, by which vehicle;
`10T10:00..10T16:00` is one an hour, `11T10:00/11T12:00` an interval, `?11T09:00` a row in quarantine. `met / breached.open` are the
verdicts on two duties, in order of their triggers; `none` is no duty at all. A case that begins with "decided:" was decided
where the specification is silent or two of its sentences collide.
"""


def page() -> str:
    """The text of docs/obligations.md."""
    cases = sum(len(table.cases) for chapter in CHAPTERS for table in chapter.tables)
    parts = [_HEAD.format(cases=cases, chapters=len(CHAPTERS)), _contents()]
    parts += [_chapter(number, chapter) for number, chapter in enumerate(CHAPTERS, 1)]
    return "\n".join(parts)


def _contents() -> str:
    lines = [f"{number}. [{one.title}](#{_anchor(number, one)})" for number, one in enumerate(CHAPTERS, 1)]
    return "\n".join([*lines, ""])


def _anchor(number: int, chapter: Chapter) -> str:
    kept = "".join(c for c in f"{number}. {chapter.title}".lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def _chapter(number: int, chapter: Chapter) -> str:
    lines = [f"## {number}. {chapter.title}", "", chapter.story.strip(), ""]
    lines += ["```yaml", chapter.clause.strip(), "```", ""]
    lines += [f"All cases: {name}: {cell}." for name, cell in chapter.given.items() if cell and name != "period"]
    lines += [""] if chapter.given else []
    for table in chapter.tables:
        lines += _table(table)
    return "\n".join(lines)


def _table(table: Table) -> Iterator[str]:
    yield f"### {table.heading}"
    yield ""
    if table.note:
        yield table.note
        yield ""
    if table.change:
        yield from ("The clause says otherwise here (`null` takes a word out):", "")
        yield from ("```yaml", table.change.strip(), "```", "")
    given = [f"{name}: {cell}" for name, cell in table.given.items() if cell and name != "period"]
    if given:
        yield "Here: " + "; ".join(given) + "."
        yield ""
    yield _line(table.columns)
    yield _line(["---"] * len(table.columns))
    for case in table.cases:
        yield _line([case.situation, *(_cell(name, case[name]) for name in table.columns[1:])])
    yield ""
    told = [one for one in sentences() if one.number in table.sentences]
    if told:
        yield from (f"- §{one.number} {one.text}" for one in told)
        yield ""


def _cell(column: str, cell: str) -> str:
    return f"**{cell}**" if column == "verdict" else cell


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def index() -> str:
    """The text of tests/spec/sentences.md."""
    lines = [
        "# Every sentence of SEMANTICS and the cases that tell it",
        "",
        "Made by `make docs` from what each table says that it tells. *Elsewhere* names who else answers for a sentence, or",
        "where it stands open.",
        "",
        "| § | the sentence | told by |",
        "| --- | --- | --- |",
    ]
    return "\n".join([*lines, *(f"| {one.number} | {one.text} | {_told(one)} |" for one in sentences()), ""])


def _told(one: Sentence) -> str:
    told = [f"{chapter.title} / {table.heading} ({len(table.cases)})" for chapter, table in one.told]
    return "; ".join([*told, *([f"elsewhere: {one.elsewhere}"] if one.elsewhere else [])])


def main() -> None:
    """Write both."""
    PAGE.write_text(page(), encoding="utf-8")
    INDEX.write_text(index(), encoding="utf-8")


if __name__ == "__main__":
    main()
