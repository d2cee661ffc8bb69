"""The chapters of the specification, in the order in which they are read."""

from tests.spec.chapter import Chapter
from tests.spec.chapters.attain import ATTAIN
from tests.spec.chapters.clocks import DAYS, STARTS, TURNING, TWICE
from tests.spec.chapters.coverage import COVERAGE, PROOF
from tests.spec.chapters.dates import DATES
from tests.spec.chapters.keep import KEEP
from tests.spec.chapters.one_rule import ONE_RULE
from tests.spec.chapters.parties import EXCUSES, MATCH, PARTIES
from tests.spec.chapters.recur import RECUR
from tests.spec.chapters.refutation import REFUTATION
from tests.spec.chapters.respond import RESPOND
from tests.spec.chapters.suspensions import RESETS, SUSPENSIONS
from tests.spec.chapters.triggers import BREACH, EPISODES, QUORUM, RECORDS

CHAPTERS: tuple[Chapter, ...] = (
    ONE_RULE, COVERAGE, PROOF, REFUTATION,
    EPISODES, RECORDS, QUORUM, BREACH,
    STARTS, DAYS, TWICE, SUSPENSIONS, RESETS, DATES,
    PARTIES, MATCH, RESPOND, RECUR, ATTAIN, KEEP, TURNING, EXCUSES,
)  # fmt: skip
