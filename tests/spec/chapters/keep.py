"""The pattern *keep* (SEMANTICS section 6): a level within bounds, slot by slot."""

from datetime import date

from tests.spec.chapter import Chapter, Table

KEEP = Chapter(
    title="Keep: a level within bounds",
    story="""
A level stays between 1 and 5 throughout the day, judged in slots of six hours: 00, 06, 12 and 18 o'clock. "measured" is the number of
slots that are proven bad, "high" how many there may be at most.
""",
    clause="""
term: {from: 2024-01-08, to: 2024-01-08}
contractors: [{id: firm, name: {en: Firm}}, {id: rival, name: {en: Rival}, actors: [R1]}]
sources: {meter: {columns: {level: level}}}
obligations:
  stay:
    pattern: keep
    window: day
    slot: PT6H
    level: {stream: position, value: level}
    at_least: 1
    at_most: 5
""",
    first=date(2024, 1, 7),
    last=date(2024, 1, 9),
    given={"period": "2024-01-08"},
    tables=(
        Table(
            heading="A value that is measured",
            tells="6.23 6.24 6.25 K1 K3 K4",
            text="""
situation                                        | meter days | meter                                                                                                        | as of   | verdict         | lapsed  | measured | high
within bounds in every slot, the bounds included | 8          | 8T01:00 mark level:1, 8T07:00 mark level:5, 8T13:00 mark level:2, 8T19:00 mark level:3                       | 9T05:00 | met             |         | 0        | 0
one measurement out of bounds                    | 8          | 8T01:00 mark level:1, 8T07:00 mark level:5, 8T13:00 mark level:2, 8T19:00 mark level:3, 8T08:00 mark level:6 | 9T05:00 | breached.open   | 8T12:00 | 1        | 1
out of bounds, although much is missing          | 8@8T09:00  | 8T08:00 mark level:0                                                                                         | 8T12:00 | breached.open   | 8T12:00 | 1        | 4
a slot is judged when it is over                 | 8@8T09:00  | 8T08:00 mark level:0                                                                                         | 8T11:59 | pending.running |         | 0        | 4
before the term's first day nothing is owed      |            |                                                                                                              | 7T12:00 | none            |         |          |
a slot without measurement is not known          | 8          | 8T01:00 mark level:1, 8T07:00 mark level:1, 8T13:00 mark level:1                                             | 9T05:00 | unproven        |         | 0        | 1
a measurement without value is not known         | 8          | 8T01:00 mark level:1, 8T07:00 mark level:5, 8T13:00 mark level:2, 8T19:00 mark level:3, 8T08:00 mark         | 9T05:00 | unproven        |         | 0        | 1
a slot that a gap touches is not known           | 8@8T23:00  | 8T01:00 mark level:1, 8T07:00 mark level:5, 8T13:00 mark level:2, 8T19:00 mark level:3                       | 9T06:00 | unproven        |         | 0        | 1
nor yet, while the log is not due                | 8@8T23:00  | 8T01:00 mark level:1, 8T07:00 mark level:5, 8T13:00 mark level:2, 8T19:00 mark level:3                       | 9T05:59 | pending.overdue |         | 0        | 1
three quarters are over                          | 8@8T18:00  | 8T01:00 mark level:1, 8T07:00 mark level:5, 8T13:00 mark level:2, 8T19:00 mark level:3                       | 8T18:00 | pending.at_risk |         | 0        | 1
""",
        ),
        Table(
            heading="Slots within opening hours",
            tells="6.23 4.5",
            change="""
calendars: {counter: {hours: {mon-fri: "06:30-12:00"}}}
obligations: {stay: {window: {each: day, calendar: counter}}}
""",
            note="Decided (docs/decisions/0061): a slot in which the calendar is open at all is judged; the others are not owed.",
            text="""
situation                              | meter days | meter                                    | as of   | verdict         | lapsed  | measured | high
within bounds while it is open         | 8          | 8T07:00 mark level:5                     | 9T05:00 | met             |         | 0        | 0
out of bounds before and after         | 8          | 8T01:00 mark level:9, 8T07:00 mark level:5, 8T13:00 mark level:9 | 9T05:00 | met |   | 0        | 0
out of bounds while it is open         | 8          | 8T07:00 mark level:9                     | 9T05:00 | breached.open   | 8T12:00 | 1        | 1
nothing measured while it is open      | 8          | 8T13:00 mark level:1                     | 9T05:00 | unproven        |         | 0        | 1
what is missing matters only then      | 8@8T12:00  | 8T07:00 mark level:5                     | 9T05:00 | met             |         | 0        | 0
""",
        ),
        Table(
            heading="A storm outside of opening hours",
            tells="6.23 4.5",
            change="""
calendars: {counter: {hours: {mon-fri: "06:30-12:00"}}}
obligations: {stay: {slot: PT2H, window: {each: null, while: {stream: condition, kind: storm, merge_gap: PT4H}, calendar: counter}}}
""",
            given={"meter days": "8", "period": ""},
            note="Decided (docs/decisions/0061 and 0070): the slots run from the storm's start; a storm while all is closed owes nothing.",
            text="""
situation                        | weather                | meter                                      | as of   | verdict         | lapsed  | measured
it ends after closing time       | 8T10:00..8T18:00 storm | 8T11:00 mark level:1, 8T15:00 mark level:9 | 9T05:00 | met             |         | 0
out of bounds before that        | 8T10:00..8T18:00 storm | 8T11:00 mark level:9                       | 9T05:00 | breached.open   | 8T12:00 | 1
it begins after closing time     | 8T12:00..8T18:00 storm | 8T15:00 mark level:9                       | 9T05:00 | none            |         |
""",
        ),
        Table(
            heading="Some bad slots are allowed",
            tells="6.24 6.25 K3",
            change="""
obligations: {stay: {max_bad: 2}}
""",
            text="""
situation                            | meter days | meter                                                                                  | as of   | verdict       | lapsed  | measured | high
two bad slots are allowed            | 8          | 8T01:00 mark level:9, 8T07:00 mark level:9, 8T13:00 mark level:1, 8T19:00 mark level:1 | 9T05:00 | met           |         | 2        | 2
one bad and one unknown are not more | 8          | 8T01:00 mark level:9, 8T07:00 mark level:1, 8T13:00 mark level:1                       | 9T05:00 | met           |         | 1        | 2
two bad and one unknown may be       | 8          | 8T01:00 mark level:9, 8T07:00 mark level:9, 8T13:00 mark level:1                       | 9T05:00 | unproven      |         | 2        | 3
the third ends it                    | 8          | 8T01:00 mark level:9, 8T07:00 mark level:9, 8T13:00 mark level:1, 8T19:00 mark level:9 | 9T05:00 | breached.open | 9T00:00 | 3        | 3
""",
        ),
        Table(
            heading="One person excuses no lapse that came before",
            tells="1.1 6.24 7.1 7.2",
            text="""
situation                               | meter                                                      | decisions           | meter days | as of   | verdict         | lapsed
its slot was over: a waiver             | 8T01:00 mark level:9                                       | excuse 8T06:00 A    | 8@8T14:00  | 8T15:00 | breached.open   | 8T06:00
it was not                              | 8T01:00 mark level:9                                       | excuse 8T05:59 A    | 8@8T14:00  | 8T15:00 | excused         |
two persons                             | 8T01:00 mark level:9                                       | excuse 8T10:00 A+B  | 8@8T14:00  | 8T15:00 | excused         |
a slot before may have been bad         | 8T07:00 mark level:1, 8T13:00 mark level:9                 | excuse 8T12:30 A    | 8@8T14:00  | 8T15:00 | pending.running |
in the end nobody knows                 | 8T07:00 mark level:1, 8T13:00 mark level:9, 8T19:00 mark level:1 | excuse 8T12:30 A | 8        | 9T05:00 | unproven        |
all before were good                    | 8T01:00 mark level:1, 8T07:00 mark level:1, 8T13:00 mark level:9 | excuse 8T12:30 A | 8        | 9T05:00 | excused         |
""",
        ),
        Table(
            heading="While a trigger lasts",
            tells="6.17 6.23",
            change="""
obligations: {stay: {window: {each: null, while: {stream: condition, kind: storm, merge_gap: PT4H}}}}
""",
            given={"weather": "8T06:00..8T22:00 storm", "meter days": "8", "period": "2024-01-07T22:00Z"},
            note="The storm is seen from 06:00 to 22:00 of the 8th; whether it goes on the weather's file of the 9th tells.",
            text="""
situation                                          | weather days | meter                                                    | as of    | verdict         | lapsed  | measured
out of bounds in a slot that is over: it is broken | 8            | 8T07:00 mark level:1, 8T13:00 mark level:6, 8T19:00 mark level:1 | 9T05:00  | breached.open   | 8T18:00 | 1
the last slot may still grow: nothing is decided   | 8            | 8T07:00 mark level:1, 8T13:00 mark level:1, 8T19:00 mark level:1 | 9T05:00  | pending.running |         | 0
the last slot is bad already, and may still run    | 8@8T22:30    | 8T07:00 mark level:1, 8T13:00 mark level:1, 8T19:00 mark level:6 | 8T23:00  | pending.running |         | 0
it is bad however long it ran, and over by 24:00   | 8            | 8T07:00 mark level:1, 8T13:00 mark level:1, 8T19:00 mark level:6 | 9T05:00  | breached.open   | 9T00:00 | 1
what was measured after 22:00 may lie outside      | 8            | 8T07:00 mark level:1, 8T13:00 mark level:1, 8T23:00 mark level:6 | 9T05:00  | pending.running |         | 0
it ended at 22:00: three slots, all of them good   | 8, 9         | 8T07:00 mark level:1, 8T13:00 mark level:1, 8T19:00 mark level:1 | 10T05:00 | met             |         | 0
it ended at 22:00: the last slot is the bad one    | 8, 9         | 8T07:00 mark level:1, 8T13:00 mark level:1, 8T19:00 mark level:6 | 10T05:00 | breached.open   | 8T22:00 | 1
""",
        ),
        Table(
            heading="Different ones in the last slot of a storm",
            tells="6.23 K1 K2",
            change="""
obligations: {stay: {window: {each: null, while: {stream: condition, kind: storm, merge_gap: PT4H}}, level: {stream: position, value: null, count: actor}, at_least: 2, at_most: null, max_bad: 1}}
""",
            given={"weather": "8T06:00..8T22:00 storm", "meter days": "8", "period": "2024-01-07T22:00Z"},
            text="""
situation                                 | weather days | meter                                                                       | as of    | verdict         | lapsed  | measured
one is too few so far: another may come   | 8            | 8T07:00 mark by a, 8T13:00 mark by a, 8T13:10 mark by b, 8T19:00 mark by a | 9T05:00  | pending.running |         | 1
it ended at 22:00: one there, too few     | 8, 9         | 8T07:00 mark by a, 8T13:00 mark by a, 8T13:10 mark by b, 8T19:00 mark by a | 10T05:00 | breached.open   | 8T22:00 | 2
""",
        ),
        Table(
            heading="Different ones at most, in the last slot of a storm",
            tells="6.23 K2",
            change="""
obligations: {stay: {window: {each: null, while: {stream: condition, kind: storm, merge_gap: PT4H}}, level: {stream: position, value: null, count: actor}, at_least: null, at_most: 1}}
""",
            given={"weather": "8T06:00..8T22:00 storm", "meter days": "8", "period": "2024-01-07T22:00Z"},
            text="""
situation                                 | weather days | meter                                | as of    | verdict         | lapsed  | measured
two are too many, however long it ran     | 8            | 8T19:00 mark by a, 8T20:00 mark by b | 9T05:00  | breached.open   | 9T00:00 | 1
one is not, and another may come          | 8            | 8T19:00 mark by a                    | 9T05:00  | pending.running |         | 0
""",
        ),
        Table(
            heading="Open at any instant of the last slot of a storm",
            tells="6.23 K1",
            change="""
obligations: {stay: {window: {each: null, while: {stream: condition, kind: storm, merge_gap: PT4H}}, level: {stream: position, value: null, open: true}, at_least: 1, at_most: null}}
""",
            given={"weather": "8T06:00..8T22:00 storm", "meter days": "7..8", "period": "2024-01-07T22:00Z"},
            text="""
situation                                 | weather days | meter                              | as of    | verdict         | lapsed  | measured
none from 21:00 on: that is bad for ever  | 8            | 8T05:00/8T21:00 mark               | 9T05:00  | breached.open   | 9T00:00 | 1
one until 23:00, and the storm may go on  | 8            | 8T05:00/8T23:00 mark               | 9T05:00  | pending.running |         | 0
one until 23:00, and it ended at 22:00    | 8, 9         | 8T05:00/8T23:00 mark               | 10T05:00 | met             |         | 0
""",
        ),
        Table(
            heading="So many different ones in every slot",
            tells="6.23 K1 K2",
            change="""
obligations: {stay: {level: {stream: position, value: null, count: actor}, at_least: 2, at_most: null}}
""",
            text="""
situation                        | meter days | meter                                                                                                                                                   | as of   | verdict       | lapsed  | measured | high
two in every slot                | 8          | 8T01:00 mark by a, 8T02:00 mark by b, 8T07:00 mark by a, 8T08:00 mark by b, 8T13:00 mark by a, 8T14:00 mark by b, 8T19:00 mark by a, 8T20:00 mark by b  | 9T05:00 | met           |         | 0        | 0
the same one twice is one        | 8          | 8T01:00 mark by a, 8T02:00 mark by b, 8T07:00 mark by a, 8T08:00 mark by b, 8T13:00 mark by a, 8T14:00 mark by b, 8T19:00 mark by a, 8T20:00 mark by a  | 9T05:00 | breached.open | 9T00:00 | 1        | 1
one who gives no name is none    | 8          | 8T01:00 mark by a, 8T02:00 mark by b, 8T07:00 mark by a, 8T08:00 mark by b, 8T13:00 mark by a, 8T14:00 mark by b, 8T19:00 mark by a, 8T20:00 mark       | 9T05:00 | breached.open | 9T00:00 | 1        | 1
others are none                  | 8          | 8T01:00 mark by a, 8T02:00 mark by b, 8T07:00 mark by a, 8T08:00 mark by b, 8T13:00 mark by a, 8T14:00 mark by b, 8T19:00 mark by a, 8T20:00 mark by R1 | 9T05:00 | breached.open | 9T00:00 | 1        | 1
too few, the log is missing      | 8@8T19:00  | 8T01:00 mark by a, 8T02:00 mark by b, 8T07:00 mark by a, 8T08:00 mark by b, 8T13:00 mark by a, 8T14:00 mark by b, 8T18:30 mark by a                     | 9T06:00 | unproven      |         | 0        | 1
enough, whatever else is missing | 8@8T19:00  | 8T01:00 mark by a, 8T02:00 mark by b, 8T07:00 mark by a, 8T08:00 mark by b, 8T13:00 mark by a, 8T14:00 mark by b, 8T18:30 mark by a, 8T18:40 mark by b  | 9T00:00 | met           |         | 0        | 0
nobody                           | 8          |                                                                                                                                                         | 9T05:00 | breached.open | 8T06:00 | 4        | 4
""",
        ),
        Table(
            heading="So many different ones at most",
            tells="6.23 K2",
            change="""
obligations: {stay: {level: {stream: position, value: null, count: actor}, at_least: null, at_most: 1}}
""",
            text="""
situation                             | meter days | meter                                | as of   | verdict       | lapsed  | measured | high
two are too many, whatever is missing | 8@8T04:00  | 8T01:00 mark by a, 8T02:00 mark by b | 8T06:00 | breached.open | 8T06:00 | 1        | 4
""",
        ),
        Table(
            heading="So many intervals open at any instant",
            tells="5.2 6.23 K1 K2",
            change="""
obligations: {stay: {level: {stream: position, value: null, open: true}, at_least: 1, at_most: null}}
""",
            text="""
situation                              | meter days | meter                              | as of   | verdict       | lapsed  | measured | high
one is always open                     | 7..8       | 7T20:00/8T12:00 mark, 8T11:00 mark | 9T05:00 | met           |         | 0        | 0
none for an instant                    | 7..8       | 7T20:00/8T11:59 mark, 8T12:00 mark | 9T05:00 | breached.open | 8T12:00 | 1        | 1
one closes as the next opens           | 7..8       | 7T20:00/8T12:00 mark, 8T12:00 mark | 9T05:00 | met           |         | 0        | 0
what is open at the start began before | 7..8       | 8T00:01 mark                       | 9T05:00 | breached.open | 8T06:00 | 1        | 1
others are none, also since the day before | 7..8   | 7T20:00/8T12:00 mark by R1, 8T12:00 mark | 9T05:00 | breached.open | 8T06:00 | 2   | 2
""",
        ),
        Table(
            heading="So many open at most",
            tells="6.23 K1 K2",
            change="""
obligations: {stay: {level: {stream: position, value: null, open: true}, at_least: null, at_most: 2}}
""",
            text="""
situation               | meter days | meter                                                            | as of   | verdict       | lapsed  | measured | high
two at once are allowed | 7..8       | 8T01:00/8T03:00 mark, 8T02:00/8T04:00 mark, 8T03:00/8T05:00 mark | 9T05:00 | met           |         | 0        | 0
three are not           | 7..8       | 8T01:00/8T03:00 mark, 8T02:00/8T04:00 mark, 8T02:30/8T05:00 mark | 9T05:00 | breached.open | 8T06:00 | 1        | 1
identical rows are one  | 7..8       | 8T01:00/8T03:00 mark, 8T02:00/8T04:00 mark, 8T02:00/8T04:00 mark | 9T05:00 | met           |         | 0        | 0
others are none         | 7..8       | 8T01:00/8T03:00 mark, 8T02:00/8T04:00 mark, 8T02:30/8T05:00 mark by R1 | 9T05:00 | met     |         | 0        | 0
""",
        ),
        Table(
            heading="What is open may have begun in a gap before the window",
            tells="1.1 2.4 6.23",
            change="""
obligations: {stay: {level: {stream: position, value: null, open: true}, at_least: 1, at_most: null}}
""",
            note="Decided (docs/decisions/0034): so it is from the day on from which the log is owed, here the 7th.",
            text="""
situation                                  | meter days    | meter                          | as of    | verdict         | lapsed  | owed by
one may be open since the 7th              | 8             |                                | 9T06:00  | unproven        |         | firm
the 7th comes, and tells of none           | 7@9T07:00, 8  |                                | 9T07:00  | breached.open   | 8T06:00 |
the 7th comes, and tells of one            | 7@9T07:00, 8  | 7T20:00 mark                   | 9T07:00  | met             |         |
a row of the 7th that nobody can read      | 7..8          | ?7T20:00 mark                  | 9T06:00  | unproven        |         | firm
a row of the day itself                    | 7..8          | 7T20:00/8T05:00 mark, ?8T01:00 mark | 9T06:00 | unproven    |         | firm
it begins after one slot without           | 7..8          | ?8T07:00 mark                  | 9T06:00  | breached.open   | 8T06:00 |
one is known to be open all the time       | 8             | 8T00:00 mark                   | 9T06:00  | met             |         |
""",
        ),
        Table(
            heading="At most so many open, and a gap before the window",
            tells="1.1 2.1 6.23",
            change="""
obligations: {stay: {level: {stream: position, value: null, open: true}, at_least: null, at_most: 1}}
""",
            text="""
situation                              | meter days | meter                                    | as of   | verdict       | lapsed  | owed by
one, and more may be open since the 7th | 8         | 8T09:00/8T10:00 mark                     | 9T06:00 | unproven      |         | firm
two are, whatever else is              | 8          | 8T09:00/8T11:00 mark, 8T10:00/8T11:00 mark | 9T06:00 | breached.open | 8T12:00 |
one, and the 7th is complete           | 7..8       | 8T09:00/8T10:00 mark                     | 9T06:00 | met           |         |
""",
        ),
    ),
)
