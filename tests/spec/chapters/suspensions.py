"""What stops a clock, and what starts it anew (SEMANTICS section 4)."""

from datetime import date

from tests.spec.chapter import Chapter, Table

_END = """
obligations:
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT4H}
    clock: {from: trigger.end, early: PT0S}
    action: {stream: service, kind: plow}
    suspended_by: {stream: notice, kind: storm, lifted_by: [lift]}
    within: PT24H
"""
SUSPENSIONS = Chapter(
    title="Clocks: suspensions",
    story="""
A notice of storm stops the clock, from its start, but not before it was published, to its planned end or its announced lift. The clock
starts on the 10th at 16:00 and without a pause falls due on the 11th at 16:00.
""",
    clause=_END,
    first=date(2024, 1, 9),
    last=date(2024, 1, 13),
    given={"weather": "10T10:00..10T16:00 snow"},
    tables=(
        Table(
            heading="From when to when",
            tells="4.8 4.9 4.10 R3 G6",
            apart=False,
            text="""
situation                                            | notices                                                              | log           | as of    | due      | verdict           | fulfilled
two planned hours                                    | 11T10:00/11T12:00 storm                                              |               | 13T07:00 | 11T18:00 | breached.open     |
published after it began: from its publication       | 11T10:00/11T12:00 storm published 11T11:00                           |               | 13T07:00 | 11T17:00 | breached.open     |
published after its end: it pauses nothing           | 11T10:00/11T12:00 storm published 11T12:00                           |               | 13T07:00 | 11T16:00 | breached.open     |
published in advance: from its start                 | 11T10:00/11T12:00 storm published 10T20:00                           |               | 13T07:00 | 11T18:00 | breached.open     |
lifted before its planned end                        | 11T10:00/11T14:00 storm, 11T11:00 lift                               |               | 13T07:00 | 11T17:00 | breached.open     |
lifted after it: the planned end stands              | 11T10:00/11T12:00 storm, 11T13:00 lift                               |               | 13T07:00 | 11T18:00 | breached.open     |
two that overlap count once                          | 11T10:00/11T12:00 storm, 11T11:00/11T13:00 storm                     |               | 13T07:00 | 11T19:00 | breached.open     |
before the clock starts it pauses nothing            | 10T12:00/10T15:00 storm                                              |               | 13T07:00 | 11T16:00 | breached.open     |
after it is due it pauses nothing                    | 11T16:00/11T18:00 storm                                              |               | 13T07:00 | 11T16:00 | breached.open     |
a planned end is provisional: lifted early           | 11T10:00/12T10:00 storm, 11T11:00 lift                               |               | 11T10:30 | 12T16:00 | pending.at_risk   |
an open-ended one holds the duty pending             | 11T10:00 storm                                                       |               | 13T07:00 |          | pending.suspended |
once it is lifted the clock runs on                  | 11T10:00 storm, 12T10:00 lift                                        |               | 13T07:00 | 12T16:00 | breached.open     |
open-ended, but announced only when it was due       | 11T10:00 storm published 11T16:00                                    |               | 13T07:00 | 11T16:00 | breached.open     |
work done meanwhile counts                           | 11T10:00 storm                                                       | 12T09:00 plow | 13T07:00 |          | met               | 12T09:00
work done in a planned pause counts                  | 11T10:00/12T10:00 storm                                              | 12T09:00 plow | 13T07:00 | 12T16:00 | met               | 12T09:00
""",
        ),
        Table(
            heading="In which zone",
            tells="4.8 R3",
            change="""
obligations: {clear: {trigger: {merge_gap: PT4H}}}
""",
            given={"weather": "10T10:00..10T16:00 snow in N, 10T10:00..10T16:00 snow in S"},
            text="""
situation                                  | zone | notices                                             | as of    | due      | verdict
a notice for the zone                      | N    | 11T10:00/11T12:00 storm in N                        | 13T07:00 | 11T18:00 | breached.open
a notice for another zone                  | S    | 11T10:00/11T12:00 storm in N                        | 13T07:00 | 11T16:00 | breached.open
decided: a notice without a zone is for all | S   | 11T10:00/11T12:00 storm                             | 13T07:00 | 11T18:00 | breached.open
decided: a lift for another zone lifts nothing | N | 11T10:00/11T12:00 storm in N, 11T11:00 lift in S    | 13T07:00 | 11T18:00 | breached.open
""",
        ),
        Table(
            heading="In which zone, where the snowfall names none",
            tells="4.8 R3",
            note="Decided (docs/decisions/0031): a suspension stops the clocks of the units in its zone, whatever started them.",
            text="""
situation                                          | zone | notices                                                  | as of    | due      | verdict
a notice for the unit's zone                       | N    | 11T10:00/11T12:00 storm in N                             | 13T07:00 | 11T18:00 | breached.open
a notice for another zone                          | S    | 11T10:00/11T12:00 storm in N                             | 13T07:00 | 11T16:00 | breached.open
a notice for a zone, and the unit lies in none     |      | 11T10:00/11T12:00 storm in N                             | 13T07:00 | 11T16:00 | breached.open
a notice for all, lifted in the unit's zone        | N    | 11T10:00/11T14:00 storm, 11T11:00 lift in N              | 13T07:00 | 11T17:00 | breached.open
a notice for all, lifted in another zone           | S    | 11T10:00/11T14:00 storm, 11T11:00 lift in N              | 13T07:00 | 11T20:00 | breached.open
lifted in the zone twice: the first lift ends it   | N    | 11T10:00 storm, 11T11:00 lift in N, 11T13:00 lift in N   | 13T07:00 | 11T17:00 | breached.open
""",
        ),
        Table(
            heading="A lift counts from its announcement",
            tells="4.8 4.11 R3",
            note="Decided (docs/decisions/0031): until the lift is published, nobody need know that the clock runs.",
            text="""
situation                                       | notices                                                           | as of    | due      | verdict
published two hours after what it says          | 11T10:00/11T14:00 storm, 11T11:00 lift published 11T13:00         | 13T07:00 | 11T19:00 | breached.open
published after the planned end                 | 11T10:00/11T14:00 storm, 11T11:00 lift published 11T15:00         | 13T07:00 | 11T20:00 | breached.open
published in advance: from what it says         | 11T10:00/11T14:00 storm, 11T11:00 lift published 11T10:30         | 13T07:00 | 11T17:00 | breached.open
""",
        ),
        Table(
            heading="What a breach starts stops in the zone of its unit",
            tells="4.8 3.10 R3",
            change="""
obligations:
  clear: {suspended_by: null}
  sign:
    pattern: respond
    trigger: {breach: clear}
    clock: {from: trigger.start}
    action: {stream: service, kind: sign}
    suspended_by: {stream: notice, kind: storm, lifted_by: [lift]}
    within: PT12H
""",
            about="sign",
            given={"weather": "10T10:00..10T16:00 snow in N"},
            text="""
situation                 | zone | notices                      | as of    | due      | verdict
a notice for its zone     | N    | 11T18:00/11T20:00 storm in N | 13T07:00 | 12T06:00 | breached.open
a notice for another zone | N    | 11T18:00/11T20:00 storm in S | 13T07:00 | 12T04:00 | breached.open
""",
        ),
        Table(
            heading="A target that the record states is put off",
            tells="4.8 4.1 R3",
            change="""
sources: {cases: {columns: {record: record, target_at: target}}}
obligations:
  clear:
    trigger: {stream: case, kind: hole, merge_gap: null, each: record}
    clock: {from: trigger.start, early: null}
    within: trigger.target_at
""",
            note="Decided (docs/decisions/0037). The case was opened on the 10th at 16:00 and should be closed by the 11th, 16:00.",
            text="""
situation                       | zone | cases                                      | notices                      | log           | as of    | due      | verdict
no pause                        | N    | 10T16:00 hole of C1 target_at:11T16:00     |                              | 11T17:00 plow | 13T07:00 | 11T16:00 | breached.cured
two planned hours               | N    | 10T16:00 hole of C2 target_at:11T16:00     | 11T10:00/11T12:00 storm in N | 11T17:00 plow | 13T07:00 | 11T18:00 | met
in another zone                 | N    | 10T16:00 hole of C3 target_at:11T16:00     | 11T10:00/11T12:00 storm in S | 11T17:00 plow | 13T07:00 | 11T16:00 | breached.cured
nobody has lifted it            | N    | 10T16:00 hole of C4 target_at:11T16:00     | 11T10:00 storm               |               | 13T07:00 |          | pending.suspended
a target before the case began  | N    | 10T16:00 hole of C5 target_at:10T12:00     | 10T17:00/10T18:00 storm      |               | 13T07:00 | 10T12:00 | breached.open
""",
        ),
        Table(
            heading="Looking back, where the clause grants it",
            tells="4.11 R3",
            change="obligations: {clear: {suspended_by: {retroactive: true}}}",
            text="""
situation                                  | notices                                    | decisions                | as of    | due      | verdict
nobody decided so: from its publication    | 11T10:00/11T12:00 storm published 11T11:00 |                          | 13T07:00 | 11T17:00 | breached.open
two persons decided so: from its start     | 11T10:00/11T12:00 storm published 11T11:00 | suspend 12T10:00 A+B all | 13T07:00 | 11T18:00 | breached.open
one person did                             | 11T10:00/11T12:00 storm published 11T11:00 | suspend 12T10:00 A all   | 13T07:00 | 11T17:00 | breached.open
decided: for one street alone is no suspension | 11T10:00/11T12:00 storm published 11T11:00 | suspend 12T10:00 A+B | 13T07:00 | 11T17:00 | breached.open
""",
        ),
        Table(
            heading="Looking back, where the clause does not grant it",
            tells="4.11 R3",
            text="""
situation             | notices                                    | decisions                | as of    | due      | verdict
two persons decide so | 11T10:00/11T12:00 storm published 11T11:00 | suspend 12T10:00 A+B all | 13T07:00 | 11T17:00 | breached.open
""",
        ),
        Table(
            heading="A gap in the notices leaves no verdict open",
            tells="4.8 G6",
            change="sources: {notices: {path: '{service_date}.csv', redelivery: replace, due: 06:00 next day}}",
            text="""
situation                            | notices days | as of    | due      | verdict
decided: the notices are missing     | 10           | 13T07:00 | 11T16:00 | breached.open
""",
        ),
        Table(
            heading="Days that a pause touches are not counted",
            tells="4.8 4.4",
            change="obligations: {clear: {within: {allow: P1D, days: civil}}}",
            text="""
situation                                                   | notices                 | as of    | due      | verdict
no pause                                                    |                         | 11T07:00 | 11T24:00 | pending.running
decided: the debtor has a right to whole days               | 11T10:00/11T12:00 storm | 11T12:00 | 12T24:00 | pending.running
""",
        ),
    ),
)
RESETS = Chapter(
    title="Clocks: a new trigger starts the clock anew",
    story="""
Only where the clause declares it, new snow before the duty is due starts the clock anew for streets that are not yet done, but never
later than 36 hours after the chain's first start. The first fall ends on the 10th at 16:00 and is due on the 11th at 16:00.
""",
    clause=_END.replace(
        "suspended_by: {stream: notice, kind: storm, lifted_by: [lift]}\n    within",
        "reset: {at_most: PT36H}\n    within",
    ),
    first=date(2024, 1, 9),
    last=date(2024, 1, 14),
    tables=(
        Table(
            heading="Before it is due, for what is not yet done",
            tells="4.12 R4 1.6",
            text="""
situation                                        | weather                                                | log           | log days   | as of    | verdict                    | successor
new snow before it is due                        | 10T10:00..10T16:00 snow, 11T02:00..11T06:00 snow       |               | 10, 11, 12, 13 | 14T07:00 | void.reset / breached.open | U1/2024-01-10T18:00Z /
a street that was done stays done                | 10T10:00..10T16:00 snow, 11T02:00..11T06:00 snow       | 10T20:00 plow | 10, 11, 12, 13 | 14T07:00 | met / breached.open        | /
done after the new crossing, in time for both    | 10T10:00..10T16:00 snow, 11T02:00..11T06:00 snow       | 11T09:00 plow | 10, 11, 12, 13 | 14T07:00 | met / met                  | /
new snow at the very instant                     | 10T10:00..10T16:00 snow, 11T16:00..11T18:00 snow       |               | 10, 11, 12, 13 | 14T07:00 | breached.open / breached.open | /
new snow after it was due                        | 10T10:00..10T16:00 snow, 11T20:00..11T22:00 snow       |               | 10, 11, 12, 13 | 14T07:00 | breached.open / breached.open | /
not while a log may hide the act                 | 10T10:00..10T16:00 snow, 11T02:00..11T06:00 snow       |               | 10 | 12T05:00 | pending.overdue / pending.at_risk | /
""",
        ),
        Table(
            heading="Not later than at_most after the chain's first start",
            tells="4.12 R4",
            text="""
situation                                        | weather                                                                      | as of    | verdict
the third fall comes 34 hours after the first start | 10T10:00..10T16:00 snow, 11T12:00 snow, 12T02:00 snow                     | 14T07:00 | void.reset / void.reset / breached.open
the third comes 37 hours after it                | 10T10:00..10T16:00 snow, 11T12:00 snow, 12T05:00 snow                        | 14T07:00 | void.reset / breached.open / breached.open
""",
        ),
        Table(
            heading="A gap that may hide a new trigger",
            tells="1.1 2.10 3.5 4.12 R4",
            given={"weather": "10T10:00..10T16:00 snow"},
            note="""
If it snowed anew before the 11th at 16:00, nothing lapsed then. Who does not know whether it did knows of no breach
(docs/decisions/0054).""",
            text="""
situation                                    | register | weather days  | log           | as of    | verdict         | owed by         | reason
the weather of the 11th was never told       |          | 9, 10, 12, 13 |               | 13T07:00 | unproven        | weather-service | the evidence is incomplete: weather of 2024-01-11
it is not due yet                            |          | 9, 10         |               | 12T05:30 | pending.overdue | weather-service | awaited: weather of 2024-01-11
it came, and no snow                         |          | 9, 10, 11     |               | 12T05:30 | breached.open   |                 | complete logs show no act
the street was done                          |          | 9, 10, 12, 13 | 11T09:00 plow | 13T07:00 | met             |                 | done in time
nobody told of the day after                 |          | 9, 10, 11, 13 |               | 14T07:00 | breached.open   |                 | complete logs show no act
the street left before that day: no new duty | A to 10  | 9, 10, 12, 13 |               | 13T07:00 | breached.open   |                 | complete logs show no act
""",
        ),
        Table(
            heading="A gap that may hide a new trigger, and seen undone after the deadline",
            tells="1.1 4.12",
            change="obligations: {clear: {refuted_by: {stream: inspection, kind: covered}}}",
            given={"weather": "10T10:00..10T16:00 snow", "seen": "11T18:00 covered"},
            text="""
situation                                    | weather days      | as of    | verdict
the weather of the 11th was never told       | 9, 10, 12, 13     | 13T07:00 | unproven
it came, and no snow                         | 9, 10, 11, 12, 13 | 13T07:00 | breached.open
""",
        ),
        Table(
            heading="A new trigger that a feed of the last event may hide",
            tells="2.6 4.12",
            change="""
sources:
  weather: {path: "{part}.csv", due: null, redelivery: append, polls: {max_lag: PT1H, shows: last}, columns: {seen_at: seen_at}}
""",
            given={"weather polls": "10T09:00, 10T22:00, 11T20:00"},
            note="What states no street, such as snow, may hide snow on every street of its zone.",
            text="""
situation                                 | weather                                 | as of    | verdict       | owed by
a later event hides what was before it    | 10T10:00..10T16:00 snow, 11T14:00 rain  | 13T07:00 | unproven      | weather-service
nothing was shown any more                | 10T10:00..10T16:00 snow                 | 13T07:00 | breached.open |
""",
        ),
        Table(
            heading="A new trigger of one zone that such a feed may hide",
            tells="2.6 4.12 4.13",
            change="""
sources:
  weather: {path: "{part}.csv", due: null, redelivery: append, polls: {max_lag: PT1H, shows: last}, columns: {seen_at: seen_at}}
""",
            given={
                "weather polls": "10T09:00, 10T22:00, 11T20:00",
                "weather": "10T10:00..10T16:00 snow, 11T14:00 rain in N",
            },
            note="What rained in the north at 14:00 hides whether it snowed there before.",
            text="""
situation                         | zone | register                     | as of    | verdict                  | owed by
a street of the north             | N    | A                            | 13T07:00 | unproven                 | weather-service
a street of the south             | S    | A                            | 13T07:00 | breached.open            |
a street of no zone               |      | A                            | 13T07:00 | breached.open            |
it lies there from midnight on    |      | A to 10 in S, A from 11 in N | 13T07:00 | unproven                 | weather-service
it lay there until midnight       |      | A to 10 in N, A from 11 in S | 13T07:00 | unproven                 | weather-service
""",
        ),
        Table(
            heading="A gap that would hide it too late",
            tells="4.12 R4",
            change="obligations: {clear: {reset: {at_most: PT4H}}}",
            given={"weather": "10T10:00..10T16:00 snow"},
            text="""
situation                                    | weather days  | as of    | verdict
the weather of the 11th was never told       | 9, 10, 12, 13 | 13T07:00 | breached.open
""",
        ),
        Table(
            heading="Only where the new trigger starts a clock",
            tells="4.12 4.13 R4",
            change="""
obligations: {clear: {scope: {class: [A, C]}, trigger: {measure: depth, at_least: 0.1}, within: [{at_least: 1, allow: PT24H}]}}
""",
            note="Decided (docs/decisions/0031): a new trigger that owes nothing on the unit puts no duty in the old one's place.",
            apart=True,
            text="""
situation                                             | register          | weather                                                        | as of    | verdict                       | successor
the second fall is too light for any duty             | A                 | 10T10:00..10T16:00 snow =2, 11T02:00 snow =0.5                  | 13T07:00 | breached.open                 |
a third fall is heavy, but comes when it was due      | A                 | 10T10:00..10T16:00 snow =2, 11T02:00 snow =0.5, 11T20:00 snow =2 | 14T07:00 | breached.open / breached.open | /
a third fall is heavy, and comes before               | A                 | 10T10:00..10T16:00 snow =2, 11T02:00 snow =0.5, 11T10:00 snow =2 | 14T07:00 | void.reset / breached.open    | U3/2024-01-11T02:00Z /
the street left the register before the second fall   | A to 10           | 10T10:00..10T16:00 snow =2, 11T02:00 snow =2                    | 14T07:00 | breached.open                 |
it became a class that is owed nothing                | A to 10, B from 11 | 10T10:00..10T16:00 snow =2, 11T02:00 snow =2                   | 14T07:00 | breached.open                 |
it became another class of the scope                  | A to 10, C from 11 | 10T10:00..10T16:00 snow =2, 11T02:00 snow =2                   | 14T07:00 | void.reset / breached.open    | U6/2024-01-10T18:00Z /
""",
        ),
        Table(
            heading="Only where the new trigger starts a clock on the class that the unit has by then",
            tells="4.12 4.13 R4",
            change="obligations: {clear: {within: [{class: A, allow: PT24H}, {class: B, allow: PT12H}], reset: {at_most: P9D}}}",
            given={"weather": "10T10:00..10T16:00 snow, 11T02:00 snow"},
            text="""
situation                                    | register           | as of    | verdict                    | successor
it became a class that no row allows a time  | A to 10, C from 11 | 14T07:00 | breached.open              |
it became another class that is owed         | A to 10, B from 11 | 14T07:00 | void.reset / breached.open | U2/2024-01-10T18:00Z /
""",
        ),
        Table(
            heading="Where the unit lies by then",
            tells="4.12 4.13 4.14 R4",
            note="Decided (docs/decisions/0076): a new trigger concerns a street where it lies on the day on which that clock starts.",
            text="""
situation                              | zone | register                     | weather                                                         | as of    | verdict
it snows where the street lies by then | N    | A to 10 in N, A from 11 in S | 10T10:00..10T16:00 snow in N, 11T02:00 snow in S                | 14T07:00 | void.reset / breached.open
it snows where the street lay before   | N    | A to 10 in N, A from 11 in S | 10T10:00..10T16:00 snow in N, 11T02:00 snow in N                | 14T07:00 | breached.open
a third fall comes too late for both   | N    | A to 10 in N, A from 11 in S | 10T10:00..10T16:00 snow in N, 11T12:00 snow in S, 12T05:00 snow | 14T07:00 | void.reset / breached.open / breached.open
it exists from the 11th on             | N    | A from 11 in S               | 10T10:00..10T16:00 snow, 11T02:00 snow in S                     | 14T07:00 | breached.open
""",
        ),
        Table(
            heading="What citizens report anew of the same unit, whatever its class is by then",
            tells="4.12 4.13",
            change="""
obligations:
  clear:
    trigger: {stream: report, kind: covered, quorum: {households: 2, within: PT2H}, merge_gap: PT4H}
    clock: {from: trigger.start, early: null}
""",
            given={
                "reports": "10T10:00 covered by H1, 10T11:00 covered by H2, 11T02:00 covered by H1, 11T03:00 covered by H2"
            },
            text="""
situation            | register           | as of    | verdict
its class stayed     | A                  | 14T07:00 | void.reset / breached.open
its class changed    | A to 10, B from 11 | 14T07:00 | void.reset / breached.open
""",
        ),
        Table(
            heading="Only where the words of its day start a clock",
            tells="4.12 4.13 R4",
            change="""
people: {desk: {name: {en: Desk}}, chief: {name: {en: Chief}}}
amendments: [{obligation: clear, clause: "§2", from: 2024-01-11, by: [desk, chief], change: {scope: {class: [A]}, within: PT30H}}]
""",
            note="From the 11th on the clause is for class A alone. The second fall ends on the 11th at 06:00.",
            given={"weather": "10T10:00..10T16:00 snow, 11T02:00..11T06:00 snow"},
            text="""
situation                         | class | as of    | verdict                    | due
the amended words start one       | A     | 14T07:00 | void.reset / breached.open | 11T16:00 / 12T12:00
they start none for this class    | B     | 14T07:00 | breached.open              | 11T16:00
""",
        ),
        Table(
            heading="While a suspension stands open",
            tells="4.10 4.12 1.1",
            change="obligations: {clear: {suspended_by: {stream: notice, kind: storm, lifted_by: [lift]}}}",
            given={
                "weather": "10T10:00..10T16:00 snow, 11T02:00..11T06:00 snow",
                "weather days": "9, 10, 11@12T00:00",
                "log days": "9, 10, 11@12T00:00",
                "notices": "10T20:00 storm",
            },
            note="Nobody knows when the first duty falls due: what is done until then is in time, though new snow came before (docs/decisions/0033).",
            text="""
situation                                | log           | judged before | as of    | verdict
the logs are complete, and show no act   |               |               | 12T00:00 | pending.suspended / pending.suspended
the log of the 12th may still show one   |               |               | 12T05:00 | pending.suspended / pending.suspended
judged at midnight, nothing arrives      |               | 12T00:00      | 12T05:00 | pending.suspended / pending.suspended
it was done                              | 10T21:00 plow |               | 12T05:00 | met / pending.suspended
""",
        ),
        Table(
            heading="Once the suspension is lifted",
            tells="4.10 4.12",
            change="obligations: {clear: {suspended_by: {stream: notice, kind: storm, lifted_by: [lift]}}}",
            given={"weather": "10T10:00..10T16:00 snow, 11T02:00..11T06:00 snow"},
            text="""
situation                                 | notices                   | log           | as of    | verdict
nothing was done by when it was due       | 10T20:00 storm, 11T20:00 lift |           | 13T07:00 | void.reset / breached.open
done after the new snow, in time for both | 10T20:00 storm, 11T20:00 lift | 12T09:00 plow | 13T07:00 | met / met
""",
        ),
        Table(
            heading="Where it is not declared",
            tells="4.12",
            change="obligations: {clear: {reset: null}}",
            text="""
situation                 | weather                                          | as of    | verdict
both clocks run           | 10T10:00..10T16:00 snow, 11T02:00..11T06:00 snow | 14T07:00 | breached.open / breached.open
""",
        ),
    ),
)
