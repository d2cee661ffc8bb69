"""The pattern *attain* (SEMANTICS section 6): a share, a percentile or a count over a window."""

from datetime import date

from tests.spec.chapter import Chapter, Table

_MADE_GOOD = """
obligations:
  answer: {items: {stream: null, duties: make-good}, good: null, at_least: 0.5}
  make-good:
    pattern: respond
    trigger: {breach: clear}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT2H
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT4H}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT2H
"""
ATTAIN = Chapter(
    title="Attain: a share, a percentile, a count",
    story="""
Of the calls of a day, half are answered within 20 seconds; `wait` is how many seconds each waited. The day is the 8th, its log comes at
05:00 of the 9th and is due at 06:00. "low" and "high" are the range that the evidence leaves open.
""",
    clause="""
term: {from: 2024-01-08, to: 2024-01-08}
sources: {calls: {columns: {wait: wait}}}
obligations:
  answer:
    pattern: attain
    window: day
    items: {stream: call}
    good: wait <= 20
    at_least: 0.5
""",
    first=date(2024, 1, 7),
    last=date(2024, 1, 9),
    given={"period": "2024-01-08"},
    tables=(
        Table(
            heading="A share",
            tells="6.15 6.16 6.19 6.20 6.21 6.22 A1 A3 A4 A5 A7 A10 G9",
            text="""
situation                                      | calls days | calls                                                            | as of    | verdict         | lapsed  | measured | low    | high   | items
half of them is enough                         | 8          | 8T09:00 call wait:10, 8T10:00 call wait:30                       | 9T05:00  | met             |         | 0.5      | 0.5    | 0.5    | 2
less than half is not                          | 8          | 8T09:00 call wait:10, 8T10:00 call wait:30, 8T11:00 call wait:30 | 9T05:00  | breached.open   | 9T00:00 | 0.3333   | 0.3333 | 0.3333 | 3
what starts at the end belongs to the next day | 8..9       | 8T09:00 call wait:10, 9T00:00 call wait:30, 9T00:00 call wait:31 | 10T05:00 | met             |         | 1        | 1      | 1      | 1
nothing is decided before the end              | 8@8T12:00  | 8T09:00 call wait:30                                             | 8T12:00  | pending.running |         | 0        |        |        | 1
three quarters of the day are gone             | -          |                                                                  | 8T18:00  | pending.at_risk |         |          |        |        | 0
an empty day is neither 0 % nor 100 %          | 8          |                                                                  | 9T05:00  | void.unassessed |         |          |        |        | 0
unknown, but it does not matter                | 8          | 8T09:00 call wait:10, 8T10:00 call                               | 9T05:00  | met             |         | 1        | 0.5    | 1      | 2
unknown, and it matters                        | 8          | 8T09:00 call wait:30, 8T10:00 call                               | 9T05:00  | unproven        |         | 0        | 0      | 0.5    | 2
the log is not due yet                         | -          |                                                                  | 9T05:59  | pending.overdue |         |          |        |        | 0
the log is overdue: unproven without a range   | 8@8T20:00  | 8T09:00 call wait:10                                             | 9T06:00  | unproven        |         | 1        |        |        | 1
identical rows are one call                    | 8          | 8T09:00 call wait:10, 8T10:00 call wait:30, 8T10:00 call wait:30 | 9T05:00  | met             |         | 0.5      | 0.5    | 0.5    | 2
""",
        ),
        Table(
            heading="A share of what was closed on a day",
            tells="6.16",
            change="""
sources: {calls: {columns: {closed_at: closed_at}}}
obligations: {answer: {items: {stream: call, at: closed_at}}}
""",
            text="""
situation                                      | calls days | calls                                                                                           | as of   | verdict       | lapsed  | measured | low | high | items
it came the day before, and was closed that day | 7, 8      | 7T23:00 call wait:10 closed_at:8T00:30                                                          | 9T05:00 | met           |         | 1        | 1   | 1    | 1
what is closed the day after counts there      | 7, 8       | 7T23:00 call wait:30 closed_at:8T00:30, 8T09:00 call wait:10 closed_at:9T01:00                  | 9T05:00 | breached.open | 9T00:00 | 0        | 0   | 0    | 1
""",
        ),
        Table(
            heading="A share of at most",
            tells="6.15 A4",
            change="""
obligations: {answer: {good: wait > 60, at_least: null, at_most: 0.25}}
""",
            text="""
situation            | calls days | calls                                                                               | as of   | verdict       | lapsed  | measured | low    | high   | items
a quarter is allowed | 8          | 8T01:00 call wait:61, 8T02:00 call wait:1, 8T03:00 call wait:1, 8T04:00 call wait:1 | 9T05:00 | met           |         | 0.25     | 0.25   | 0.25   | 4
a third is too much  | 8          | 8T01:00 call wait:61, 8T02:00 call wait:1, 8T03:00 call wait:1                      | 9T05:00 | breached.open | 9T00:00 | 0.3333   | 0.3333 | 0.3333 | 3
""",
        ),
        Table(
            heading="A percentile",
            tells="6.15 A8 A1",
            change="""
obligations: {answer: {good: null, percentile: {of: wait, rank: 0.9}, at_least: null, at_most: 30}}
""",
            text="""
situation                                 | calls days | calls                                                                                                                                                                                                              | as of   | verdict       | lapsed  | measured | low | high | items
nine of ten within the target             | 8          | 8T01:00 call wait:1, 8T02:00 call wait:2, 8T03:00 call wait:3, 8T04:00 call wait:4, 8T05:00 call wait:5, 8T06:00 call wait:6, 8T07:00 call wait:7, 8T08:00 call wait:8, 8T09:00 call wait:30, 8T10:00 call wait:99 | 9T05:00 | met           |         | 30       | 30  | 30   | 10
of nine, the ninth stands for nine tenths | 8          | 8T01:00 call wait:1, 8T02:00 call wait:2, 8T03:00 call wait:3, 8T04:00 call wait:4, 8T05:00 call wait:5, 8T06:00 call wait:6, 8T07:00 call wait:7, 8T08:00 call wait:8, 8T09:00 call wait:99                       | 9T05:00 | breached.open | 9T00:00 | 99       | 99  | 99   | 9
an unknown value may be any               | 8          | 8T01:00 call wait:1, 8T02:00 call                                                                                                                                                                                  | 9T05:00 | unproven      |         | 1        | 1   |      | 2
""",
        ),
        Table(
            heading="A percentile of at least",
            tells="6.15 A8 A1",
            change="""
obligations: {answer: {good: null, percentile: {of: wait, rank: 0.5}, at_least: 10}}
""",
            note="The value in the middle, or the lower one of the two that are, is 10 at least.",
            text="""
situation                        | calls                                                           | as of   | verdict       | lapsed  | measured | low | high | items
the second of three is           | 8T01:00 call wait:5, 8T02:00 call wait:10, 8T03:00 call wait:30 | 9T05:00 | met           |         | 10       | 10  | 10   | 3
the first of two is not          | 8T01:00 call wait:9, 8T02:00 call wait:30                       | 9T05:00 | breached.open | 9T00:00 | 9        | 9   | 9    | 2
the second of four is not        | 8T01:00 call wait:30, 8T02:00 call wait:9, 8T03:00 call wait:5, 8T04:00 call wait:31 | 9T05:00 | breached.open | 9T00:00 | 9 | 9 | 9 | 4
an unknown value may be any      | 8T01:00 call wait:30, 8T02:00 call                              | 9T05:00 | unproven      |         | 30       |     | 30   | 2
""",
        ),
        Table(
            heading="A count of at least",
            tells="6.15 A5 A6 A7",
            change="""
obligations: {answer: {good: null, at_least: 2}}
""",
            text="""
situation                                      | calls days | calls                                    | as of   | verdict       | lapsed  | measured | low | high | items
two calls are enough, whatever else is missing | 8@8T12:00  | 8T09:00 call wait:1, 8T10:00 call wait:1 | 8T12:00 | met           |         | 2        | 2   |      | 2
one is not                                     | 8          | 8T09:00 call wait:1                      | 9T05:00 | breached.open | 9T00:00 | 1        | 1   | 1    | 1
none is not, and none is not too few to say so | 8          |                                          | 9T05:00 | breached.open | 9T00:00 | 0        | 0   | 0    | 0
the log is overdue                             | -          |                                          | 9T06:00 | unproven      |         | 0        | 0   |      | 0
""",
        ),
        Table(
            heading="A count of at most",
            tells="6.15 A5 A6",
            change="""
obligations: {answer: {good: null, at_least: null, at_most: 1}}
""",
            text="""
situation                        | calls days | calls                                    | as of   | verdict       | lapsed  | measured | low | high | items
one is allowed                   | 8          | 8T09:00 call wait:1                      | 9T05:00 | met           |         | 1        | 1   | 1    | 1
two are too many, before the end | 8@8T12:00  | 8T09:00 call wait:1, 8T10:00 call wait:1 | 8T12:00 | breached.open | 8T10:00 | 2        | 2   |      | 2
it lapsed when the second came   | 8          | 8T09:00 call wait:1, 8T10:00 call wait:1, 8T11:00 call wait:1 | 9T05:00 | breached.open | 8T10:00 | 3 | 3 | 3 | 3
""",
        ),
        Table(
            heading="All of them: one is enough to miss it",
            tells="1.3 1.5 6.15 6.20",
            change="""
obligations: {answer: {at_least: 1}}
""",
            note="Decided (docs/decisions/0040): whatever is missing, not all are good; and it is so from the first bad one on.",
            text="""
situation                                   | calls days | calls                                                      | as of   | verdict         | lapsed  | measured | low | high | cites
a bad one, and the rest of the log is missing | 8@8T20:00 | 8T09:00 call wait:10, 8T10:00 call wait:30                | 9T06:00 | breached.open   | 8T10:00 | 0.5      |     |      | 08T10:00
before the day is over                      | 8@8T12:00  | 8T10:00 call wait:30, 8T11:00 call wait:31                 | 8T12:00 | breached.open   | 8T10:00 | 0        |     |      | 08T10:00
when all is known, it lapsed as it did      | 8          | 8T10:00 call wait:30, 8T11:00 call wait:31, 8T12:00 call wait:10 | 9T05:00 | breached.open | 8T10:00 | 0.3333 | 0.3333 | 0.3333 | 08T10:00
of one it is not known how long it waited   | 8@8T12:00  | 8T10:00 call                                               | 8T12:00 | pending.running |         |          |     |      |
none is bad so far                          | 8@8T20:00  | 8T09:00 call wait:10                                       | 9T06:00 | unproven        |         | 1        |     |      |
""",
        ),
        Table(
            heading="None of them",
            tells="1.3 6.15 6.20",
            change="""
obligations: {answer: {good: wait > 60, at_least: null, at_most: 0}}
""",
            text="""
situation                                     | calls days | calls                                      | as of   | verdict       | lapsed
one is too many, and the rest of the log is missing | 8@8T20:00 | 8T09:00 call wait:10, 8T10:00 call wait:61 | 9T06:00 | breached.open | 8T10:00
none is known                                 | 8@8T20:00  | 8T09:00 call wait:10                       | 9T06:00 | unproven      |
""",
        ),
        Table(
            heading="The longest wait",
            tells="1.3 6.15 6.20",
            change="""
obligations: {answer: {good: null, percentile: {of: wait, rank: 1}, at_least: null, at_most: 30}}
""",
            text="""
situation                           | calls days | calls                                      | as of   | verdict         | lapsed
one waited too long                 | 8@8T20:00  | 8T09:00 call wait:30, 8T10:00 call wait:31 | 9T06:00 | breached.open   | 8T10:00
none so far                         | 8@8T20:00  | 8T09:00 call wait:30                       | 9T06:00 | unproven        |
""",
        ),
        Table(
            heading="What is decided before the window is over, and its range then",
            tells="1.7 6.20",
            change="""
term: {from: 2024-01-08, to: 2024-01-14}
obligations: {answer: {at_least: 1, window: week, min_coverage: 0.2}}
""",
            given={"period": "2024-W02", "calls days": "8, 9"},
            note="""
Nothing comes after the 10th. The range is known on the 15th, as the week ends, however often it was judged before: a missed target and
an excuse wake then, too.""",
            text="""
situation                  | calls                | decisions           | judged before | as of    | verdict       | lapsed  | low | high
nobody judged before       | 8T09:00 call wait:30 |                     |               | 15T06:00 | breached.open | 8T09:00 | 0   | 0
it was in breach long ago  | 8T09:00 call wait:30 |                     | 11T12:00      | 15T06:00 | breached.open | 8T09:00 | 0   | 0
nothing more came          | 8T09:00 call wait:30 |                     | 11T12:00      | 14T06:00 | breached.open | 8T09:00 |     |
it was excused             | 8T09:00 call wait:30 | excuse 10T10:00 A+B | 11T12:00      | 15T06:00 | excused       |         | 0   | 0
""",
        ),
        Table(
            heading="One person excuses no lapse that came before",
            tells="1.1 6.20 7.1 7.2",
            change="""
term: {from: 2024-01-08, to: 2024-01-14}
obligations: {answer: {at_least: 1, window: week}}
""",
            given={"period": "2024-W02"},
            text="""
situation                                  | calls                                      | decisions           | calls days | as of    | verdict         | lapsed  | owed by
it had lapsed: a waiver                    | 8T09:00 call wait:30                       | excuse 8T09:00 A    | 8..9       | 10T07:00 | breached.open   | 8T09:00 |
also when the week is over                 | 8T09:00 call wait:30                       | excuse 10T12:00 A   | 8..14      | 15T05:00 | breached.open   | 8T09:00 |
it had not                                 | 8T09:00 call wait:30                       | excuse 8T08:59 A    | 8..14      | 15T05:00 | excused         |         |
before the week began                      | 8T09:00 call wait:30                       | excuse 7T12:00 A    | 9..14      | 15T06:00 | excused         |         |
one person, and two                        | 8T09:00 call wait:30                       | excuse 10T12:00 A, excuse 11T12:00 A+B | 8..14 | 15T05:00 | excused |    |
it lapsed after the excuse                 | 8T09:00 call wait:10, 12T09:00 call wait:30 | excuse 10T12:00 A  | 8..14      | 15T05:00 | excused         |         |
the log of the 9th is missing              | 8T09:00 call wait:10                       | excuse 10T12:00 A   | 8, 10..11  | 12T07:00 | pending.running |         |
in the end nobody knows when it lapsed     | 8T09:00 call wait:10, 12T09:00 call wait:30 | excuse 10T12:00 A  | 8, 10..14  | 15T06:00 | unproven        |         | firm
nor whether that was in time               | 8T09:00 call, 12T09:00 call wait:30        | excuse 10T12:00 A   | 8..14      | 15T06:00 | unproven        |         |
""",
        ),
        Table(
            heading="One person excuses no lapse that came before: one too many",
            tells="6.15 7.1 7.2",
            change="""
term: {from: 2024-01-08, to: 2024-01-14}
obligations: {answer: {good: null, at_least: null, at_most: 1, window: week}}
""",
            given={"period": "2024-W02", "calls": "8T09:00 call, 9T09:00 call", "as of": "15T06:00"},
            text="""
situation                             | decisions         | calls days | verdict       | lapsed
it had lapsed: a waiver               | excuse 9T09:00 A  | 8..14      | breached.open | 9T09:00
it had not                            | excuse 9T08:59 A  | 8..14      | excused       |
the log of the 8th is missing         | excuse 9T12:00 A  | 9..14      | unproven      |
""",
        ),
        Table(
            heading="One person excuses no lapse that came before: what a row may hide",
            tells="1.1 6.15 7.1 7.2",
            change="""
term: {from: 2024-01-08, to: 2024-01-14}
obligations: {answer: {good: null, at_least: null, at_most: 2, window: week}}
""",
            given={"period": "2024-W02", "calls days": "8..14", "as of": "15T06:00"},
            note="A row that nobody can read is one call at most; two calls may come in the week.",
            text="""
situation                                  | calls                                                          | decisions         | verdict       | lapsed
one call and a row: that was not too much  | 8T09:00 call, ?8T09:30 call, 10T09:00 call, 10T10:00 call      | excuse 9T12:00 A  | excused       |
two calls and a row: it may have been      | 8T09:00 call, 8T09:10 call, ?8T09:30 call, 10T09:00 call       | excuse 9T12:00 A  | unproven      |
the row came after the excuse              | 8T09:00 call, 8T09:10 call, ?10T09:30 call, 10T09:00 call      | excuse 9T12:00 A  | excused       |
too many before, whatever the row tells    | 8T09:00 call, 8T09:10 call, ?8T09:30 call, 9T09:00 call        | excuse 9T12:00 A  | breached.open | 9T09:00
""",
        ),
        Table(
            heading="All of them, where two calls are the fewest to be assessed",
            tells="1.3 6.20 6.21",
            change="""
obligations: {answer: {at_least: 1, min_items: 2}}
""",
            text="""
situation                                 | calls days | calls                                      | as of   | verdict         | lapsed
there may be no other                     | 8@8T20:00  | 8T10:00 call wait:30                       | 9T06:00 | unproven        |
there is another: it is assessed          | 8@8T20:00  | 8T09:00 call wait:10, 8T10:00 call wait:30 | 9T06:00 | breached.open   | 9T00:00
""",
        ),
        Table(
            heading="All of them, in every two hours",
            tells="1.3 6.18 6.20",
            change="""
term: {from: 2024-01-07, to: 2024-01-08}
obligations: {answer: {at_least: 1, window: {each: day, rolling: PT2H}}}
""",
            text="""
situation                       | calls days   | calls                                      | as of   | verdict       | lapsed
a bad one beside what is missing | 7, 8@8T10:30 | 8T09:00 call wait:10, 8T10:00 call wait:30 | 9T06:00 | breached.open | 8T10:00
""",
        ),
        Table(
            heading="All of some duties",
            tells="1.3 6.19 6.20",
            change="""
term: {from: 2024-01-08, to: 2024-01-14}
obligations:
  answer: {window: week, items: {stream: null, duties: sweep}, good: null, at_least: 1}
  sweep: {pattern: recur, period: day, times: 1, action: {stream: service, kind: sweep}}
""",
            given={"period": "2024-W02"},
            note="It lapses when the first of them does, the 9th at its end.",
            text="""
situation                | log days | log                           | as of    | verdict         | lapsed
the 9th was not swept    | 8..10    | 8T09:00 sweep, 10T09:00 sweep | 11T05:00 | breached.open   | 10T00:00
all were, so far         | 8..9     | 8T09:00 sweep, 9T09:00 sweep  | 11T05:00 | pending.running |
""",
        ),
        Table(
            heading="Rolling windows",
            tells="6.17 6.18 A9",
            change="""
term: {from: 2024-01-07, to: 2024-01-08}
obligations: {answer: {window: {each: day, rolling: PT2H}}}
""",
            note="Windows (t - 2 h, t] are tested at every call's entry and exit within the day.",
            text="""
situation                                 | calls days  | calls                                                            | as of   | verdict         | lapsed  | measured | low    | high   | items
every window of two hours is good         | 7..8        | 8T09:00 call wait:10, 8T10:00 call wait:30                       | 9T05:00 | breached.open   | 8T11:00 | 0        | 0      | 0      | 1
the first leaves as the bad one comes     | 7..8        | 8T09:00 call wait:10, 8T11:00 call wait:30                       | 9T05:00 | breached.open   | 8T11:00 | 0        | 0      | 0      | 1
a window reaches back into the day before | 7..8        | 7T23:00 call wait:30, 8T00:30 call wait:10                       | 9T05:00 | met             |         | 0.5      | 0.5    | 0.5    | 2
it is bad until the bad one has left      | 7..8        | 7T23:00 call wait:30, 7T23:30 call wait:30, 8T00:30 call wait:10 | 9T05:00 | breached.open   | 8T00:30 | 0.3333   | 0.3333 | 0.3333 | 3
no window is tested                       | 7..8        |                                                                  | 9T05:00 | void.unassessed |         |          |        |        | 0
a gap within the window                   | 8           | 8T00:30 call wait:10                                             | 9T05:00 | unproven        |         | 1        |        |        | 1
a log that comes late, but whole                | 7, 8@9T04:00 | 8T09:00 call wait:10 | 9T05:00 | met | | 1 | 1 | 1 | 1
a gap that no known call's window touches | 7, 8@8T20:00 | 8T09:00 call wait:10 | 9T07:00 | unproven |  | 1 |  |  | 1
nor is it due yet                         | 7, 8@8T20:00 | 8T09:00 call wait:10 | 9T05:59 | pending.overdue |  | 1 |  |  | 1
a bad window that is complete, all the same | 7, 8@8T20:00 | 8T09:00 call wait:30 | 9T07:00 | breached.open | 8T09:00 | 0 |  |  | 1
""",
        ),
        Table(
            heading="Rolling windows as the term begins",
            tells="4.19 6.17 6.18",
            change="obligations: {answer: {window: {each: day, rolling: PT2H}}}",
            note="The first window that lies in the term as a whole ends at 02:00. What came before is nobody's concern (decision 0049).",
            text="""
situation                                | calls days | calls                                                            | as of   | verdict         | lapsed  | measured | items | coverage
bad calls of the day before              | 7..8       | 7T23:00 call wait:30, 7T23:30 call wait:30, 8T00:30 call wait:10 | 9T05:00 | met             |         | 1        | 1     | 1
no log of the day before, which nobody owes | 8       | 8T00:30 call wait:10                                             | 9T05:00 | met             |         | 1        | 1     | 1
the first window is tested as it ends    | 8          | 8T00:30 call wait:30                                             | 9T05:00 | breached.open   | 8T02:00 | 0        | 1     | 1
though nothing enters or leaves it then  | 8          | 8T00:30 call wait:30, 8T01:00 call wait:10, 8T02:20 call wait:10 | 9T05:00 | met             |         | 0.5      | 2     | 1
a bad call fails it as the good one leaves | 8        | 8T00:30 call wait:10, 8T01:00 call wait:30                       | 9T05:00 | breached.open   | 8T02:30 | 0        | 1     | 1
with the term's first instant a call has left | 8     | 8T00:00 call wait:30, 8T02:00 call wait:10                       | 9T05:00 | met             |         | 1        | 1     | 1
nobody called in the first two hours     | 8          | 8T09:00 call wait:10                                             | 9T05:00 | met             |         | 1        | 1     | 1
""",
        ),
        Table(
            heading="Rolling windows as long as a day, as the term begins",
            tells="4.19 6.17",
            change="obligations: {answer: {per: contract, window: {each: day, rolling: PT24H}}}",
            text="""
situation                                     | calls days | calls                | as of   | verdict
no window of its first day lies in it as a whole | 7..8    | 8T09:00 call wait:30 | 9T05:00 | none
""",
        ),
        Table(
            heading="Rolling windows of a street that joins",
            tells="4.13 4.14 6.17 6.18",
            change="""
term: {from: 2024-01-01, to: 2024-01-08}
obligations: {answer: {per: unit, window: {each: day, rolling: PT2H}}}
""",
            note="What came before the street was in scope is nobody's concern, as what came before the term (decision 0075).",
            text="""
situation                                        | register             | calls days | calls                                                            | as of   | verdict       | lapsed  | measured | items | coverage
it was there the day before                      | A                    | 7..8       | 7T23:00 call wait:30, 7T23:30 call wait:30, 8T00:30 call wait:10 | 9T05:00 | breached.open | 8T00:30 | 0.3333   | 3     | 1
it joins that day, after bad calls               | A from 8             | 7..8       | 7T23:00 call wait:30, 7T23:30 call wait:30, 8T00:30 call wait:10 | 9T05:00 | met           |         | 1        | 1     | 1
it joins without a log of the day before         | A from 8             | 8          | 8T00:30 call wait:10                                             | 9T05:00 | met           |         | 1        | 1     | 1
its first window is tested as it ends            | A from 8             | 8          | 8T00:30 call wait:30                                             | 9T05:00 | breached.open | 8T02:00 | 0        | 1     | 1
it joined the day before                         | A from 7             | 7..8       | 7T23:00 call wait:30, 7T23:30 call wait:30, 8T00:30 call wait:10 | 9T05:00 | breached.open | 8T00:30 | 0.3333   | 3     | 1
its class changed that day                       | A to 7, B from 8     | 7..8       | 7T23:00 call wait:30, 7T23:30 call wait:30, 8T00:30 call wait:10 | 9T05:00 | breached.open | 8T00:30 | 0.3333   | 3     | 1
it comes back after a break                      | A to 6, A from 8     | 7..8       | 7T23:00 call wait:30, 7T23:30 call wait:30, 8T00:30 call wait:10 | 9T05:00 | met           |         | 1        | 1     | 1
""",
        ),
        Table(
            heading="Rolling windows as long as a day, of a street that joins",
            tells="4.13 4.14 6.17",
            change="""
term: {from: 2024-01-01, to: 2024-01-08}
obligations: {answer: {per: unit, scope: {class: [A]}, window: {each: day, rolling: PT24H}}}
""",
            text="""
situation                                        | register             | calls days | calls                | as of   | verdict
no window of its first day lies in it as a whole | A from 8             | 7..8       | 8T09:00 call wait:30 | 9T05:00 | none
nor where it is in scope from that day on        | B to 7, A from 8     | 7..8       | 8T09:00 call wait:30 | 9T05:00 | none
on its second day one does, as the day begins    | A from 7             | 7..8       | 7T09:00 call wait:30 | 9T05:00 | breached.open
""",
        ),
        Table(
            heading="Rolling windows as long as a day, of the contract as a whole",
            tells="4.14 6.17",
            apart=True,
            change="""
term: {from: 2024-01-01, to: 2024-01-08}
obligations: {answer: {per: contract, window: {each: day, rolling: PT24H}}}
""",
            note="It is owed from the term's first day on, with or without streets (decision 0075).",
            text="""
situation                        | register | calls days | calls                | as of   | verdict       | lapsed
its first street begins that day | A from 8 | 7..8       | 8T09:00 call wait:30 | 9T05:00 | breached.open | 8T09:00
""",
        ),
        Table(
            heading="Where enough is covered the known items decide",
            tells="6.20 A3 A4",
            change="obligations: {answer: {min_coverage: 0.75}}",
            text="""
situation                             | calls days | calls             | as of    | verdict  | coverage | measured | low | high
three quarters of the day are covered | 8@8T18:00  | 8T09:00 call wait:10 | 9T06:00 | met      | 0.75     | 1        | 1   | 1
a little less: no range               | 8@8T17:59  | 8T09:00 call wait:10 | 9T06:00 | unproven | 0.7493   | 1        |     |
""",
        ),
        Table(
            heading="Where enough of a rolling day is covered",
            tells="6.18 6.20",
            change="""
term: {from: 2024-01-07, to: 2024-01-08}
obligations: {answer: {window: {each: day, rolling: PT2H}, min_coverage: 0.75}}
""",
            note="The day and the two hours that its windows look back on, 26 hours, are covered but for what is missing.",
            text="""
situation                               | calls days   | calls                | as of   | verdict         | coverage
four of 26 hours are missing            | 7, 8@8T20:00 | 8T09:00 call wait:10 | 9T07:00 | met             | 0.8462
seven of them are                       | 7, 8@8T17:00 | 8T09:00 call wait:10 | 9T07:00 | unproven        | 0.7308
four are, and nobody called             | 7, 8@8T20:00 |                      | 9T07:00 | void.unassessed | 0.8462
seven are, and nobody is known to       | 7, 8@8T17:00 |                      | 9T07:00 | unproven        | 0.7308
""",
        ),
        Table(
            heading="A call that nobody can read",
            tells="1.1 2.4 6.19 6.20",
            note="It is one call at most, good or bad, and takes no time: what it may be makes the range.",
            text="""
situation                              | calls                                                          | as of   | verdict         | coverage | measured | low    | high
at worst half were in time             | 8T09:00 call wait:10, ?8T10:00 call                            | 9T05:00 | met             | 1        | 1        | 0.5    | 1
at best half were                      | 8T09:00 call wait:30, ?8T10:00 call                            | 9T05:59 | pending.overdue | 1        | 0        | 0      | 0.5
and nobody sent it again               | 8T09:00 call wait:30, ?8T10:00 call                            | 9T06:00 | unproven        | 1        | 0        | 0      | 0.5
at best a third                        | 8T09:00 call wait:30, 8T09:10 call wait:31, ?8T10:00 call      | 9T05:00 | breached.open   | 1        | 0        | 0      | 0.3333
two of three may have waited long      | 8T09:00 call wait:10, ?8T10:00 call, ?8T10:01 call             | 9T06:00 | unproven        | 1        | 1        | 0.3333 | 1
nor is it known when that day it was    | 8T09:00 call wait:10, ?8 call                                  | 9T05:00 | met             | 1        | 1        | 0.5    | 1
there may have been none               | ?8T10:00 call                                                  | 9T06:00 | unproven        | 1        |          |        |
""",
        ),
        Table(
            heading="A call that nobody can read, and more that is missing",
            tells="2.4 6.20",
            given={"calls days": "8@8T20:00"},
            text="""
situation                       | calls                                 | as of   | verdict  | coverage | low | high
what is missing has no number   | 8T09:00 call wait:10, ?8T10:00 call   | 9T06:00 | unproven | 0.8333   |     |
""",
        ),
        Table(
            heading="A call that nobody can read, which may replace another",
            tells="2.4 6.20",
            change="sources: {calls: {key: [at, unit]}}",
            note="Decided (docs/decisions/0062): it replaces the row whose key it has, and is one item at most.",
            text="""
situation                       | calls                                                     | as of   | verdict  | low | high
it may take away a good one too | 8T09:00 call wait:10, 8T10:00 call wait:10, ?8 call       | 9T06:00 | unproven |     |
by its key, the one of ten      | 8T09:00 call wait:10, 8T10:00 call wait:10, ?8T10:00 call | 9T06:00 | met      | 0.5 | 1
""",
        ),
        Table(
            heading="A call that nobody can read, and too few items",
            tells="6.20 6.21",
            change="obligations: {answer: {min_items: 2}}",
            text="""
situation                   | calls                                                    | as of   | verdict
it may be the second        | 8T09:00 call wait:10, ?8T10:00 call                      | 9T06:00 | unproven
it is one at most           | ?8T10:00 call                                            | 9T06:00 | void.unassessed
two are known               | 8T09:00 call wait:10, 8T09:30 call wait:9, ?8T10:00 call | 9T05:00 | met
""",
        ),
        Table(
            heading="A call that nobody can read, where calls are counted",
            tells="6.15 6.20",
            change="obligations: {answer: {good: null, at_least: 2}}",
            text="""
situation                   | calls                               | as of   | verdict       | measured | low | high
it may be the second        | 8T09:00 call wait:10, ?8T10:00 call | 9T06:00 | unproven      | 1        | 1   | 2
it is one at most           | ?8T10:00 call                       | 9T05:00 | breached.open | 0        | 0   | 1
""",
        ),
        Table(
            heading="A call that nobody can read, where calls are limited",
            tells="6.15 6.20",
            change="obligations: {answer: {good: null, at_least: null, at_most: 1}}",
            text="""
situation                   | calls                               | as of   | verdict       | measured | low | high
it may be one too many      | 8T09:00 call wait:10, ?8T10:00 call | 9T06:00 | unproven      | 1        | 1   | 2
it is one at most           | ?8T10:00 call                       | 9T05:00 | met           | 0        | 0   | 1
""",
        ),
        Table(
            heading="A call that nobody can read, where a share is limited",
            tells="1.1 2.4 6.15 6.20",
            note="Here at most a quarter may have waited longer than a minute. What is not known counts against that.",
            change="obligations: {answer: {good: wait > 60, at_least: null, at_most: 0.25}}",
            text="""
situation                          | calls                                                                   | as of   | verdict       | low    | high
at worst a quarter waited too long | 8T01:00 call wait:1, 8T02:00 call wait:1, 8T03:00 call wait:1, ?8T04:00 call | 9T05:00 | met      | 0      | 0.25
at worst a third                   | 8T01:00 call wait:1, 8T02:00 call wait:1, ?8T04:00 call                  | 9T06:00 | unproven      | 0      | 0.3333
nor is it known how long it waited | 8T01:00 call wait:1, 8T02:00 call wait:1, 8T03:00 call                   | 9T05:00 | unproven      | 0      | 0.3333
too many waited, whatever it was   | 8T01:00 call wait:61, 8T02:00 call wait:1, ?8T04:00 call                 | 9T05:00 | breached.open | 0.3333 | 0.6667
""",
        ),
        Table(
            heading="A call that nobody can read, and a percentile of at least",
            tells="2.4 6.15 6.20",
            note="Half of them are to take ten seconds or more: fewer than half may take less.",
            change="obligations: {answer: {good: null, percentile: {of: wait, rank: 0.5}, at_least: 10}}",
            text="""
situation               | calls                                                    | as of   | verdict
at worst half took less | 8T09:00 call wait:30, ?8T10:00 call                      | 9T06:00 | unproven
at worst a third did    | 8T09:00 call wait:30, 8T09:30 call wait:31, ?8T10:00 call | 9T05:00 | met
""",
        ),
        Table(
            heading="A call that nobody can read, and a percentile",
            tells="6.15 6.20",
            change="""
obligations: {answer: {good: null, percentile: {of: wait, rank: 0.5}, at_least: null, at_most: 30}}
""",
            text="""
situation                             | calls                                                    | as of   | verdict  | measured | low | high
however long it waited                | 8T09:00 call wait:1, 8T09:30 call wait:2, ?8T10:00 call  | 9T05:00 | met      | 1        | 1   | 2
it may be the one in the middle       | 8T09:00 call wait:1, 8T09:30 call wait:31, ?8T10:00 call | 9T06:00 | unproven | 1        | 1   | 31
""",
        ),
        Table(
            heading="A call that nobody can read, where nearly all is enough",
            tells="2.4 6.20",
            change="obligations: {answer: {min_coverage: 0.99}}",
            text="""
situation                                   | calls                                 | as of   | verdict | coverage | low | high
decided: the known ones decide              | 8T09:00 call wait:10, ?8T10:00 call   | 9T06:00 | met     | 1        | 1   | 1
decided: whatever it may be                 | 8T09:00 call wait:30, 8T09:10 call wait:10, ?8T10:00 call | 9T06:00 | met | 1 | 0.5 | 0.5
""",
        ),
        Table(
            heading="A share by what is written, of which nothing came",
            tells="1.3 1.4 6.20",
            change="""
sources: {calls: {columns: {outcome: outcome}, types: {outcome: text}}}
obligations: {answer: {good: "outcome LIKE 'done%'"}}
""",
            text="""
situation                | calls days | as of   | verdict         | items
the log is not due yet   | -          | 9T05:59 | pending.overdue | 0
it is overdue            | -          | 9T06:00 | unproven        | 0
""",
        ),
        Table(
            heading="Too few items are not assessed",
            tells="6.21 A7",
            change="obligations: {answer: {min_items: 2}}",
            text="""
situation | calls                                      | as of    | verdict         | reason
one of two | 8T09:00 call wait:30                       | 9T05:00 | void.unassessed | too few items to be assessed
two        | 8T09:00 call wait:30, 8T10:00 call wait:30 | 9T05:00 | breached.open   |
""",
        ),
        Table(
            heading="Slices of a day",
            tells="6.17 A9",
            change="obligations: {answer: {window: {each: day, slice: PT12H}}}",
            given={"period": ""},
            text="""
situation                     | calls                                      | as of    | verdict                         | trigger
each half is a duty by itself | 8T11:59 call wait:1, 8T12:00 call wait:30  | 9T05:00 | met / breached.open             | 2024-01-08T00:00:00+08:00 / 2024-01-08T12:00:00+08:00
an empty half is not assessed | 8T11:59 call wait:1                        | 9T05:00 | met / void.unassessed           | 2024-01-08T00:00:00+08:00 / 2024-01-08T12:00:00+08:00
""",
        ),
        Table(
            heading="Slices within opening hours",
            tells="6.17 4.5",
            change="""
calendars: {counter: {hours: {mon-fri: "08:30-12:00"}}}
obligations: {answer: {window: {each: day, slice: PT6H, calendar: counter}}}
""",
            given={"period": ""},
            note="Decided (docs/decisions/0020): a slice in which the calendar is open at all is judged, with all its calls; the others are not owed.",
            text="""
situation                                       | calls                                     | as of    | verdict             | trigger
open from half past eight to noon: one slice    | 8T08:00 call wait:1, 8T11:00 call wait:30 | 9T05:00  | met                 | 2024-01-08T06:00:00+08:00
a call after closing time is no one's           | 8T13:00 call wait:30                      | 9T05:00  | void.unassessed     | 2024-01-08T06:00:00+08:00
""",
        ),
        Table(
            heading="Slices of a storm within opening hours",
            tells="6.17 4.5",
            change="""
calendars: {counter: {hours: {mon-fri: "08:30-12:00"}}}
obligations: {answer: {window: {each: null, while: {stream: condition, kind: storm, merge_gap: PT4H}, slice: PT4H, calendar: counter}}}
""",
            given={"period": "", "weather": "8T10:00..8T18:00 storm"},
            note="Decided (docs/decisions/0061): the slices run from the storm's start.",
            text="""
situation                           | calls                                      | as of   | verdict | trigger
from ten to two: one slice          | 8T11:00 call wait:1, 8T15:00 call wait:30  | 9T05:00 | met     | 2024-01-08T02:00Z
""",
        ),
        Table(
            heading="A storm outside of opening hours",
            tells="6.17 4.5",
            change="""
calendars: {counter: {hours: {mon-fri: "08:30-12:00"}}}
obligations: {answer: {window: {each: null, while: {stream: condition, kind: storm, merge_gap: PT4H}, calendar: counter}}}
""",
            given={"period": ""},
            note="Decided (docs/decisions/0070): a storm of which the calendar is closed throughout owes nothing, any other is owed whole.",
            text="""
situation                    | weather                | calls                                      | as of   | verdict
it begins after closing time | 8T12:00..8T18:00 storm | 8T14:00 call wait:30                       | 9T05:00 | none
it ends after closing time   | 8T11:00..8T18:00 storm | 8T14:00 call wait:30                       | 9T05:00 | breached.open
""",
        ),
        Table(
            heading="Slices on a date of a plan that is a day off",
            tells="6.17 4.5",
            change="""
calendars: {counter: {hours: {mon-fri: "08:30-12:00"}, closed: 2024-01-08}}
obligations: {answer: {window: {each: null, plan: {dates: [2024-01-08]}, slice: PT12H, calendar: counter}}}
""",
            given={"period": ""},
            note="Decided (docs/decisions/0061): a date that a plan names is owed although it is a day off, with all its slices.",
            text="""
situation                 | calls                                      | as of   | verdict             | trigger
named, so it is owed      | 8T11:00 call wait:1, 8T15:00 call wait:30  | 9T05:00 | met / breached.open | 2024-01-08T00:00:00+08:00 / 2024-01-08T12:00:00+08:00
""",
        ),
        Table(
            heading="Slices that are open before the day begins elsewhere",
            tells="6.17 4.5",
            change="""
calendars: {counter: {hours: {mon-fri: "04:00-05:00"}}}
obligations: {answer: {window: {each: day, slice: PT6H, calendar: counter}}}
""",
            given={"period": ""},
            note="What opens and closes are hours of the contract's zone, wherever it is judged.",
            text="""
situation                         | calls               | as of   | verdict | trigger
open from four to five: one slice | 8T04:30 call wait:1 | 9T05:00 | met     | 2024-01-08T00:00:00+08:00
""",
        ),
        Table(
            heading="While a storm lasts",
            tells="6.17 A11",
            change="""
obligations: {answer: {window: {each: null, while: {stream: condition, kind: storm, merge_gap: PT4H}}}}
""",
            given={"period": ""},
            text="""
situation                               | weather               | calls                                       | as of   | verdict
the calls of the storm                  | 8T08:00..8T12:00 storm | 8T09:00 call wait:1, 8T13:00 call wait:30, 8T14:00 call wait:30 | 9T05:00 | met
too many waited in it                   | 8T08:00..8T12:00 storm | 8T09:00 call wait:30, 8T13:00 call wait:1   | 9T05:00 | breached.open
while it may go on nothing is decided   | 8T18:00..8T22:00 storm | 8T19:00 call wait:30                        | 9T05:00 | pending.running
a storm before the term is not owed     | 7T08:00..7T12:00 storm | 7T09:00 call wait:30                        | 9T05:00 | none
seen once, it lasted no time            | 8T08:00 storm          | 8T08:00 call wait:30                        | 9T05:00 | void.unassessed
seen twice within five seconds          | 8T08:00 storm, 8T08:00:05 storm | 8T08:00:04 call wait:1, 8T08:00:05 call wait:30 | 9T05:00 | met
""",
        ),
        Table(
            heading="A storm whose end is not known",
            tells="3.3 6.17",
            change="""
obligations: {answer: {window: {each: null, while: {stream: condition, kind: storm, merge_gap: PT4H}}}}
""",
            given={"period": "", "weather": "8T08:00..8T12:00 storm", "calls": "8T09:00 call wait:30"},
            note="It may be over four hours after it was last seen: until then nobody need look, afterwards it hangs on what arrives.",
            text="""
situation                                   | weather days | calls days | as of    | verdict         | wakes
it may go on                                | 8@8T12:30    | 8@8T12:30  | 8T15:59  | pending.running | 8T16:00
nobody has told that it has ended           | 8@8T12:30    | 8@8T12:30  | 8T16:00  | pending.running |
it has                                      | 8@8T16:00    | 8@8T16:00  | 8T16:00  | breached.open   |
""",
        ),
        Table(
            heading="The duties of another obligation as items",
            tells="6.19 A2 A7",
            change="""
term: {from: 2024-01-08, to: 2024-01-14}
contractors: [{id: firm, name: {en: Firm}}, {id: rival, name: {en: Rival}, actors: [R1]}]
obligations:
  answer: {window: week, items: {stream: null, duties: sweep}, good: null, at_least: 0.5}
  sweep: {pattern: recur, period: day, times: 1, action: {stream: service, kind: sweep}}
""",
            given={"period": "2024-W02", "log days": "8..14"},
            note="Met duties are good, breached ones bad; excused ones leave the denominator, unproven ones make the range.",
            text="""
situation                      | log                                                                       | decisions | log days          | as of    | verdict       | items | measured | low    | high
four of seven days             | 8T09:00 sweep, 9T09:00 sweep, 10T09:00 sweep, 11T09:00 sweep              |  | 8..14             | 15T07:00 | met           | 7     | 0.5714   | 0.5714 | 0.5714
three of seven days            | 8T09:00 sweep, 9T09:00 sweep, 10T09:00 sweep                              |  | 8..14             | 15T07:00 | breached.open | 7     | 0.4286   | 0.4286 | 0.4286
three, and of one it is not known | 8T09:00 sweep, 9T09:00 sweep, 10T09:00 sweep                           |  | 8..13             | 15T07:00 | unproven      | 7     | 0.5      | 0.4286 | 0.5714
two days are excused, and leave  | 8T09:00 sweep, 9T09:00 sweep, 10T09:00 sweep | excuse 13T12:00 A for sweep | 8..14 | 15T07:00 | met | 5 | 0.6 | 0.6 | 0.6
all are excused: nothing is left |                                             | excuse 8T12:00 A for sweep  | 8..14 | 15T07:00 | void.unassessed | 0 | | |
""",
        ),
        Table(
            heading="A score of weighted rates",
            tells="1.2 6.15 6.19 6.20",
            change="""
obligations:
  answer: {items: {stream: null, rates: {reached: 30, quick: 70}}, good: null, at_least: 65}
  reached: {pattern: attain, window: day, items: {stream: call}, good: "kind = 'answered'", at_least: 0}
  quick: {pattern: attain, window: day, items: {stream: call, kind: answered}, good: wait <= 20, at_least: 0.5}
""",
            note="""Of the calls that were answered (30 points) and of these, of how many within 20 seconds (70): 65 of 100 points are owed. A rate that is not
proven lies anywhere in its range; one that is excused, or was not assessed, leaves the weights to the others.""",
            text="""
situation                                          | calls days | calls                                                                            | decisions                    | as of   | verdict         | lapsed  | measured | low | high | items | owed by
all answered, half of them quickly: 30 + 35        | 8          | 8T09:00 answered wait:10, 8T10:00 answered wait:30                               |                              | 9T05:00 | met             |         | 65    | 65    | 65    | 2 |
two of three answered, one of them quickly: 20 + 35 | 8         | 8T09:00 answered wait:10, 8T10:00 answered wait:30, 8T11:00 lost wait:9          |                              | 9T05:00 | breached.open   | 9T00:00 | 55    | 55    | 55    | 2 |
a rate that misses its own target may be made up for | 8        | 8T09:00 answered wait:10, 8T10:00 lost wait:9, 8T11:00 lost wait:9               |                              | 9T05:00 | met             |         | 80    | 80    | 80    | 2 |
one wait is not known: 65 at least                 | 8          | 8T09:00 answered wait:10, 8T10:00 answered                                       |                              | 9T05:00 | met             |         | 100   | 65    | 100   | 2 |
one wait is not known: 50 at most                  | 8          | 8T09:00 answered wait:30, 8T10:00 answered, 8T11:00 lost wait:9, 8T12:00 lost wait:9 |                          | 9T05:00 | breached.open   | 9T00:00 | 15    | 15    | 50    | 2 |
the only wait is not known: 30 or 100              | 8          | 8T09:00 answered                                                                 |                              | 9T05:00 | unproven        |         |       | 30    | 100   | 2 |
the log is overdue: any score is possible          | -          |                                                                                  |                              | 9T06:00 | unproven        |         |       | 0     | 100   | 2 | firm
so it is where a part of it is known               | 8@8T20:00  | 8T09:00 answered wait:30                                                         |                              | 9T06:00 | unproven        |         | 30    | 0     | 100   | 2 | firm
the log is not due yet                             | -          |                                                                                  |                              | 9T05:59 | pending.running |         |       | 0     | 100   | 2 |
nothing is decided before the end                  | 8@8T12:00  | 8T09:00 answered wait:30                                                         |                              | 8T12:00 | pending.running |         | 30    |       |       | 2 |
three quarters of the day are gone                 | -          |                                                                                  |                              | 8T18:00 | pending.at_risk |         |       |       |       | 2 |
nobody was answered: how quickly is not assessed   | 8          | 8T09:00 lost wait:9                                                              |                              | 9T05:00 | breached.open   | 9T00:00 | 0     | 0     | 0     | 1 |
nobody called: there is no score                   | 8          |                                                                                  |                              | 9T05:00 | void.unassessed |         |       |       |       | 0 |
an excused rate leaves its points to the other     | 8          | 8T09:00 answered wait:30                                                         | excuse 8T12:00 A for quick   | 9T05:00 | met             |         | 100   | 100   | 100   | 1 |
the score itself is excused                        | 8          | 8T09:00 answered wait:30                                                         | excuse 8T12:00 A for answer  | 9T05:00 | excused         |         | 30    | 30    | 30    | 2 |
""",
        ),
        Table(
            heading="A score is covered as far as all of its rates are",
            tells="6.19 6.20",
            change="""
obligations:
  answer: {items: {stream: null, rates: {reached: 30, quick: 70}}, good: null, at_least: 65}
  reached: {pattern: attain, window: day, items: {stream: call}, good: "kind = 'answered'", at_least: 0}
  quick: {pattern: attain, window: day, items: {stream: inspection}, good: "kind = 'clean'", at_least: 0.5}
sources: {seen: {path: "{service_date}.csv", redelivery: replace, due: 06:00 next day}}
""",
            given={"calls": "8T09:00 answered wait:10", "seen": "8T09:00 clean"},
            text="""
situation                          | calls days | seen days | as of   | verdict  | coverage | owed by
both logs are complete             | 8          | 8         | 9T06:00 | met      | 1        |
a quarter of one day is missing    | 8          | 8@8T18:00 | 9T06:00 | unproven | 0.75     | city
a third and a quarter are          | 8@8T16:00  | 8@8T18:00 | 9T06:00 | unproven | 0.6667   | city, firm
""",
        ),
        Table(
            heading="A score of rates whose silence is a breach",
            tells="2.9 6.15",
            change="""
obligations:
  answer: {items: {stream: null, rates: {reached: 30, quick: 70}}, good: null, at_least: 65}
  reached: {pattern: attain, window: day, items: {stream: call}, good: "kind = 'answered'", at_least: 0.5, silence: breached}
  quick: {pattern: attain, window: day, items: {stream: call, kind: answered}, good: wait <= 20, at_least: 0.5}
""",
            note="The rate of 30 points is breached by silence and worth nothing; that of 70 is unproven. With 70 points 65 could be reached.",
            text="""
situation                    | calls days | calls                    | as of   | verdict         | measured | low | high | items | owed by
the log is not due yet       | -          |                          | 9T05:59 | pending.running |          | 0   | 100  | 2     |
the log is overdue           | -          |                          | 9T06:00 | unproven        |          | 0   | 70   | 2     | firm
it comes after all           | 8@9T07:00  | 8T09:00 answered wait:10 | 9T07:00 | met             | 100      | 100 | 100  | 2     |
""",
        ),
        Table(
            heading="A score of a rate that may not be assessed",
            tells="1.2 6.20 6.21",
            change="""
obligations:
  answer: {items: {stream: null, rates: {reached: 30, quick: 70}}, good: null, at_least: 66}
  reached: {pattern: attain, window: day, items: {stream: call}, good: "kind = 'answered'", at_least: 0}
  quick: {pattern: attain, window: day, items: {stream: call, kind: answered}, good: wait <= 20, at_least: 0, min_items: 2}
""",
            note="""
One call waited too long. If nobody else called, one is too few to tell how quickly calls are answered, and the score is 100; if the
row that nobody can read was an answered call, it is 65 at most.""",
            text="""
situation                          | calls                                | as of   | verdict       | low | high
one row cannot be read             | 8T09:00 answered wait:30, ?8T10:00   | 9T06:00 | unproven      | 15  | 100
there is no other                  | 8T09:00 answered wait:30             | 9T06:00 | met           | 100 | 100
another was answered quickly       | 8T09:00 answered wait:30, 8T10:00 answered wait:9 | 9T06:00 | breached.open | 65 | 65
""",
        ),
        Table(
            heading="A score that is out of reach without a silent rate",
            tells="1.2 2.9 6.15",
            change="""
obligations:
  answer: {items: {stream: null, rates: {reached: 40, quick: 60}}, good: null, at_least: 65}
  reached: {pattern: attain, window: day, items: {stream: call}, good: "kind = 'answered'", at_least: 0.5, silence: breached}
  quick: {pattern: attain, window: day, items: {stream: call, kind: answered}, good: wait <= 20, at_least: 0.5}
""",
            note="60 points are left at most, and 65 are owed.",
            text="""
situation          | calls days | calls | as of   | verdict       | lapsed  | measured | low | high | items
the log is overdue | -          |       | 9T06:00 | breached.open | 9T00:00 |          | 0   | 60   | 2
""",
        ),
        Table(
            heading="A score whose weights add up to 1",
            tells="6.15",
            change="""
obligations:
  answer: {items: {stream: null, rates: {reached: 0.3, quick: 0.7}}, good: null, at_least: 0.65}
  reached: {pattern: attain, window: day, items: {stream: call}, good: "kind = 'answered'", at_least: 0}
  quick: {pattern: attain, window: day, items: {stream: call, kind: answered}, good: wait <= 20, at_least: 0}
""",
            note="0.3 + 0.35 is 0.65, also where a computer's decimals make less of it.",
            text="""
situation                  | calls days | calls                                                                                                       | as of   | verdict       | lapsed  | measured | low    | high   | items
all, and half of them      | 8          | 8T09:00 answered wait:10, 8T10:00 answered wait:30                                                          | 9T05:00 | met           |         | 0.65     | 0.65   | 0.65   | 2
all, and a third of them   | 8          | 8T09:00 answered wait:10, 8T10:00 answered wait:30, 8T11:00 answered wait:30                                | 9T05:00 | breached.open | 9T00:00 | 0.5333   | 0.5333 | 0.5333 | 2
""",
        ),
        Table(
            heading="Duties that may have been owed",
            tells="3.5 6.19 6.20",
            change="""
obligations:
  answer: {items: {stream: null, duties: clear}, good: null, at_least: 0.5}
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT4H}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT6H
""",
            given={"log days": "7..9"},
            note="A weather station that is silent does not say that it did not snow.",
            text="""
situation                          | weather days | weather   | log          | as of   | verdict         | measured | low | high | owed by
it snowed once, and was cleared    | 7, 8         | 8T08:00 snow | 8T10:00 plow | 9T07:00 | met             | 1 | 1 | 1 |
it did not snow                    | 7, 8         |           |              | 9T07:00 | void.unassessed |   |   |   |
nobody told of the weather         | 7            |           |              | 9T07:00 | unproven        |   |   |   | weather-service
nobody told of it yet              | 7            |           |              | 9T05:00 | pending.overdue |   |   |   | weather-service
of half the day, and one is known  | 7, 8@8T14:00 | 8T08:00 snow | 8T10:00 plow | 9T07:00 | unproven     | 1 |   |   | weather-service
""",
        ),
        Table(
            heading="Duties that a feed of the last event may hide",
            tells="2.6 3.5 6.20",
            change="""
sources:
  weather: {path: "{part}.csv", due: null, redelivery: append, polls: {max_lag: PT1H, shows: last}, columns: {seen_at: seen_at}}
obligations:
  answer: {per: unit, items: {stream: null, duties: clear}, good: null, at_least: 0.5}
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT4H}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT6H
""",
            given={"log days": "7..9", "weather polls": "7T20:00, 8T20:00, 9T02:00"},
            note="What the weather states of no street may hide snow on every street of its zone.",
            text="""
situation                              | weather      | as of   | verdict         | owed by
nothing was shown                      |              | 9T07:00 | void.unassessed |
a later event hides what was before it | 8T14:00 rain | 9T07:00 | unproven        | weather-service
""",
        ),
        Table(
            heading="Duties that may turn out not to count",
            tells="1.1 1.2 2.10 5.3 6.19 6.20 6.21",
            change="""
term: {from: 2024-01-08, to: 2024-01-08}
contractors: [{id: firm, name: {en: Firm}}, {id: rival, name: {en: Rival}, actors: [R1]}]
obligations:
  answer: {items: {stream: null, duties: clear}, good: null, at_least: 0.9, min_items: 2}
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT1H}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT6H
""",
            given={"weather days": "7, 8@9T00:05", "weather": "8T08:00 snow, 8T22:00 snow"},
            note="""
Two falls; the second duty runs into the next day. While it is open it may yet be excused, because another party does the work, and
one duty alone is too few: nothing is decided. An unproven share names what its duties lack.""",
            text="""
situation                                   | log                | log days            | as of    | verdict         | items | low | high | owed by | reason
the first was missed, the second runs       |                    | 7, 8@9T00:05        | 9T01:00  | pending.running | 2 | 0 | 0.5 |      | some of its duties are not decided yet
another party did the second: one is left   | 9T02:00 plow by R1 | 7, 8@9T00:05, 9     | 10T05:00 | void.unassessed | 1 | 0 | 0   |      | too few items to be assessed: 1 of 2
nobody did                                  |                    | 7, 8@9T00:05, 9     | 10T05:00 | breached.open   | 2 | 0 | 0   |      | the target is missed
the log that would tell never came          |                    | 7, 8@9T00:05        | 10T06:00 | unproven        | 2 | 0 | 0.5 | firm | of some items it is not known whether they are good: 1 of 2; log of 2024-01-09
""",
        ),
        Table(
            heading="What counted duties lack beside what would tell of more of them",
            tells="2.10 6.19 8.1",
            change="""
term: {from: 2024-01-08, to: 2024-01-08}
sources: {town-log: {stream: condition, run_by: weather-service}, weather: {from: 2024-01-20}}
obligations:
  answer: {items: {stream: null, duties: clear}, good: null, at_least: 0.9}
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT1H}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT6H
""",
            given={"weather days": "", "town-log days": "8@8T14:00", "town-log": "8T08:00 snow", "log days": "-"},
            apart=True,
            note="Two logs are missing, and the name of one is the end of the other's.",
            text="""
situation            | as of    | verdict  | owed by               | reason
both logs are named  | 10T07:00 | unproven | firm, weather-service | incomplete: log of 2024-01-08; town-log of 2024-01-08
""",
        ),
        Table(
            heading="A score of a share of duties that may be too few",
            tells="1.2 2.10 6.21",
            about="answer",
            change="""
term: {from: 2024-01-08, to: 2024-01-08}
obligations:
  answer: {items: {stream: null, rates: {cleared: 50, reached: 50}}, good: null, at_least: 60}
  reached: {pattern: attain, window: day, items: {stream: call}, good: "kind = 'answered'", at_least: 0}
  cleared: {pattern: attain, window: day, items: {duties: clear}, at_least: 0, min_items: 2}
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT1H}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT6H
""",
            given={"weather days": "7, 8", "calls days": "8", "weather": "8T08:00 snow, 8T22:00 snow"},
            note="""
The first duty was missed, the second is unproven. If it was owed, the score is 0 to 25 points of the duties with 50 of the calls; if it
was excused, one duty is too few, and the score is that of the calls alone.""",
            text="""
situation                  | calls            | log days | as of    | verdict       | low | high | owed by | reason
all calls were answered    | 8T09:00 answered | 7, 8     | 10T06:00 | unproven      | 50  | 100  | firm    | some of the rates that it weighs are not proven: log of 2024-01-09
none was                   | 8T09:00 lost     | 7, 8     | 10T06:00 | breached.open | 0   | 50   |         | the target is missed
the log of the 9th came    | 8T09:00 answered | 7..9     | 10T06:00 | breached.open | 50  | 50   |         | the target is missed
""",
        ),
        Table(
            heading="A score of a share of duties that are not decided yet",
            tells="1.2 2.10 6.19",
            about="answer",
            change="""
term: {from: 2024-01-08, to: 2024-01-08}
obligations:
  answer: {items: {stream: null, rates: {cleared: 50, reached: 50}}, good: null, at_least: 80}
  reached: {pattern: attain, window: day, items: {stream: call}, good: "kind = 'answered'", at_least: 0}
  cleared: {pattern: attain, window: day, items: {duties: clear}, at_least: 0}
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT1H}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT24H
""",
            given={
                "weather days": "7, 8",
                "calls days": "8",
                "weather": "8T08:00 snow, 8T22:00 snow",
                "calls": "8T09:00 answered",
            },
            note="""
The first duty was done, the second may be done until the 9th at 22:00. The share itself is met whatever becomes of it, for no target is set
to it; the score is 75 or 100, and pending as long as the duty is.""",
            text="""
situation                    | log                        | log days | judged before | as of    | verdict         | low | high | owed by | reason
the second duty runs         | 8T09:00 plow               | 7, 8     |               | 9T07:00  | pending.running | 75  | 100  |         | some of its duties are not decided yet
its proof is not due yet     | 8T09:00 plow               | 7, 8     | 9T07:00       | 10T05:59 | pending.running | 75  | 100  |         | some of its duties are not decided yet
the log is overdue           | 8T09:00 plow               | 7, 8     | 9T07:00       | 10T06:00 | unproven        | 75  | 100  | firm    | some of the rates that it weighs are not proven: log of 2024-01-09
it was done                  | 8T09:00 plow, 9T10:00 plow | 7..9     | 9T07:00       | 10T06:00 | met             | 100 | 100  |         |
it was not                   | 8T09:00 plow               | 7..9     | 9T07:00       | 10T06:00 | breached.open   | 75  | 75   |         |
""",
        ),
        Table(
            heading="A score of a share that one item spoilt while its log is awaited",
            tells="1.2 2.10 6.19",
            about="answer",
            change="""
obligations:
  answer: {items: {stream: null, rates: {quick: 50, answered: 50}}, good: null, at_least: 80}
  quick: {pattern: attain, window: day, items: {stream: call}, good: wait <= 20, at_least: 1}
  answered: {pattern: attain, window: day, items: {stream: report}, good: "kind = 'answered'", at_least: 0}
sources: {reports: {path: "{service_date}.csv", redelivery: null, due: 06:00 next day}}
""",
            given={"calls": "8T09:00 call wait:30", "reports": "8T09:00 answered"},
            note="""
One call in time is missed whatever the others are, but the score asks how many others there were: between 50 and 100.""",
            text="""
situation                 | calls days | judged before | as of   | verdict         | low | high | owed by | reason
the rest is not due yet   | 8@8T20:00  |               | 9T05:30 | pending.running | 50  | 100  |         | some of its duties are not decided yet
the rest is overdue       | 8@8T20:00  | 9T05:30       | 9T06:00 | unproven        | 50  | 100  | firm    | not proven: calls of 2024-01-08
all came                  | 8@9T05:00  |               | 9T06:00 | breached.open   | 50  | 50   |         | the target is missed
""",
        ),
        Table(
            heading="A share that one item spoilt says what it lacks",
            tells="2.10 6.20",
            change="""
obligations: {answer: {at_least: 1}}
""",
            given={"calls": "8T09:00 call wait:30", "calls days": "8@8T20:00"},
            text="""
situation               | as of   | verdict       | wakes   | proof due | reason
before the day is over  | 8T21:00 | breached.open | 9T00:00 |           | the target is missed, whatever is missing
the rest is not due yet | 9T05:30 | breached.open | 9T06:00 | 9T06:00   | the target is missed, whatever is missing: calls of 2024-01-08
it is overdue           | 9T06:00 | breached.open |         |           | the target is missed, whatever is missing: calls of 2024-01-08
""",
        ),
        Table(
            heading="What a breach would start, and a score of it, while nobody knows when the duty is due",
            tells="3.10 4.9 6.19",
            apart=True,
            change="""
term: {from: 2024-01-08, to: 2024-01-08}
obligations:
  answer: {items: {stream: null, rates: {cleared: 50, redone: 50}}, good: null, at_least: 80}
  cleared: {pattern: attain, window: day, items: {duties: clear}, at_least: 0}
  redone: {pattern: attain, window: day, items: {duties: redo}, at_least: 0}
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT1H}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT6H
    suspended_by: {stream: notice, kind: storm}
  redo:
    pattern: respond
    trigger: {breach: clear}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT6H
""",
            given={"weather days": "7, 8", "weather": "8T08:00 snow", "log days": "7..9"},
            note="The only duty's clock stands still: it is due at no known time. No breach of it started anything on the 8th.",
            text="""
situation                     | notices     | as of    | verdict         | low | high | items
the suspension stands open    | 8T09:00 storm | 10T07:00 | pending.running | 0   | 100  | 1
there is none: it was missed  |             | 10T07:00 | breached.open   | 0   | 0    | 2
""",
        ),
        Table(
            heading="What the breach of a share of duties would start, while that is not decided",
            tells="1.2 3.10 6.19",
            change="""
term: {from: 2024-01-08, to: 2024-01-09}
obligations:
  answer: {items: {stream: null, duties: redo}, good: null, at_least: 0.5}
  redo:
    pattern: respond
    trigger: {breach: cleared}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT6H
  cleared: {pattern: attain, window: day, items: {duties: clear}, at_least: 0.9}
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT1H}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT72H
""",
            given={
                "weather days": "7..10",
                "weather": "8T08:00 snow",
                "log days": "7..11",
                "period": "2024-01-09",
            },
            note="""
The snow of the 8th may be cleared until the 11th at 08:00. If it is not, the share of the 8th is missed as that day ends, and the street
was to be cleared again on the 9th by 06:00.""",
            text="""
situation                           | log          | judged before | as of    | verdict         | items | reason
the snow may still be cleared       |              |               | 10T07:00 | pending.running | 0     | some of its duties are not decided yet
the log that would tell is awaited  |              | 10T07:00      | 11T09:00 | pending.running | 0     | some of its duties are not decided yet
it was cleared: nothing was started | 9T09:00 plow | 10T07:00      | 12T07:00 | void.unassessed | 0     | too few items
it was not: nor again on the 9th    |              | 10T07:00      | 12T07:00 | breached.open   | 1     | the target is missed
""",
        ),
        Table(
            heading="A duty whose trigger is still open belongs where that was last seen",
            tells="3.2 6.18",
            change="""
term: {from: 2024-01-08, to: 2024-01-09}
obligations:
  answer: {items: {stream: null, duties: clear}, good: null, at_least: 0.9}
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT6H}
    clock: {from: trigger.end, early: PT1H}
    action: {stream: service, kind: plow}
    within: PT1H
""",
            given={
                "weather": "8T22:00 snow, 9T02:00 snow, 9T07:00 snow, 9T12:00 snow, 9T17:00 snow, 9T22:00 snow",
                "log days": "8..10",
            },
            note="It snowed from the 8th on and was last seen to on the 9th at 22:00: the clock starts then at the earliest, in the window of the 9th.",
            text="""
situation                               | period     | weather days | as of    | verdict         | items
it may go on: nothing starts on the 8th | 2024-01-08 | 8, 9         | 10T07:00 | void.unassessed | 0
it may go on: on the 9th it may         | 2024-01-09 | 8, 9         | 10T07:00 | pending.running | 1
it ended: nothing started on the 8th    | 2024-01-08 | 8..10        | 11T07:00 | void.unassessed | 0
it ended on the 9th                     | 2024-01-09 | 8..10        | 11T07:00 | breached.open   | 1
""",
        ),
        Table(
            heading="Duties that may have been owed while it snowed",
            tells="3.5 6.20",
            change="""
obligations:
  answer: {items: {stream: null, duties: sweep}, good: null, at_least: 0.5}
  sweep:
    pattern: recur
    period: {while: {stream: condition, kind: snow, merge_gap: PT4H}}
    action: {stream: service, kind: sweep}
    times: 1
""",
            given={"log days": "7..9"},
            text="""
situation                  | weather days | weather                    | log           | as of   | verdict         | owed by
it snowed, and was swept   | 7, 8         | 8T08:00 snow, 8T10:00 snow | 8T09:00 sweep | 9T07:00 | met             |
it did not snow            | 7, 8         |                            |               | 9T07:00 | void.unassessed |
nobody told of the weather | 7            |                            |               | 9T07:00 | unproven        | weather-service
""",
        ),
        Table(
            heading="Duties that breaches may have started",
            tells="3.5 3.10 6.20",
            change=_MADE_GOOD,
            given={"log days": "7..9"},
            text="""
situation                                | weather days | weather      | log          | as of   | verdict         | owed by
too late, but made good within two hours | 7, 8         | 8T08:00 snow | 8T11:00 plow | 9T07:00 | met             |
cleared in time: there is nothing to do  | 7, 8         | 8T08:00 snow | 8T09:00 plow | 9T07:00 | void.unassessed |
nobody told of the weather               | 7            |              |              | 9T07:00 | unproven        | weather-service
""",
        ),
        Table(
            heading="Duties that breaches may have started, where nobody knows of these",
            tells="1.1 3.5 6.20",
            change=_MADE_GOOD,
            given={"weather days": "7, 8", "weather": "8T08:00 snow"},
            note="Whether the street was cleared by 10:00 the log of the 8th would tell, which is due at 06:00 of the 9th.",
            text="""
situation                              | log days | log          | as of   | verdict         | owed by
the log is missing: it may be a breach | 7        |              | 9T07:00 | unproven        | firm
it is not due yet                      | 7        |              | 9T05:30 | pending.overdue | firm
the log shows that nothing was breached | 7, 8@9T05:00 | 8T09:00 plow | 9T07:00 | void.unassessed |
""",
        ),
    ),
)
