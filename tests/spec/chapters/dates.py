"""The dates of units, assignments, words and the term (SEMANTICS section 4)."""

from tests.spec.chapter import Chapter, Table

_CLAUSE = """
obligations:
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT4H}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT24H
"""
DATES = Chapter(
    title="Everything has dates",
    story="""
Units, assignments, words and the term carry the days on which they hold. A duty takes those that hold on the local day on which its
clock starts: here the 10th, on which the snowfall ends at 16:00.
""",
    clause=_CLAUSE.replace("from: trigger.start}", "from: trigger.end, early: PT0S}"),
    given={"weather": "10T10:00..10T16:00 snow"},
    tables=(
        Table(
            heading="Units",
            tells="4.13 4.14 G10",
            change="obligations: {clear: {scope: {class: [A]}, within: [{class: A, allow: PT24H}]}}",
            text="""
situation                                     | register             | as of    | verdict
in the register all along                     | A                    | 12T07:00 | breached.open
a street that exists from that day on         | A from 10            | 12T07:00 | breached.open
a street that exists from the next day on     | A from 11            | 12T07:00 | none
a street that ended the day before            | A to 09              | 12T07:00 | none
its class changed that day: to A              | B to 09, A from 10   | 12T07:00 | breached.open
its class changed the next day: from A        | A to 10, B from 11   | 12T07:00 | breached.open
its class changed that day: from A            | A to 09, B from 10   | 12T07:00 | none
a street without a class is in no scope       | -                    | 12T07:00 | none
""",
        ),
        Table(
            heading="A street that leaves while it snows",
            tells="4.13 4.14 1.6",
            given={"weather": "10T20:00..11T04:00 snow"},
            note="Its clock would start as the snowfall ends, on the 11th. Of that nobody knew on the morning of the 11th.",
            text="""
situation                   | register  | judged before | as of    | verdict         | reason
before it was known         | A to 10   |               | 11T07:00 | pending.running |
it owes nothing after all   | A to 10   | 11T07:00      | 12T07:00 | void            | the contract owes it no more
it is there the day after   | A to 11   | 11T07:00      | 12T07:00 | pending.overdue |
""",
        ),
        Table(
            heading="The class of the unit that citizens report",
            tells="4.13 4.14 3.9",
            change="""
obligations:
  clear:
    trigger: {stream: report, kind: covered, quorum: {households: 2, within: PT2H}, merge_gap: PT4H}
    clock: {from: trigger.start, early: null}
    within: [{class: A, allow: PT6H}, {class: B, allow: PT24H}]
""",
            given={"reports": "10T10:00 covered by H1, 10T11:00 covered by H2", "weather": ""},
            text="""
situation                                | register           | as of    | due      | verdict
its class changed the next day: from A   | A to 10, B from 11 | 12T07:00 | 10T17:00 | breached.open
its class changed that day: to B         | A to 09, B from 10 | 12T07:00 | 11T11:00 | breached.open
it ended the day before                  | A to 09            | 12T07:00 |          | none
""",
        ),
        Table(
            heading="Scopes",
            tells="4.14 G10",
            change="obligations: {clear: {scope: {class: [A], zone: [N, W]}}}",
            text="""
situation                                     | class | zone | as of    | verdict
of the class and of a zone that it names      | A     | N    | 12T07:00 | breached.open
of the other one                              | A     | W    | 12T07:00 | breached.open
of another zone                               | A     | S    | 12T07:00 | none
of another class                              | B     | N    | 12T07:00 | none
of no zone                                    | A     |      | 12T07:00 | none
""",
        ),
        Table(
            heading="The term",
            tells="4.15 G10",
            change="term: {from: 2024-01-01, to: 2024-01-10}",
            text="""
situation                                             | weather                                          | as of    | verdict
its clock starts on the term's last day and runs on   | 10T10:00..10T16:00 snow                          | 12T07:00 | breached.open
its clock would start the day after                   | 10T20:00..11T02:00 snow                          | 12T07:00 | none
""",
        ),
        Table(
            heading="The term has not begun",
            tells="4.15 G10",
            change="term: {from: 2024-01-11, to: 2024-12-31}",
            text="""
situation                               | weather                 | as of    | verdict
its clock would start the day before    | 10T10:00..10T16:00 snow | 12T07:00 | none
""",
        ),
        Table(
            heading="Assignments",
            tells="5.1 4.13 4.14 G10",
            change="""
contractors: [{id: firm, name: {en: Firm}}, {id: rival, name: {en: Rival}}]
assignments:
  - {contractor: firm, from: 2024-01-01, to: 2024-01-09}
  - {contractor: rival, from: 2024-01-10, units: {class: A}}
  - {contractor: firm, from: 2024-01-10, units: {class: B}}
""",
            text="""
situation                                     | class | as of    | verdict       | party
the rival answers from that day on            | A     | 12T07:00 | breached.open | rival
not on streets of another class               | B     | 12T07:00 | breached.open | firm
""",
        ),
        Table(
            heading="Assignments that look back need two persons",
            tells="4.13 4.14 G10",
            change="""
assignments:
  - {contractor: firm, from: 2024-01-01, units: {class: B}}
  - {contractor: rival, from: 2024-01-01, recorded: 2024-01-12, by: [Ann, Bob], units: {class: A}}
contractors: [{id: firm, name: {en: Firm}}, {id: rival, name: {en: Rival}}]
""",
            text="""
situation              | as of    | verdict         | party
before it was recorded | 11T09:00 | pending.running | firm
once it is             | 12T09:00 | breached.open   | rival
""",
        ),
        Table(
            heading="Amendments",
            tells="4.13 4.14 G10",
            change="""
amendments:
  - {obligation: clear, clause: "§1a", from: 2024-01-10, recorded: 2024-01-05, change: {within: PT12H}}
  - {obligation: clear, clause: "§1b", from: 2024-01-11, recorded: 2024-01-05, change: {within: PT6H}}
""",
            text="""
situation                                       | weather                                          | as of    | due                 | verdict
the words of the day on which the clock starts  | 10T10:00..10T16:00 snow                          | 12T07:00 | 11T04:00            | breached.open
those of the next day for the next snow         | 10T10:00..10T16:00 snow, 11T06:00..11T08:00 snow | 13T07:00 | 11T04:00 / 11T14:00 | breached.open / breached.open
a fall over midnight: the day on which it ended | 10T20:00..11T02:00 snow                          | 13T07:00 | 11T08:00            | breached.open
""",
        ),
        Table(
            heading="Amendments that change when the clock starts",
            tells="4.13 4.14",
            change="""
obligations: {clear: {clock: {from: trigger.start}}}
amendments:
  - {obligation: clear, clause: "§1a", from: 2024-01-11, recorded: 2024-01-05, change: {clock: {from: trigger.end, early: PT0S}}}
""",
            note="Decided (docs/decisions/0044): of words that hold on the day on which the clock starts by them, the earlier ones govern.",
            text="""
situation                                        | weather                | as of    | starts   | due      | verdict
by the old words on the 10th, by the new on the 11th: it has started | 10T20:00..11T02:00 snow | 13T07:00 | 10T20:00 | 11T20:00 | breached.open
by the new ones alone                            | 11T10:00..11T16:00 snow | 13T07:00 | 11T16:00 | 12T16:00 | breached.open
""",
        ),
        Table(
            heading="Amendments by which the clock starts on a day of neither words",
            tells="4.13 4.14",
            change="""
amendments:
  - {obligation: clear, clause: "§1a", from: 2024-01-11, recorded: 2024-01-05, change: {clock: {from: trigger.start}}}
""",
            note="Decided (docs/decisions/0044): then the words of the day govern on which the trigger was crossed; no snow is owed nothing.",
            text="""
situation                                                     | weather                 | as of    | starts   | due      | verdict
by the old words on the 11th, by the new ones on the 10th     | 10T20:00..11T02:00 snow | 13T07:00 | 11T02:00 | 12T02:00 | breached.open
by the old words on the 10th                                  | 10T10:00..10T16:00 snow | 13T07:00 | 10T16:00 | 11T16:00 | breached.open
by the new words on the 11th                                  | 11T10:00..11T16:00 snow | 13T07:00 | 11T10:00 | 12T10:00 | breached.open
""",
        ),
        Table(
            heading="Amendments that look back need two persons",
            tells="4.16 4.13",
            change="""
amendments:
  - {obligation: clear, clause: "§1a", from: 2024-01-10, recorded: 2024-01-12, by: [Ann, Bob], change: {within: PT12H}}
""",
            note="With one person under `by` the contract is refused.",
            text="""
situation                          | as of    | due      | verdict
before it was recorded             | 11T09:00 | 11T16:00 | pending.running
once it is recorded by two persons | 12T10:00 | 11T04:00 | breached.open
""",
        ),
    ),
)
