"""Refutation: observations that a unit is not done (SEMANTICS section 2)."""

from tests.spec.chapter import Chapter, Table
from tests.spec.chapters.respond import RESPOND

REFUTATION = Chapter(
    title="Seen undone: refutation and ranks",
    story="""
An inspection that finds a street covered excludes that it had been completed. Whom to believe where log and inspection
contradict each other is told by the `rank` of their sources: here the inspectors' is 2, the log's is 1. The clock is that of
the chapter on respond: acts count from the 10th, 10:00, the duty falls due on the 11th at 16:00.
""",
    clause=RESPOND.clause,
    given=RESPOND.given,
    tables=(
        Table(
            heading="The inspector is believed before the log",
            tells="2.12 2.13 2.14 6.4 6.6 6.7",
            text="""
situation                                        | log days | log                          | seen             | as of    | verdict         | fulfilled | lapsed   | owed by | cites
seen undone after it was due, log missing        | 10       |                              | 11T17:00 covered | 11T18:00 | breached.open   |           | 11T16:00 |         | 11T17:00
seen undone at the very instant                  | 10       |                              | 11T16:00 covered | 11T18:00 | breached.open   |           | 11T16:00 |         | 11T16:00
seen undone before it was due proves nothing yet | 10       |                              | 11T15:00 covered | 11T18:00 | pending.overdue |           |          | firm    | 11T15:00
the log claims it, the inspection saw otherwise  | 10, 11   | 11T09:00 plow                | 11T17:00 covered | 12T05:00 | breached.open   |           | 11T16:00 |         | 11T17:00
seen undone, then done in time                   | 10, 11   | 11T15:00 plow                | 11T14:00 covered | 12T05:00 | met             | 11T15:00  |          |         | 11T15:00
seen undone, done afterwards, too late           | 10, 11   | 11T18:00 plow                | 11T17:00 covered | 12T05:00 | breached.cured  | 11T18:00  | 11T16:00 |         | 11T17:00 11T18:00
a claim, seen undone, done again too late        | 10, 11   | 11T09:00 plow, 11T18:00 plow | 11T17:00 covered | 12T05:00 | breached.cured  | 11T18:00  | 11T16:00 |         | 11T17:00 11T18:00
decided: what was missing before it was seen is no gap | 11 |                              | 11T01:00 covered | 12T05:00 | breached.open   |           | 11T16:00 |         | 11T01:00
an inspection that saw it clear refutes nothing  | 10, 11   | 11T09:00 plow                | 11T17:00 clear   | 12T05:00 | met             | 11T09:00  |          |         | 11T09:00
""",
        ),
        Table(
            heading="Equal ranks contradict each other",
            tells="2.14",
            change="sources: {seen: {rank: 1}}",
            text="""
situation                             | log days | log                          | seen             | as of    | verdict       | fulfilled | lapsed   | cites
both sides are shown                  | 10, 11   | 11T09:00 plow                | 11T17:00 covered | 12T05:00 | unproven      |           |          | 11T09:00 11T17:00
equal ranks, but done again in time   | 10, 11   | 11T09:00 plow, 11T15:30 plow | 11T15:00 covered | 12T05:00 | met           | 11T15:30  |          | 11T15:30
equal ranks, nothing claimed          | 10, 11   |                              | 11T17:00 covered | 12T05:00 | breached.open |           | 11T16:00 | 11T17:00
decided: a log that did not come contradicts nothing | 10 |                         | 11T17:00 covered | 12T07:00 | breached.open |           | 11T16:00 | 11T17:00
done too late, if it was: hidden, it may have been done in time | 10, 12 | 12T09:00 plow     | 12T11:00 covered | 13T07:00 | unproven      |           |          |
if it was not, nothing was by then    | 10, 11, 12 | 12T09:00 plow              | 12T11:00 covered | 13T07:00 | breached.open |           | 11T16:00 |
no log can tell what was seen when it was due | 10, 11@11T13:00 | 11T09:00 plow        | 11T16:00 covered | 12T05:00 | unproven      |           |          | 11T09:00 11T16:00
""",
        ),
        Table(
            heading="Equal ranks, and the act is another's",
            tells="2.14 5.3",
            change="""
contractors: [{id: firm, name: {en: Firm}}, {id: rival, name: {en: Rival}, actors: [R1]}]
sources: {seen: {rank: 1}}
""",
            note="If the rival plowed in time, the firm is excused; if nobody did, it breached its duty.",
            text="""
situation                             | log                                | seen             | as of    | verdict       | cites
both sides are shown                  | 11T09:00 plow by R1                | 11T17:00 covered | 12T05:00 | unproven      | 11T09:00 11T17:00
it came too late in any case          | 11T16:30 plow by R1                | 11T17:00 covered | 12T05:00 | breached.open |
the firm's own claim is disputed too  | 11T09:00 plow by R1, 11T10:00 plow | 11T17:00 covered | 12T05:00 | unproven      | 11T10:00 11T17:00
done again in time by the rival       | 11T09:00 plow by R1, 11T15:30 plow by R1 | 11T15:00 covered | 12T05:00 | excused | 11T15:30
""",
        ),
        Table(
            heading="The log is believed before the inspector",
            tells="2.14",
            change="sources: {seen: {rank: 0}}",
            text="""
situation                         | log days | log           | seen             | as of    | verdict       | fulfilled
the claim stands                  | 10, 11   | 11T09:00 plow | 11T17:00 covered | 12T05:00 | met           | 11T09:00
nothing was claimed               | 10, 11   |               | 11T17:00 covered | 12T05:00 | breached.open |
""",
        ),
        Table(
            heading="A new trigger lies between",
            tells="2.13",
            given={
                "weather": "10T10:00..10T16:00 snow =2, 11T18:00..11T19:00 snow =2",
                "weather days": "9, 10, 11, 12, 13",
            },
            note="It snows again on the 11th from 18:00: what is seen afterwards tells of the new snow.",
            text="""
situation                                    | log           | seen             | as of    | verdict
seen undone before the new fall              | 11T09:00 plow | 11T17:00 covered | 12T05:00 | breached.open / pending.running
seen undone at its first flake, or after it  | 11T09:00 plow | 11T18:00 covered | 12T05:00 | met / pending.running
""",
        ),
        Table(
            heading="A new trigger of the zone, or of the whole city, lies between",
            tells="2.13",
            given={
                "weather days": "9, 10, 11, 12, 13",
                "zone": "N",
                "log": "11T09:00 plow",
                "seen": "11T20:00 covered",
            },
            text="""
situation                             | zone | weather                                                              | as of    | verdict
it snows in the whole city, then here | N    | 10T10:00..10T16:00 snow =2, 11T18:00..11T19:00 snow =2 in N           | 12T05:00 | met / pending.running
it snows here, then in the whole city | N    | 10T10:00..10T16:00 snow =2 in N, 11T18:00..11T19:00 snow =2           | 12T05:00 | met / pending.running
it snows in the whole city, then elsewhere | N | 10T10:00..10T16:00 snow =2, 11T18:00..11T19:00 snow =2 in S         | 12T05:00 | breached.open
""",
        ),
        Table(
            heading="A new trigger where the unit lies by then",
            tells="2.13 4.13 4.14",
            given={"weather days": "9, 10, 11, 12, 13", "log": "11T09:00 plow", "seen": "11T20:00 covered"},
            note="Decided (docs/decisions/0076): from the 11th on the street lies in another zone; it snows again at 18:00.",
            text="""
situation                               | zone | register                   | weather                                                       | as of    | verdict
it stays, and it snows elsewhere        | N    | A                          | 10T10:00..10T16:00 snow =2 in N, 11T18:00..11T19:00 snow =2 in S | 12T05:00 | breached.open
it snows where the street lies by then  | N    | A to 10 in N, A from 11 in S | 10T10:00..10T16:00 snow =2 in N, 11T18:00..11T19:00 snow =2 in S | 12T05:00 | met / pending.running
it snows where the street lay before    | N    | A to 10 in N, A from 11 in S | 10T10:00..10T16:00 snow =2 in N, 11T18:00..11T19:00 snow =2 in N | 12T05:00 | breached.open
the first fall was on the whole city    | N    | A to 10 in N, A from 11 in S | 10T10:00..10T16:00 snow =2, 11T18:00..11T19:00 snow =2 in S      | 12T05:00 | met / pending.running
the second is                           | N    | A to 10 in N, A from 11 in S | 10T10:00..10T16:00 snow =2 in N, 11T18:00..11T19:00 snow =2      | 12T05:00 | met / pending.running
it stays, and it snows there            | N    | A to 10 in N, A from 11 in N | 10T10:00..10T16:00 snow =2 in N, 11T18:00..11T19:00 snow =2 in N | 12T05:00 | met / pending.running
it lies in no zone by then              | N    | A to 10 in N, A from 11 in - | 10T10:00..10T16:00 snow =2 in N, 11T18:00..11T19:00 snow =2 in N | 12T05:00 | breached.open
""",
        ),
        Table(
            heading="A new case of the unit lies between",
            tells="2.13 3.6",
            change="""
sources: {cases: {columns: {record: record}}}
obligations:
  clear: {trigger: {stream: case, kind: hole, measure: null, at_least: null, merge_gap: null, each: record}, clock: {from: trigger.start, early: null}}
""",
            note="A hole was filled, and another one is reported on the same street: what is seen afterwards may be that one.",
            text="""
situation                        | cases                                         | log           | seen             | as of    | verdict
seen before the second report    | 10T09:00 hole of C1, 11T12:00 hole of C2      | 10T20:00 plow | 11T11:00 covered | 13T07:00 | breached.open / breached.open
seen after it                    | 10T09:00 hole of C3, 11T12:00 hole of C4      | 10T20:00 plow | 11T13:00 covered | 13T07:00 | met / breached.open
the second is on another street  | 10T09:00 hole of C5, 11T12:00 hole of C6 on U9 | 10T20:00 plow | 11T13:00 covered | 13T07:00 | breached.open
""",
        ),
        Table(
            heading="A new breach lies between",
            tells="2.13 3.10",
            change="""
obligations:
  clear: {refuted_by: null}
  sign:
    pattern: respond
    trigger: {breach: clear}
    clock: {from: trigger.start}
    action: {stream: service, kind: sign}
    refuted_by: {stream: inspection, kind: unsigned}
    within: PT12H
""",
            about="sign",
            given={"weather": "9T10:00 snow =2, 10T16:00 snow =2", "log": "10T12:00 sign"},
            note="The street was not cleared after the fall of the 9th, due on the 10th at 10:00, and not after that of the 10th.",
            text="""
situation                     | seen              | as of    | verdict
no sign stands before it      | 11T15:00 unsigned | 13T07:00 | breached.open / breached.open
none stands after it          | 11T17:00 unsigned | 13T07:00 | met / breached.open
""",
        ),
        Table(
            heading="A part that was done after it was seen undone",
            tells="2.13 6.3",
            change="""
sources: {log: {columns: {from_m: from_m, to_m: to_m}}}
obligations: {clear: {clock: {early: PT0S}, action: {share: 0.8}}}
""",
            given={"log days": "9, 11, 12", "seen": "11T01:00 covered"},
            note="The log of the 10th is missing. It may hide the greater part of the street, where another part was done after the inspection.",
            text="""
situation                          | log                            | as of    | verdict
half of it                         | 11T12:00 plow metres 0-50      | 13T07:00 | unproven
nobody knows where                 | 11T12:00 plow                  | 13T07:00 | breached.open
beyond its end                     | 11T12:00 plow metres 150-190   | 13T07:00 | breached.open
at one point                       | 11T12:00 plow metres 50-50     | 13T07:00 | breached.open
after it was due                   | 11T16:30 plow metres 0-50      | 13T07:00 | breached.open
""",
        ),
        Table(
            heading="A quorum of citizens refutes",
            tells="2.12 R6",
            change="""
obligations: {clear: {refuted_by: {stream: report, kind: covered, quorum: {households: 2, within: PT2H}}}}
""",
            text="""
situation                                    | log           | reports                                                | as of    | verdict       | cites
one household alone refutes nothing          | 11T09:00 plow | 11T17:00 covered by H1                                 | 12T05:00 | met           | 11T09:00
two within two hours do                      | 11T09:00 plow | 11T17:00 covered by H1, 11T18:00 covered by H2         | 12T05:00 | breached.open | 11T18:00
the first of them before acts count          | 10T10:15 plow | 10T09:30 covered by H1, 10T10:30 covered by H2         | 12T05:00 | breached.open | 10T10:30
one household twice is one                   | 11T09:00 plow | 11T17:00 covered by H1, 11T18:00 covered by H1         | 12T05:00 | met           | 11T09:00
two, but too far apart                       | 11T09:00 plow | 11T17:00 covered by H1, 11T19:01 covered by H2         | 12T05:00 | met           | 11T09:00
anonymous reports never count                | 11T09:00 plow | 11T17:00 covered by H1, 11T18:00 covered               | 12T05:00 | met           | 11T09:00
the quorum is reached before the act         | 11T09:00 plow | 11T07:00 covered by H1, 11T08:00 covered by H2         | 12T05:00 | met           | 11T09:00
decided: every report by which enough have reported refutes | 11T09:00 plow | 11T07:30 covered by H1, 11T08:30 covered by H2, 11T09:15 covered by H1 | 12T05:00 | breached.open | 11T09:15
one of them that names nobody is none                   | 11T09:00 plow | 11T07:30 covered by H1, 11T08:30 covered by H2, 11T09:15 covered | 12T05:00 | met | 11T09:00
""",
        ),
        Table(
            heading="A quorum of citizens within days, where acts of any time before count",
            tells="2.12 4.2",
            change="""
obligations: {clear: {clock: {early: any}, refuted_by: {stream: report, kind: covered, quorum: {households: 2, within: P2D}}}}
""",
            text="""
situation                                    | log           | reports                                        | as of    | verdict       | cites
two within two days                          | 11T09:00 plow | 10T08:00 covered by H1, 11T17:00 covered by H2 | 12T05:00 | breached.open | 11T17:00
two, but too far apart                       | 11T09:00 plow | 9T16:00 covered by H1, 11T17:00 covered by H2  | 12T05:00 | met           | 11T09:00
""",
        ),
    ),
)
