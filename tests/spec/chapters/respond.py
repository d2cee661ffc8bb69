"""The pattern *respond*: the situation table of SEMANTICS section 6, row by row."""

from tests.spec.chapter import Chapter, Table

RESPOND = Chapter(
    title="Respond: after each trigger, the act in time",
    story="""
After snowfall, class A streets are cleared within 24 h of its end; acts up to 6 h before the end count. Snow falls on
the 10th from 10:00 to 16:00, so an act counts from 10:00 on, and the duty falls due on the 11th at 16:00. The log of a
day arrives at 05:00 of the next and is due at 06:00; "log days" lists the days whose logs arrive, `11@12T09:00` is one
that arrives at another time. Inspectors (rank 2) are believed before the log (rank 1).
""",
    clause="""
obligations:
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, measure: depth, at_least: 1, merge_gap: PT4H}
    scope: {class: [A]}
    clock: {from: trigger.end, early: PT6H}
    action: {stream: service, kind: plow}
    refuted_by: {stream: inspection, kind: covered}
    within: PT24H
    at_risk: 0.75
""",
    given={"weather": "10T10:00..10T16:00 snow =2", "weather days": "9, 10@10T18:00, 10, 11, 12"},
    tables=(
        Table(
            heading="Done in time is met",
            tells="6.1 6.2 6.3 6.4 4.2 4.6 1.2 1.9 G2 G3",
            text="""
situation                                        | log days | log             | as of    | verdict         | fulfilled | lapsed   | cites
an act within the allowance, its log is here     | 10, 11   | 11T09:00 plow   | 12T05:00 | met             | 11T09:00  |          | 11T09:00
an act at the very instant at which it is due    | 10, 11   | 11T16:00 plow   | 12T05:00 | met             | 11T16:00  |          | 11T16:00
an act while snow still fell, early enough       | 10, 11   | 10T10:00 plow   | 12T05:00 | met             | 10T10:00  |          | 10T10:00
the first of two acts is the instant of completion | 10, 11 | 11T09:00 plow, 11T12:00 plow | 12T05:00 | met | 11T09:00  |          | 11T09:00
an act before acts count is none                 | 10, 11   | 10T09:59 plow   | 12T05:00 | breached.open   |           | 11T16:00 |
work of a kind that was not asked for is none    | 10, 11   | 11T09:00 sweep  | 12T05:00 | breached.open   |           | 11T16:00 |
an act while snow still fell, known next morning | 10       | 10T10:00 plow   | 11T05:00 | met             | 10T10:00  |          | 10T10:00
an act after the instant of judging is not known | 10, 11@11T15:00 | 11T09:00 plow | 11T08:00 | pending.running |       |          |
""",
        ),
        Table(
            heading="Before it is due the duty is pending",
            tells="6.5 3.4",
            text="""
situation                                       | log days | log | as of    | verdict         | due      | wakes
the fall is over, its end is not known yet      |          |     | 10T20:00 | pending.running |          |
the clock runs                                  | 10       |     | 11T05:00 | pending.running | 11T16:00 | 11T10:00
three quarters of the allowance are gone        | 10       |     | 11T10:00 | pending.at_risk | 11T16:00 | 11T16:00
one microsecond before it is due would still do | 10       |     | 11T15:59 | pending.at_risk | 11T16:00 | 11T16:00
""",
        ),
        Table(
            heading="After it was due: breached, awaited, unproven",
            tells="6.6 6.7 6.8 6.9 6.10 1.3 1.4 1.5 2.5 2.8 2.10 R1 G5",
            text="""
situation                                   | log days        | log           | as of    | verdict         | fulfilled | lapsed   | owed by | reason | wakes
complete logs show no act                   | 10, 11          |               | 12T05:00 | breached.open   |           | 11T16:00 |      | complete logs show no act |
complete logs show an act too late          | 10, 11          | 11T16:01 plow | 12T05:00 | breached.cured  | 11T16:01  | 11T16:00 |      | done late |
the log is not due yet                      | 10              |               | 11T16:00 | pending.overdue |           |          | firm | awaited: log of 2024-01-11 | 12T06:00
the log is late, and due only now           | 10              |               | 12T05:59 | pending.overdue |           |          | firm | awaited: log of 2024-01-11 | 12T06:00
the log is overdue                          | 10              |               | 12T06:00 | unproven        |           |          | firm | incomplete: log of 2024-01-11 |
an earlier log is missing for good          | 11              |               | 12T05:00 | unproven        |           |          | firm | incomplete: log of 2024-01-10 |
a late log brings the proof after all       | 10, 11@12T09:00 | 11T09:00 plow | 12T09:00 | met             | 11T09:00  |          |      | done in time |
a late log brings the proof of the breach   | 10, 11@12T09:00 |               | 12T09:00 | breached.open   |           | 11T16:00 |      | complete logs |
a log that came before its day was over     | 10, 11@11T15:00 |               | 12T06:00 | unproven        |           |          | firm | incomplete: log of 2024-01-11 |
both logs are missing, one is not due yet   |                 |               | 12T05:00 | pending.overdue |           |          | firm | awaited: log of 2024-01-10; log of 2024-01-11 | 12T06:00
""",
        ),
        Table(
            heading="Where the contract counts silence as breach",
            tells="2.9 6.9 G5",
            change="obligations: {clear: {silence: breached}}",
            text="""
situation                                         | log days        | log            | seen             | as of    | verdict         | lapsed   | owed by
no proof, no service: the log is overdue          | 10              |                |                  | 12T06:00 | breached.open   | 11T16:00 |
no proof, no service: the log is not overdue yet  | 10              |                |                  | 12T05:59 | pending.overdue |          | firm
a log came, one row of it cannot be read          | 10, 11          | ?11T09:00 plow |                  | 12T06:00 | unproven        |          | firm
a log is missing, and a row of another is in doubt | 10             | ?10T12:00 plow |                  | 12T06:00 | unproven        |          | firm
proof comes after all                             | 10, 11@12T09:00 | 11T09:00 plow  |                  | 12T09:00 | met             |          |
""",
        ),
        Table(
            heading="Several kinds together, or one of several",
            tells="6.1 6.2 6.3",
            change="obligations: {clear: {action: {kind: {all: [plow, haul]}}}}",
            text="""
situation                                      | log                            | seen             | as of    | verdict        | fulfilled | cites | reason
the last of the kinds completes it             | 11T09:00 plow, 11T15:00 haul   |                  | 12T05:00 | met            | 11T15:00 | 11T15:00 |
in whatever order                              | 11T09:00 haul, 11T15:00 plow   |                  | 12T05:00 | met            | 11T15:00 | 11T15:00 |
one kind twice is not both                     | 11T09:00 plow, 11T15:00 plow   |                  | 12T05:00 | breached.open  | | | complete logs show that it was not done whole until the deadline
the last of them too late                      | 11T09:00 plow, 11T17:00 haul   |                  | 12T05:00 | breached.cured | 11T17:00 | 11T17:00 | not done whole until the deadline; done late
decided: seen undone, one kind done anew: which was missing is not known | 11T02:00 plow, 11T03:00 haul, 11T10:00 haul | 11T05:00 covered | 12T05:00 | unproven | | 11T05:00 11T10:00 |
all kinds anew, in time                        | 11T02:00 plow, 11T03:00 haul, 11T10:00 haul, 11T12:00 plow | 11T05:00 covered | 12T05:00 | met | 11T12:00 | 11T12:00 |
seen undone before it was complete: parts stand | 11T02:00 plow, 11T10:00 haul  | 11T05:00 covered | 12T05:00 | met            | 11T10:00 | 11T10:00 |
""",
        ),
        Table(
            heading="Several kinds together, and rows that nobody can read",
            tells="6.3 2.4 1.1",
            change="obligations: {clear: {action: {kind: {all: [plow, haul]}}}}",
            note="Decided (docs/decisions/0052): a row is one act at most, of its kind where that is read.",
            text="""
situation                              | log                            | as of    | verdict       | owed by
it may be the one that is lacking      | 11T08:00 plow, ?11T09:00 haul  | 12T07:00 | unproven      | firm
or may not be read                     | 11T08:00 plow, ?11T09:00       | 12T07:00 | unproven      | firm
it is of the kind that was done        | 11T08:00 plow, ?11T09:00 plow  | 12T07:00 | breached.open |
one row is not both                    | ?11T09:00                      | 12T07:00 | breached.open |
two rows may be                        | ?11T09:00, ?11T10:00           | 12T07:00 | unproven      | firm
two rows of one kind are not           | ?11T09:00 plow, ?11T10:00 plow | 12T07:00 | breached.open |
""",
        ),
        Table(
            heading="Several kinds together, a row that nobody can read, and silence that counts as breach",
            tells="6.3 2.4 2.9",
            change="obligations: {clear: {silence: breached, action: {kind: {all: [plow, haul]}}}}",
            given={"log days": "10"},
            note="The log of the 11th is the debtor's and never comes: it hides nothing then, and the row is one act at most.",
            text="""
situation                              | log                            | as of    | verdict       | owed by
one row is not both                    | ?10T20:00                      | 12T07:00 | breached.open |
two rows may be                        | ?10T20:00, ?10T21:00           | 12T07:00 | unproven      | firm
it may be the one that is lacking      | 10T20:00 plow, ?10T21:00 haul  | 12T07:00 | unproven      | firm
it is of the kind that was done        | 10T20:00 plow, ?10T21:00 plow  | 12T07:00 | breached.open |
""",
        ),
        Table(
            heading="Several kinds together, beside a log that nobody promised to keep whole",
            tells="6.3 2.4 1.1",
            change="""
sources: {aid: {stream: service, run_by: city, path: "{part}.csv", due: null, redelivery: append}}
obligations: {clear: {action: {kind: {all: [plow, haul]}}}}
""",
            note="What it hides may be any number of acts, so that a row may be the other one.",
            text="""
situation                              | log                            | as of    | verdict  | owed by
one row may be one of two              | ?11T09:00                      | 12T07:00 | unproven | city, firm
it is of the kind that was done        | 11T08:00 plow, ?11T09:00 plow  | 12T07:00 | unproven | city
it may be the one that is lacking      | 11T08:00 plow, ?11T09:00 haul  | 12T07:00 | unproven | city, firm
""",
        ),
        Table(
            heading="One of several kinds",
            tells="6.1 6.2 6.3",
            change="obligations: {clear: {action: {kind: {any: [plow, haul]}}}}",
            text="""
situation        | log                          | as of    | verdict | fulfilled
the one will do  | 11T09:00 plow                | 12T05:00 | met     | 11T09:00
so will the other | 11T10:00 haul               | 12T05:00 | met     | 11T10:00
the first counts | 11T10:00 haul, 11T11:00 plow | 12T05:00 | met     | 11T10:00
""",
        ),
        Table(
            heading="A share of the street's length",
            tells="6.1 6.2 6.3 R7",
            change="""
sources: {log: {columns: {from_m: from_m, to_m: to_m}}}
obligations: {clear: {action: {share: 0.9}}}
""",
            text="""
situation                                       | length | log                                                     | seen | as of    | verdict       | fulfilled | reason
two halves                                      | 100    | 11T09:00 plow metres 0-50, 11T11:00 plow metres 50-100  |      | 12T05:00 | met           | 11T11:00 |
nine tenths are enough                          | 100    | 11T09:00 plow metres 0-60, 11T11:00 plow metres 60-90   |      | 12T05:00 | met           | 11T11:00 |
what overlaps counts once                       | 100    | 11T09:00 plow metres 0-60, 11T11:00 plow metres 20-80   |      | 12T05:00 | breached.open | | complete logs show that it was not done whole until the deadline
decided: the direction of travel does not matter | 100   | 11T09:00 plow metres 95-0                               |      | 12T05:00 | met           | 11T09:00 |
unlocated work never adds                       | 100    | 11T09:00 plow metres 0-80, 11T11:00 plow, 11T12:00 plow |      | 12T05:00 | breached.open | |
of the unit's own length                        | 200    | 11T09:00 plow metres 0-100                              |      | 12T05:00 | breached.open | |
decided: what lies beyond its end is none of it | 100    | 11T09:00 plow metres 0-85, 11T11:00 plow metres 120-150 |      | 12T05:00 | breached.open | |
neither where it was seen undone before         | 100    | 11T09:00 plow metres 0-85, 11T11:00 plow metres 95-150  | 11T05:00 covered | 12T05:00 | met | 11T11:00 |
nor where only the end is beyond                | 100    | 11T09:00 plow metres 0-85, 11T11:00 plow metres 97-150  | 11T05:00 covered | 12T05:00 | breached.open | | seen undone, and complete logs show that it was not done whole in time
the rest was done too late                      | 100    | 11T09:00 plow metres 0-50, 11T17:00 plow metres 50-100  |      | 12T05:00 | breached.cured | 11T17:00 |
no log came, so that nothing is known of any length | 100 |                                                         |      | 11T04:00 | pending.running | |
no log came, so that nothing is known of any length | 100 |                                                         |      | 11T04:00 | pending.running | |
decided: seen undone, half of it done anew: which half was missing is not known | 100 | 11T02:00 plow metres 0-100, 11T09:00 plow metres 50-100 | 11T05:00 covered | 12T05:00 | unproven | |
""",
        ),
        Table(
            heading="A share of the street's length, where the log tells of no place",
            tells="6.3",
            change="obligations: {clear: {action: {share: 0.9}}}",
            text="""
situation                         | log           | as of    | verdict
no log came yet                   |               | 11T04:00 | pending.running
unlocated work never adds         | 11T09:00 plow | 12T05:00 | breached.open
""",
        ),
    ),
)
