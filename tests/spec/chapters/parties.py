"""Whose act, whose duty (SEMANTICS section 5), excuses and waivers (section 7)."""

from tests.spec.chapter import Chapter, Table

_TOWN = """
contractors: [{id: firm, name: {en: Firm}, actors: [F1]}, {id: rival, name: {en: Rival}, actors: [R1]}]
obligations:
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT4H}
    clock: {from: trigger.end, early: PT0S}
    action: {stream: service, kind: plow}
    within: PT24H
"""
PARTIES = Chapter(
    title="Whose act, whose duty",
    story="""
The contractor answers for the street, and only its actors perform. Another's act before d excuses; after d it cures. The duty is
the firm's and falls due on the 11th at 16:00; F1 is a vehicle of the firm, R1 one of a rival; a row without an actor is the debtor's.
""",
    clause=_TOWN,
    given={"weather": "10T10:00..10T16:00 snow"},
    tables=(
        Table(
            heading="The debtor's acts and those of others",
            tells="5.2 5.3 R1",
            text="""
situation                                         | log                                    | log days | as of    | verdict        | fulfilled | lapsed   | reason
its own vehicle                                   | 11T09:00 plow by F1                    | 10, 11   | 12T07:00 | met            | 11T09:00  |          | done in time
a vehicle that nobody names                       | 11T09:00 plow                          | 10, 11   | 12T07:00 | met            | 11T09:00  |          | done in time
decided: a vehicle that belongs to no party       | 11T09:00 plow by X9                    | 10, 11   | 12T07:00 | met            | 11T09:00  |          | done in time
another's before it is due excuses                | 11T09:00 plow by R1                    | 10, 11   | 12T07:00 | excused        | 11T09:00  |          | another party, not to be paid: rival
another's at the very instant                     | 11T16:00 plow by R1                    | 10, 11   | 12T07:00 | excused        | 11T16:00  |          | another party
another's after it was due cures                  | 11T17:00 plow by R1                    | 10, 11   | 12T07:00 | breached.cured | 11T17:00  | 11T16:00 | its cost is to be recovered
another's first, its own afterwards in time       | 11T09:00 plow by R1, 11T10:00 plow by F1 | 10, 11 | 12T07:00 | met            | 11T10:00  |          | done in time
another's in time, its own too late               | 11T09:00 plow by R1, 11T17:00 plow by F1 | 10, 11 | 12T07:00 | excused        | 11T09:00  |          | another party
both too late: cured by the first                 | 11T17:00 plow by R1, 11T18:00 plow by F1 | 10, 11 | 12T07:00 | breached.cured | 11T17:00  | 11T16:00 | its cost is to be recovered
both too late: its own was the first              | 11T17:00 plow by F1, 11T18:00 plow by R1 | 10, 11 | 12T07:00 | breached.cured | 11T17:00  | 11T16:00 | done late
another's is known, its own log is missing        | 10T20:00 plow by R1                    | 10       | 12T07:00 | excused        | 10T20:00  |          | another party
""",
        ),
        Table(
            heading="What two did together",
            tells="5.3 R1",
            change="obligations: {clear: {action: {kind: {all: [plow, haul]}}}}",
            text="""
situation                                      | log                                       | as of    | verdict       | fulfilled
the firm plowed, the rival hauled in time      | 11T09:00 plow by F1, 11T10:00 haul by R1  | 12T07:00 | excused       | 11T10:00
the firm did both, after the rival's help      | 11T09:00 plow by F1, 11T10:00 haul by R1, 11T11:00 haul by F1 | 12T07:00 | met | 11T11:00
the rival hauled too late                      | 11T09:00 plow by F1, 11T17:00 haul by R1  | 12T07:00 | breached.cured | 11T17:00
""",
        ),
        Table(
            heading="What two may have done together, before and after it was seen undone",
            tells="1.1 2.13 5.3",
            change="""
obligations: {clear: {action: {kind: {all: [plow, haul]}}, refuted_by: {stream: inspection, kind: covered}}}
""",
            given={"log days": "10, 11", "seen": "11T05:00 covered"},
            note="The row that nobody can read lies before the inspection: it excludes that both were done by then, not that one was.",
            text="""
situation                                       | log                                  | as of    | verdict       | owed by
the firm plowed since: it may have hauled before | ?10T20:00 haul, 11T10:00 plow by F1 | 12T07:00 | unproven      | firm
the rival plowed since: so may the firm have    | ?10T20:00 haul, 11T10:00 plow by R1  | 12T07:00 | unproven      | firm
the rival plowed, but too late to excuse        | ?10T20:00 haul, 11T17:00 plow by R1  | 12T07:00 | breached.open |
nobody did anything since                       | ?10T20:00 haul                       | 12T07:00 | breached.open |
""",
        ),
        Table(
            heading="A log that records whose acts it holds",
            tells="5.2 5.3",
            change="""
sources:
  log: {stream: service}
  helpers: {stream: service, run_by: city, acts_by: rival}
""",
            text="""
situation                            | log           | helpers       | as of    | verdict | fulfilled
in the helpers' log                  |               | 11T09:00 plow | 12T07:00 | excused | 11T09:00
in the firm's own                    | 11T09:00 plow |               | 12T07:00 | met     | 11T09:00
""",
        ),
        Table(
            heading="Whose act it is follows the assignment",
            tells="5.1 5.2",
            change="assignments: [{contractor: rival, from: 2024-01-10}]",
            text="""
situation                       | log                 | as of    | verdict | party
the rival answers, its vehicle  | 11T09:00 plow by R1 | 12T07:00 | met     | rival
the rival answers, the firm's   | 11T09:00 plow by F1 | 12T07:00 | excused | rival
""",
        ),
        Table(
            heading="Unless it serves one only",
            tells="5.5",
            change="obligations: {clear: {action: {consume: once}}}",
            given={"weather": "10T10:00..10T12:00 snow, 10T18:00..10T20:00 snow", "log days": "10, 11"},
            text="""
situation                                          | log                                         | as of    | verdict              | fulfilled | reason
one act serves the duty that is due first          | 11T09:00 plow                               | 12T07:00 | met / breached.open  | 11T09:00 / | done in time / complete logs show no act until the deadline that serves no other duty
two acts serve two                                 | 11T09:00 plow, 11T10:00 plow                | 12T07:00 | met / met            | 11T09:00 / 11T10:00 |
an act after the first was due serves the second   | 11T13:00 plow                               | 12T07:00 | breached.open / met  | / 11T13:00 |
a second one cures the first                       | 11T13:00 plow, 11T14:00 plow                | 12T07:00 | breached.cured / met | 11T14:00 / 11T13:00 |
what nobody needs serves none                      | 11T09:00 plow, 11T10:00 plow, 11T11:00 plow | 12T07:00 | met / met            | 11T09:00 / 11T10:00 |
a row nobody can read may have served either       | ?11T08:00 plow, 11T09:00 plow               | 12T07:00 | met / unproven       | 11T09:00 / |
it may have freed the act for the second           | ?10T15:00 plow, 11T09:00 plow               | 12T07:00 | met / unproven       | 11T09:00 / |
it lies before both                                | ?10T09:00 plow, 11T09:00 plow               | 12T07:00 | met / breached.open  | 11T09:00 / |
it is too late for the first, not for the second   | ?11T13:00 plow, 11T09:00 plow               | 12T07:00 | met / unproven       | 11T09:00 / |
it is too late for both                            | ?11T21:00 plow, 11T09:00 plow               | 12T07:00 | met / breached.open  | 11T09:00 / |
it may have freed one of the instant it was due at   | ?10T15:00 plow, 11T12:00 plow               | 12T07:00 | met / unproven       | 11T12:00 / |
""",
        ),
        Table(
            heading="An act that serves one only, of two wordings",
            tells="5.5 4.13",
            change="""
people: {desk: {name: {en: Desk}}, chief: {name: {en: Chief}}}
obligations: {clear: {action: {consume: once}}}
amendments: [{obligation: clear, clause: "§2", from: 2024-01-11, by: [desk, chief], change: {within: PT30H}}]
""",
            given={"weather": "10T18:00..10T20:00 snow, 11T02:00..11T04:00 snow"},
            note="The first falls due on the 11th at 20:00, the second, by the amended words, on the 12th at 10:00.",
            text="""
situation                                      | log                           | as of    | verdict               | fulfilled
one act serves the duty that is due first      | 11T09:00 plow                 | 13T07:00 | met / breached.open   | 11T09:00 /
two acts serve two                             | 11T09:00 plow, 11T10:00 plow  | 13T07:00 | met / met             | 11T09:00 / 11T10:00
an act after the first was due serves the second | 11T21:00 plow               | 13T07:00 | breached.open / met   | / 11T21:00
a row nobody can read may have freed it        | ?11T08:00 plow, 11T09:00 plow | 13T07:00 | met / unproven        | 11T09:00 /
""",
        ),
        Table(
            heading="An act that serves one only, and comes late",
            tells="5.5 6.6",
            change="obligations: {clear: {action: {consume: once}}}",
            given={
                "weather": "10T10:00..10T12:00 snow, 10T18:00..10T20:00 snow, 11T18:00..11T20:00 snow",
                "weather days": "9, 10, 11@11T21:00, 11",
                "log days": "10, 11@11T21:00, 11",
            },
            note="The three fall due on the 11th at 12:00 and at 20:00 and on the 12th at 20:00 (docs/decisions/0021).",
            text="""
situation                                               | log                           | as of    | verdict                                         | fulfilled
late for the first, in time for the second              | 11T13:00 plow                 | 12T07:00 | breached.open / met / pending.running           | / 11T13:00 /
late for both: it cures the one that is overdue longer  | 11T20:30 plow                 | 11T21:30 | breached.cured / breached.open / pending.running | 11T20:30 /  /
once the third clock runs, the act is in time for it    | 11T20:30 plow                 | 12T07:00 | breached.open / breached.open / met             | /  / 11T20:30
two of them: in time for the third, a cure of the first | 11T20:30 plow, 11T20:40 plow  | 12T07:00 | breached.cured / breached.open / met            | 11T20:40 /  / 11T20:30
""",
        ),
        Table(
            heading="What a refutation excludes frees no act",
            tells="5.5 2.13",
            change="""
obligations: {clear: {action: {consume: once}, refuted_by: {stream: inspection, kind: covered}}}
""",
            given={"weather": "10T10:00..10T12:00 snow, 10T18:00..10T20:00 snow", "log days": "10, 11"},
            note="The first street's row that nobody can read may have been the first duty's act; the second was seen covered after it.",
            text="""
situation                       | log                           | seen             | as of    | verdict             | fulfilled
it may have freed the act       | ?10T15:00 plow, 11T09:00 plow |                  | 12T07:00 | met / unproven      | 11T09:00 /
seen covered after it           | ?10T15:00 plow, 11T09:00 plow | 10T16:00 covered | 12T07:00 | met / breached.open | 11T09:00 /
seen covered before it          | ?10T15:00 plow, 11T09:00 plow | 10T14:00 covered | 12T07:00 | met / unproven      | 11T09:00 /
""",
        ),
        Table(
            heading="An act that serves one only is told once, however often it stands in logs",
            tells="5.5 2.11",
            change="""
sources: {log: {redelivery: append}}
obligations: {clear: {action: {consume: once}}}
""",
            given={"weather": "10T10:00..10T12:00 snow, 10T18:00..10T20:00 snow"},
            text="""
situation                     | log                                        | log days             | as of    | verdict             | fulfilled
a line that is stated twice   | 11T09:00 plow, 11T09:00 plow               | 10, 11               | 12T07:00 | met / breached.open | 11T09:00 /
a log that is sent again      | 11T09:00 plow                              | 10, 11, 11@12T06:00  | 12T07:00 | met / breached.open | 11T09:00 /
two vehicles at one instant   | 11T09:00 plow by V1, 11T09:00 plow by V2   | 10, 11               | 12T07:00 | met / met           | 11T09:00 / 11T09:00
""",
        ),
        Table(
            heading="An act that serves one only, of evidence that comes too late",
            tells="5.5 2.15",
            change="obligations: {clear: {action: {consume: once}, proof_until: P1D}}",
            given={"weather": "10T10:00..10T12:00 snow, 10T18:00..10T20:00 snow"},
            note="Proof of the first counts until the 12th at 12:00, of the second until 20:00 (docs/decisions/0050).",
            text="""
situation                                        | log                                             | log days               | decisions          | as of    | verdict             | fulfilled
other logs came since                            | 11T09:00 plow                                   | 10..12                 |                    | 13T07:00 | met / breached.open | 11T09:00 /
two acts serve two                               | 11T09:00 plow, 11T10:00 plow                    | 10..12                 |                    | 13T07:00 | met / met           | 11T09:00 / 11T10:00
told too late for the first, not for the second  | 11T09:00 plow                                   | 10, 11@12T18:00        |                    | 13T07:00 | unproven / met      | / 11T09:00
told too late for both                           | 11T09:00 plow                                   | 10, 11@12T21:00        |                    | 13T07:00 | unproven / unproven |
two persons admit it                             | 11T09:00 plow                                   | 10, 11@12T21:00        | admit 13T06:00 A+B | 13T07:00 | met / breached.open | 11T09:00 /
a correction tells it anew, in time for the second | 11T09:00 plow                                 | 10, 11, 11@12T18:00    |                    | 13T07:00 | met / breached.open | 11T09:00 /
a correction adds one for the second alone       | 11T09:00 plow version:1, 11T10:00 plow          | 10, 11, 11'1@12T18:00  |                    | 13T07:00 | met / met           | 11T10:00 / 11T09:00
""",
        ),
        Table(
            heading="One act may satisfy several duties",
            tells="5.5",
            given={"weather": "10T10:00..10T12:00 snow, 10T18:00..10T20:00 snow", "log days": "10, 11"},
            text="""
situation                  | log                          | as of    | verdict             | fulfilled
one act after both falls   | 11T09:00 plow                | 12T07:00 | met / met           | 11T09:00 / 11T09:00
one act between them       | 10T14:00 plow                | 12T07:00 | met / breached.open | 10T14:00 /
""",
        ),
    ),
)
MATCH = Chapter(
    title="What joins an act to its trigger",
    story="""
An order names what is to be done; the crew's log names the order that it did. The order's number joins them, not the street.
""",
    clause="""
sources:
  cases: {columns: {record: record}}
  log: {columns: {record: record}}
obligations:
  repair:
    pattern: respond
    trigger: {stream: case, kind: order, each: record}
    clock: {from: trigger.start}
    action: {stream: service, kind: done, match: record}
    within: PT24H
""",
    tables=(
        Table(
            heading="By the record",
            tells="5.4 R5",
            text="""
situation                               | cases                | log                   | as of    | verdict       | trigger
the log names the order                 | 10T09:00 order of W1 | 11T08:00 done of W1   | 13T05:00 | met           | W1
it names another order                  | 10T09:00 order of W2 | 11T08:00 done of W9   | 13T05:00 | breached.open | W2
on whatever street the crew was         | 10T09:00 order of W3 | 11T08:00 done of W3 on U77 | 13T05:00 | met      | W3
the street alone joins nothing          | 10T09:00 order of W4 | 11T08:00 done         | 13T05:00 | breached.open | W4
two rows that name it are two acts      | 10T09:00 order of W5 | 11T08:00 done of W5, 12T08:00 done of W5 | 13T05:00 | met | W5
a later row of another kind undoes none | 10T09:00 order of W6 | 11T08:00 done of W6, 12T08:00 photo of W6 | 13T05:00 | met | W6
""",
        ),
        Table(
            heading="By the record, and a row that nobody can read",
            tells="5.4 2.4",
            note="Decided (docs/decisions/0053): it is of the order that it names, on whatever street; of any where it names none.",
            apart=True,
            text="""
situation                                 | cases                | log                        | as of    | verdict       | owed by
it names the order, on another street     | 10T09:00 order of W1 | ?11T08:00 done of W1 on U9 | 13T07:00 | unproven      | firm
it names the order, and no street         | 10T09:00 order of W1 | ?11T08:00 done of W1 nowhere | 13T07:00 | unproven    | firm
its time cannot be read either            | 10T09:00 order of W1 | ?11 done of W1 on U9       | 13T07:00 | unproven      | firm
it names another order, on this street    | 10T09:00 order of W1 | ?11T08:00 done of W2       | 13T07:00 | breached.open |
it names another order, and no street     | 10T09:00 order of W1 | ?11T08:00 done of W2 nowhere | 13T07:00 | breached.open |
it names none, on another street          | 10T09:00 order of W1 | ?11T08:00 done on U9       | 13T07:00 | unproven      | firm
""",
        ),
        Table(
            heading="By the record and the street, and a row that nobody can read",
            tells="5.4 2.4",
            change="obligations: {repair: {action: {match: [record, unit]}}}",
            apart=True,
            text="""
situation                                 | cases                | log                        | as of    | verdict       | owed by
it names both                             | 10T09:00 order of W1 | ?11T08:00 done of W1       | 13T07:00 | unproven      | firm
it names the order, on another street     | 10T09:00 order of W1 | ?11T08:00 done of W1 on U9 | 13T07:00 | breached.open |
it names another order, on this street    | 10T09:00 order of W1 | ?11T08:00 done of W2       | 13T07:00 | breached.open |
it names the street only                  | 10T09:00 order of W1 | ?11T08:00 done             | 13T07:00 | unproven      | firm
it names the order only                   | 10T09:00 order of W1 | ?11T08:00 done of W1 nowhere | 13T07:00 | unproven    | firm
""",
        ),
    ),
)
EXCUSES = Chapter(
    title="Excuses and waivers",
    story="""
What excuses must have been decided before the duty fell due, or be confirmed by two persons. A later waiver changes what becomes of the
lapse, never the verdict. The duty falls due on the 11th at 16:00.
""",
    clause=_TOWN,
    given={"weather": "10T10:00..10T16:00 snow"},
    tables=(
        Table(
            heading="Excused",
            tells="7.1 R2",
            text="""
situation                                       | log           | decisions           | as of    | verdict       | reason
one person, before it is due                    |               | excuse 11T15:59 A   | 12T07:00 | excused       | excused by decision: grounds
one person, at the instant                      |               | excuse 11T16:00 A   | 12T07:00 | breached.open |
two persons, at any time                        |               | excuse 12T06:00 A+B | 12T07:00 | excused       | excused by decision
the same person twice is one                    |               | excuse 12T06:00 A+A | 12T07:00 | breached.open |
it was done all the same: met                   | 11T09:00 plow | excuse 11T08:00 A   | 12T07:00 | met           | done in time
done too late, but excused                      | 11T18:00 plow | excuse 11T08:00 A   | 12T07:00 | excused       | excused by decision
""",
        ),
        Table(
            heading="An excuse holds as soon as it is recorded",
            tells="7.1 R2 1.6",
            text="""
situation                                       | log days | decisions           | as of    | verdict
before it is due                                | 10       | excuse 11T08:00 A   | 11T09:00 | excused
before it was recorded                          | 10       | excuse 11T10:00 A   | 11T09:00 | pending.running
decided: while the trigger is still open        |          | excuse 10T12:00 A   | 10T13:00 | excused
""",
            given={"weather days": "9, 10@10T12:30, 10"},
        ),
        Table(
            heading="An excuse while nobody knows when the duty was due",
            tells="1.2 3.2 7.1",
            change="""
obligations: {clear: {within: PT2H, trigger: {merge_gap: PT6H}, clock: {from: trigger.end}}}
""",
            given={"weather": "10T08:00 snow, 10T10:00 snow"},
            note="If it snowed until 10:00, the duty was due at 12:00. Until 16:00 it may go on.",
            text="""
situation                                     | weather days    | decisions           | as of    | verdict         | reason
one person, before 12:00                      | 9, 10@10T14:30  | excuse 10T11:59 A   | 10T15:00 | excused         | excused by decision
one person, at 12:00: it may have been due    | 9, 10@10T14:30  | excuse 10T12:00 A   | 10T15:00 | pending.running | the trigger is still open
two persons                                   | 9, 10@10T14:30  | excuse 10T12:00 A+B | 10T15:00 | excused         | excused by decision
it was due at 12:00                           | 9, 10           | excuse 10T12:00 A   | 11T07:00 | breached.open   |
and excused before                            | 9, 10           | excuse 10T11:59 A   | 11T07:00 | excused         | excused by decision
""",
        ),
        Table(
            heading="An excuse while it may still snow on a day on which the words are others",
            tells="1.2 3.2 4.13 7.1",
            change="""
amendments: [{obligation: clear, clause: "§2", from: 2024-01-11, recorded: 2024-01-05, change: {within: PT1H}}]
obligations: {clear: {clock: {from: trigger.end, early: PT1H}, within: PT6H}}
""",
            given={"weather": "10T20:00..10T23:00 snow", "weather days": "9, 10@10T23:30"},
            note="""
Snow that ended on the 10th at 23:00 is to be cleared by 05:00, one that goes on until the 11th within an hour: by 01:00 at the
earliest.""",
            text="""
situation                         | decisions          | weather days   | as of    | verdict         | reason
one person, before 01:00          | excuse 11T00:59 A  | 9, 10@10T23:30 | 11T03:00 | excused         | excused by decision
one person, then                  | excuse 11T01:00 A  | 9, 10@10T23:30 | 11T03:00 | pending.running | the trigger is still open
it ended on the 10th              | excuse 11T01:00 A  | 9..11          | 13T07:00 | excused         | excused by decision
""",
        ),
        Table(
            heading="An excuse while nobody knows when the storm ended in which it was owed",
            tells="1.2 3.2 7.1",
            change="""
obligations:
  clear:
    pattern: recur
    period: {while: {stream: condition, kind: snow, merge_gap: PT6H}}
    times: 1
    trigger: null
    clock: null
    within: null
""",
            given={"weather": "10T08:00 snow, 10T10:00 snow"},
            text="""
situation                                     | weather days    | decisions           | as of    | verdict         | reason
one person, before it was last seen           | 9, 10@10T14:30  | excuse 10T09:59 A   | 10T15:00 | excused         | excused by decision
one person, then: it may have ended           | 9, 10@10T14:30  | excuse 10T10:00 A   | 10T15:00 | pending.running | the trigger is still open
it ended at 10:00                             | 9, 10           | excuse 10T10:00 A   | 11T07:00 | breached.open   |
""",
        ),
        Table(
            heading="A waiver never changes the verdict",
            tells="7.2",
            text="""
situation                    | log           | decisions          | as of    | verdict        | lapsed
waived after the lapse       |               | waive 12T06:00 A+B | 12T07:00 | breached.open  | 11T16:00
waived before it             |               | waive 11T06:00 A+B | 12T07:00 | breached.open  | 11T16:00
cured and waived             | 11T18:00 plow | waive 12T06:00 A+B | 12T07:00 | breached.cured | 11T16:00
""",
        ),
    ),
)
