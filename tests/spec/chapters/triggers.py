"""Triggers (SEMANTICS section 3): episodes, records, quorums, breaches, and what becomes of revised ones."""

from tests.spec.chapter import Chapter, Table

_EPISODE = """
obligations:
  clear:
    pattern: respond
    trigger: {stream: condition, kind: [snow, warning], measure: depth, at_least: 1, merge_gap: PT4H}
    clock: {from: trigger.end, early: PT0S}
    action: {stream: service, kind: plow}
    within: PT24H
"""
EPISODES = Chapter(
    title="Triggers: episodes",
    story="""
Observations of one zone that lie less than four hours apart are one snowfall, and so are warnings that overlap or are issued
again. It is a trigger from the instant at which its depth reaches 1 cm; its clock runs from its end, which is known only once
four hours without snow are covered by the weather service's own data.
""",
    clause=_EPISODE,
    tables=(
        Table(
            heading="What is one episode",
            tells="3.1 3.2 3.6",
            text="""
situation                                          | weather                                                       | as of    | trigger                              | due                 | verdict
observations less than merge_gap apart are one     | 10T10:00 snow =1, 10T13:59 snow =1                            | 11T05:00 | 2024-01-10T02:00Z                    | 11T13:59            | pending.running
as far apart as merge_gap they are two             | 10T10:00 snow =1, 10T14:00 snow =1                            | 11T05:00 | 2024-01-10T02:00Z / 2024-01-10T06:00Z | 11T10:00 / 11T14:00 | pending.at_risk / pending.running
warnings that overlap are one                      | 10T08:00/10T12:00 warning =1, 10T10:00/10T16:00 warning =1    | 11T05:00 | 2024-01-10T00:00Z                    | 11T16:00            | pending.running
a warning issued again extends it                  | 10T08:00/10T12:00 warning =1, 10T15:00/10T16:00 warning =1    | 11T05:00 | 2024-01-10T00:00Z                    | 11T16:00            | pending.running
a shorter warning within a longer one shortens nothing | 10T08:00/10T16:00 warning =1, 10T09:00/10T10:00 warning =1 | 11T05:00 | 2024-01-10T00:00Z                   | 11T16:00            | pending.running
it exists from the instant its threshold is crossed | 10T10:00 snow =0.5, 10T12:00 snow =1, 10T14:00 snow =0.2     | 11T05:00 | 2024-01-10T04:00Z                    | 11T14:00            | pending.running
a fall that never reaches the threshold is none    | 10T10:00 snow =0.5, 10T12:00 snow =0.9                        | 11T05:00 |                                      |                     | none
before it is crossed there is none                 | 10T10:00 snow =0.5, 10T12:00 snow =1                          | 10T11:59 |                                      |                     | none
decided: a depth that is not known crosses none    | 10T10:00 snow                                                 | 11T05:00 |                                      |                     | none
""",
            given={"weather days": "9, 10@10T11:30, 10, 11, 12, 13"},
        ),
        Table(
            heading="More than a threshold",
            tells="3.2",
            change="obligations: {clear: {trigger: {at_least: null, above: 2.5}}}",
            text="""
situation                        | weather                                                | as of    | trigger           | due      | verdict
the depth itself is allowed      | 10T10:00 snow =2.5, 10T12:00 snow =2.5                 | 11T05:00 |                   |          | none
more than it is not              | 10T10:00 snow =2.5, 10T12:00 snow =2.6, 10T14:00 snow =2 | 11T05:00 | 2024-01-10T04:00Z | 11T14:00 | pending.running
""",
        ),
        Table(
            heading="Each zone has its own",
            tells="3.1 3.6",
            text="""
situation                            | zone | weather                                          | as of    | trigger                | verdict
snow in the unit's zone              | N    | 10T10:00 snow =1 in N, 10T12:00 snow =1 in S     | 12T05:00 | 2024-01-10T02:00Z@N    | breached.open
snow in the other zone               | S    | 10T10:00 snow =1 in N, 10T12:00 snow =1 in S     | 12T05:00 | 2024-01-10T04:00Z@S    | breached.open
snow in no zone of the unit's        | W    | 10T10:00 snow =1 in N, 10T12:00 snow =1 in S     | 12T05:00 |                        | none
""",
        ),
        Table(
            heading="Open until its end is known",
            tells="3.3 3.4 4.1",
            text="""
situation                                           | weather                                            | weather days         | log           | as of    | verdict         | due
a forecast end never closes it                      | 10T10:00/10T16:00 warning =1                       | 9, 10@10T11:00       |               | 11T18:00 | pending.running |
it snows on                                         | 10T10:00..10T16:00 snow =1                         | 9, 10@10T12:30       |               | 10T12:30 | pending.running |
the rest of its day is covered                      | 10T10:00..10T16:00 snow =1                         | 9, 10                |               | 11T05:00 | pending.running | 11T16:00
four hours must be covered: the next day's file too | 10T10:00..10T22:00 snow =1                         | 9, 10                |               | 11T05:00 | pending.running |
now they are                                        | 10T10:00..10T22:00 snow =1                         | 9, 10, 11            |               | 12T05:00 | breached.open   | 11T22:00
a dead station keeps it open, long after            | 10T10:00..10T22:00 snow =1                         | 9, 10, 12            |               | 13T07:00 | pending.running |
a row in quarantine may prolong it                  | 10T10:00..10T16:00 snow =1, ?10T18:00 snow         | 9, 10, 11            |               | 12T05:00 | pending.running |
decided: while it is open, work done is no proof yet | 10T10:00..10T22:00 snow =1                        | 9, 10                | 10T22:30 plow | 11T05:00 | pending.running |
""",
        ),
        Table(
            heading="How strong it is decides how long there is time",
            tells="3.2 6.1 6.2 6.3",
            change="""
obligations: {clear: {within: [{class: A, at_least: 1, allow: PT24H}, {class: A, at_least: 5, allow: PT48H}, {class: B, allow: PT72H}]}}
""",
            text="""
situation                             | class | weather                                    | as of    | due      | verdict
a light fall                          | A     | 10T10:00..10T16:00 snow =2                 | 11T05:00 | 11T16:00 | pending.running
a heavy one: by its greatest depth    | A     | 10T10:00..10T16:00 snow =2, 10T15:00 snow =6 | 11T05:00 | 12T16:00 | pending.running
another class                         | B     | 10T10:00..10T16:00 snow =2                 | 11T05:00 | 13T16:00 | pending.running
decided: a class without a row owes nothing | C | 10T10:00..10T16:00 snow =2                 | 11T05:00 |          | none
""",
        ),
        Table(
            heading="When data are revised",
            tells="3.7 3.8 1.6",
            note="The duty that was recorded in the judgement before is void, and names the one that takes its place.",
            text="""
situation                                                 | weather                                                          | weather days       | judged before | as of    | verdict                | trigger                               | successor                                 | reason
the fall began earlier than was first said                | 10T10:00..10T16:00 snow =1 version:0, 10T08:00..10T16:00 snow =1 version:1 | 9, 10, 10'1@12T09:00, 11, 12 | 12T07:00 | 12T10:00 | breached.open / void | 2024-01-10T00:00Z / 2024-01-10T02:00Z |  / U1/2024-01-10T00:00Z | complete logs / revised away
there was no fall at all                                  | 10T10:00..10T16:00 snow =1 version:0                             | 9, 10, 10'1@12T09:00, 11, 12 | 12T07:00      | 12T10:00 | void                   | 2024-01-10T02:00Z                     |                                           | revised away
one fall was two: the greater overlap succeeds            | 10T10:00..10T16:00 snow =1 version:0, 10T09:00 snow =1 version:1, 10T13:00..10T16:00 snow =1 version:1 | 9, 10, 10'1@12T09:00, 11, 12 | 12T07:00 | 12T10:00 | breached.open / void / breached.open | 2024-01-10T01:00Z / 2024-01-10T02:00Z / 2024-01-10T05:00Z |  / U3/2024-01-10T05:00Z / | complete logs / revised away / complete logs
nothing was revised                                       | 10T10:00..10T16:00 snow =1                                       | 9, 10, 11, 12      | 12T07:00      | 12T10:00 | breached.open          | 2024-01-10T02:00Z                     |                                           | complete logs
said to have begun three hours later: near enough         | 10T10:00 snow =1 version:0, 10T13:00 snow =1 version:1           | 9, 10, 10'1@12T09:00, 11, 12 | 12T07:00 | 12T10:00 | void / breached.open | 2024-01-10T02:00Z / 2024-01-10T05:00Z | U5/2024-01-10T05:00Z / | revised away / complete logs
five hours later: that is another fall                    | 10T10:00 snow =1 version:0, 10T15:00 snow =1 version:1           | 9, 10, 10'1@12T09:00, 11, 12 | 12T07:00 | 12T10:00 | void / breached.open | 2024-01-10T02:00Z / 2024-01-10T07:00Z |  / | revised away / complete logs
""",
        ),
    ),
)
RECORDS = Chapter(
    title="Triggers: single records",
    story="""
Every case is a trigger by itself: it states when it was opened, by when it should be answered, and when it was closed. A case
without a target is owed nothing. The latest version of a record speaks for it.
""",
    clause="""
sources:
  cases:
    path: "{part}.csv"
    redelivery: append
    due: null
    columns: {record: record, opened_at: opened, target_at: target, closed_at: closed}
obligations:
  answer:
    pattern: respond
    trigger: {stream: case, each: record}
    clock: {from: trigger.opened_at, early: any}
    action: {stream: case, at: closed_at, match: record}
    within: trigger.target_at
""",
    tables=(
        Table(
            heading="A record states its own times",
            tells="4.1 4.2 5.4 3.6 R6 R10 R11 R12",
            note="A case closed before it was opened is explained, not hidden.",
            text="""
situation                             | cases                                                                                    | as of    | verdict         | fulfilled | lapsed   | trigger | reason
closed by its target                  | 10T09:00 of C1 opened_at:10T09:00 target_at:11T09:00 closed_at:10T20:00                   | 12T05:00 | met             | 10T20:00  |          | C1      | done in time
closed at the instant of its target   | 10T09:00 of C2 opened_at:10T09:00 target_at:10T21:00 closed_at:10T21:00                   | 12T05:00 | met             | 10T21:00  |          | C2      | done in time
closed after it                       | 10T09:00 of C3 opened_at:10T09:00 target_at:10T20:00 closed_at:10T21:00                   | 12T05:00 | breached.cured  | 10T21:00  | 10T20:00 | C3      | done late
closed before it was opened           | 10T09:00 of C4 opened_at:10T09:00 target_at:11T09:00 closed_at:10T08:00                   | 12T05:00 | met             | 10T08:00  |          | C4      | done before its clock began
no opening is no duty                 | 10T09:00 of D2 target_at:11T09:00 closed_at:10T20:00                                      | 12T05:00 | none            |           |          |         |
no target is no duty                  | 10T09:00 of C5 opened_at:10T09:00 closed_at:10T20:00                                      | 12T05:00 | none            |           |          |         |
decided: never closed, where the export promises nothing: unproven| 10T09:00 of C6 opened_at:10T09:00 target_at:11T09:00                                      | 12T05:00 | unproven        |           |          | C6      | promises no complete record
its target lies in the future         | 10T09:00 of C7 opened_at:10T09:00 target_at:12T09:00                                      | 12T05:00 | pending.at_risk |           |          | C7      | the clock is running
two cases on one unit are two duties  | 10T09:00 of C8 opened_at:10T09:00 target_at:11T09:00 closed_at:10T20:00, 10T10:00 of C9 opened_at:10T10:00 target_at:11T09:00 closed_at:11T10:00 | 12T05:00 | met / breached.cured | 10T20:00 / 11T10:00 | / 11T09:00 | C8 / C9 | done in time / done late
the latest version speaks             | 10T09:00 of D1 opened_at:10T09:00 target_at:11T09:00, 11T20:00 of D1 opened_at:10T09:00 target_at:12T09:00 closed_at:11T20:00 | 12T05:00 | met | 11T20:00 | | D1 | done in time
""",
        ),
        Table(
            heading="The latest version says another time",
            tells="1.9 3.6 4.1",
            note="""
Here the record's own time is when it was closed. What an earlier version said of that is not so, also where the later one speaks
of a time after the target.
""",
            change="obligations: {answer: {action: {kind: closed, at: null}}}",
            text="""
situation                          | cases | as of | verdict | fulfilled
closed in time                     | 10T20:00 closed of C1 opened_at:10T09:00 target_at:11T09:00 | 13T05:00 | met | 10T20:00
corrected: it was closed later     | 10T20:00 closed of C2 opened_at:10T09:00 target_at:11T09:00, 12T20:00 closed of C2 opened_at:10T09:00 target_at:11T09:00 | 13T05:00 | breached.cured | 12T20:00
what it says of a time to come     | 10T20:00 closed of C4 opened_at:10T09:00 target_at:11T09:00, 13T20:00 open of C4 opened_at:10T09:00 target_at:11T09:00 came 12T09:00 | 13T05:00 | met | 10T20:00
corrected: it is open              | 10T20:00 closed of C3 opened_at:10T09:00 target_at:11T09:00, 12T20:00 open of C3 opened_at:10T09:00 target_at:11T09:00 | 13T05:00 | unproven |
""",
        ),
        Table(
            heading="A case that nobody ever closes, of a feed that is complete",
            tells="1.9 2.6 4.2",
            note="""
A case is told of after it was opened, and states its own end: whatever is not known of the time before hides none, also where a
closing of any time counts. From its opening on the feed must have been complete.
""",
            change="""
sources:
  cases:
    polls: {max_lag: PT1H, shows: all}
    columns: {seen_at: seen_at}
""",
            apart=True,
            text="""
situation                              | cases polls                  | cases                                                | as of    | verdict         | owed by | reason
polled from before it was opened       | 10T08:00, 10T12:00, 11T18:00 | 10T09:00 of C1 opened_at:10T09:00 target_at:11T09:00 | 11T18:00 | breached.open   |         | the record itself
the last poll was before its target    | 10T08:00, 10T12:00           | 10T09:00 of C2 opened_at:10T09:00 target_at:11T09:00 | 11T10:30 | unproven        | city    | after its last poll
the first poll was after its opening   | 10T12:00, 11T18:00           | 10T09:00 of C3 opened_at:10T09:00 target_at:11T09:00 | 11T18:00 | unproven        | city    | before its first poll
""",
        ),
        Table(
            heading="Every event by itself",
            tells="3.6 5.4",
            note="""
A log of what happened to cases is no list of cases: with `each: event` a closing starts its clock, whatever is written of the case
later. Citizens are called back within a day of a closing; `log` is the departments' log, `calls` the operator's.
""",
            change="""
sources:
  log: {columns: {record: record}}
  calls: {columns: {record: record}}
obligations:
  answer:
    trigger: {stream: service, kind: closed, each: event}
    clock: {from: trigger.start, early: null}
    action: {stream: call, kind: called, at: at, match: record}
    within: PT24H
""",
            text="""
situation                                | log                                            | calls             | as of    | verdict               | trigger
called back in time                      | 10T09:00 closed of E1                          | 11T08:00 called of E1 | 13T05:00 | met               | E1@2024-01-10T01:00Z
not called back                          | 10T09:00 closed of E2                          |                   | 13T05:00 | breached.open         | E2@2024-01-10T01:00Z
whatever is written of the case later    | 10T09:00 closed of E3, 10T11:00 acted of E3    |                   | 13T05:00 | breached.open         | E3@2024-01-10T01:00Z
closed twice: two calls are owed         | 10T09:00 closed of E4, 11T12:00 closed of E4   | 11T08:00 called of E4 | 13T05:00 | met / breached.open | E4@2024-01-10T01:00Z / E4@2024-01-11T04:00Z
identical rows are one event             | 10T09:00 closed of E5, 10T09:00 closed of E5   |                   | 13T05:00 | breached.open         | E5@2024-01-10T01:00Z
""",
        ),
        Table(
            heading="Acts that name both the case and its unit",
            tells="5.4",
            change="""
sources:
  log: {columns: {record: record}}
  calls: {columns: {record: record}}
obligations:
  answer:
    trigger: {stream: service, kind: closed, each: event}
    clock: {from: trigger.start, early: null}
    action: {stream: call, kind: called, at: at, match: [unit, record]}
    within: PT24H
""",
            text="""
situation                                | log                   | calls                       | as of    | verdict
called back about it                     | 10T09:00 closed of E1 | 11T08:00 called of E1       | 13T05:00 | met
called back about the case on another unit | 10T09:00 closed of E2 | 11T08:00 called of E2 on U9 | 13T05:00 | breached.open
called back about another case           | 10T09:00 closed of E3 | 11T08:00 called of E4       | 13T05:00 | breached.open
""",
        ),
        Table(
            heading="A case on a unit that the register does not know",
            tells="5.4 3.6",
            change="""
sources:
  log: {columns: {record: record}}
  calls: {columns: {record: record}}
obligations:
  answer:
    trigger: {stream: service, kind: closed, each: event}
    clock: {from: trigger.start, early: null}
    action: {stream: call, kind: called, at: at, match: [unit, record]}
    within: PT24H
""",
            note="The contract as a whole stands in for the unit X9; acts are joined by the name that the record gives (docs/decisions/0033).",
            apart=True,
            text="""
situation                                  | log                         | calls                       | as of    | verdict
called back about it                       | 10T09:00 closed of E1 on X9 | 11T08:00 called of E1 on X9 | 13T05:00 | met
called back about the case on another unit | 10T09:00 closed of E1 on X9 | 11T08:00 called of E1 on X8 | 13T05:00 | breached.open
""",
        ),
        Table(
            heading="What else is told of a unit that the register does not know",
            tells="2.4 2.13 3.6",
            note="""
Whoever names X9 speaks of the case on X9: an inspector, or a row that nobody can read.
""",
            change="""
sources:
  log: {columns: {record: record}}
  calls: {columns: {record: record}}
obligations:
  answer:
    trigger: {stream: service, kind: closed, each: event}
    clock: {from: trigger.start, early: null}
    action: {stream: call, kind: called, at: at, match: unit}
    refuted_by: {stream: inspection, kind: open}
    within: PT24H
""",
            given={"log": "10T09:00 closed of E1 on X9"},
            apart=True,
            text="""
situation                                | calls                   | seen                | as of    | verdict
a row that nobody can read may be it     | ?10T20:00 called on X9  |                     | 13T05:00 | unproven
it names another one                     | ?10T20:00 called on X8  |                     | 13T05:00 | breached.open
seen undone afterwards                   | 10T20:00 called on X9   | 10T21:00 open on X9 | 13T05:00 | breached.open
another one was                          | 10T20:00 called on X9   | 10T21:00 open on X8 | 13T05:00 | met
""",
        ),
    ),
)
QUORUM = Chapter(
    title="Triggers: a quorum of citizens",
    story="""
Where two distinct households report within two hours that a street is covered, the contractor must plow it within six hours of the
second report. Reports that name nobody never count; reports less than four hours apart are one run.
""",
    clause="""
obligations:
  answer:
    pattern: respond
    trigger: {stream: report, kind: covered, quorum: {households: 2, within: PT2H}, merge_gap: PT4H}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    within: PT6H
""",
    tables=(
        Table(
            heading="When the clock starts",
            tells="3.9 4.1 R5",
            text="""
situation                                         | reports                                                                     | as of    | starts   | due      | verdict
the second household starts it                    | 10T10:00 covered by H1, 10T11:00 covered by H2                              | 12T07:00 | 10T11:00 | 10T17:00 | breached.open
exactly two hours are within two hours            | 10T10:00 covered by H1, 10T12:00 covered by H2                              | 12T07:00 | 10T12:00 | 10T18:00 | breached.open
too far apart                                     | 10T10:00 covered by H1, 10T12:01 covered by H2                              | 12T07:00 |          |          | none
one household twice is one                        | 10T10:00 covered by H1, 10T11:00 covered by H1                              | 12T07:00 |          |          | none
anonymous reports never count                     | 10T10:00 covered by H1, 10T11:00 covered, 10T11:30 covered                  | 12T07:00 |          |          | none
a later pair within one run                       | 10T10:00 covered by H1, 10T11:30 covered by H1, 10T12:30 covered by H2      | 12T07:00 | 10T12:30 | 10T18:30 | breached.open
one trigger for one run of reports                | 10T10:00 covered by H1, 10T11:00 covered by H2, 10T12:00 covered by H3      | 12T07:00 | 10T11:00 | 10T17:00 | breached.open
decided: a pause of `merge_gap` begins another run | 10T10:00 covered by H1, 10T11:00 covered by H2, 10T15:00 covered by H1, 10T16:00 covered by H2 | 12T07:00 | 10T11:00 / 10T16:00 | 10T17:00 / 10T22:00 | breached.open / breached.open
reports of another kind                           | 10T10:00 dark by H1, 10T11:00 dark by H2                                    | 12T07:00 |          |          | none
""",
        ),
    ),
)
BREACH = Chapter(
    title="Triggers: the breach of another obligation",
    story="""
Who has not cleared in time must put up a sign within six hours of the lapse. The breach of one obligation starts the clock of another,
on the same unit; obligations that wait for one another in a circle are a fault of the contract.
""",
    clause="""
obligations:
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT4H}
    clock: {from: trigger.end, early: PT0S}
    action: {stream: service, kind: plow}
    within: PT24H
  sign:
    pattern: respond
    trigger: {breach: clear}
    clock: {from: trigger.start}
    action: {stream: service, kind: sign}
    within: PT6H
""",
    given={"weather": "10T10:00..10T16:00 snow"},
    tables=(
        Table(
            heading="The clock starts at the lapse",
            tells="3.10 R5 6.10",
            about="sign",
            text="""
situation                                        | log                          | log days   | as of    | starts   | verdict        | trigger
cleared in time: no sign is owed                 | 11T09:00 plow                | 10, 11, 12 | 13T05:00 |          | none           |
not cleared, no sign                             |                              | 10, 11, 12 | 13T05:00 | 11T16:00 | breached.open  | clear~2024-01-10T02:00Z
not cleared, a sign in time                      | 11T20:00 sign                | 10, 11, 12 | 13T05:00 | 11T16:00 | met            | clear~2024-01-10T02:00Z
a sign before the lapse is none                  | 11T10:00 sign                | 10, 11, 12 | 13T05:00 | 11T16:00 | breached.open  | clear~2024-01-10T02:00Z
cleared too late: the lapse remains, and its sign | 11T18:00 plow               | 10, 11, 12 | 13T05:00 | 11T16:00 | breached.open  | clear~2024-01-10T02:00Z
whether it was cleared is unproven: no sign is owed |                           | 10, 12     | 13T07:00 |          | none           |
""",
        ),
        Table(
            heading="Whether a second breach starts the clock anew",
            tells="1.1 2.10 3.10 4.12 R5",
            about="sign",
            change="""
obligations:
  clear: {trigger: {merge_gap: PT1H}, clock: {from: trigger.start, early: null}, action: {stream: call, kind: plow}}
  sign: {within: PT12H, reset: {at_most: PT20H}}
""",
            given={"weather": "10T10:00 snow, 10T16:00 snow"},
            note="""
The first fall lapses on the 11th at 10:00, the second at 16:00, before the sign is due at 22:00. Of the morning the calls tell, of the
afternoon they may not.""",
            text="""
situation                              | calls         | calls days             | log days   | as of    | verdict                    | owed by
neither was cleared                    |               | 10, 11, 12             | 10, 11, 12 | 13T07:00 | void.reset / breached.open | /
the second was cleared                 | 11T12:00 plow | 10, 11, 12             | 10, 11, 12 | 13T07:00 | breached.open              |
whether it was is unproven             |               | 10, 11@11T11:00, 12    | 10, 11, 12 | 13T07:00 | unproven                   | firm
the calls that would tell are awaited  |               | 10, 11@11T11:00        | 10, 11     | 12T05:30 | pending.overdue            | firm
""",
        ),
        Table(
            heading="A breach begins and ends in one instant",
            tells="3.10 4.1",
            change="obligations: {sign: {clock: {from: trigger.end, early: PT0S}}}",
            about="sign",
            text="""
situation                                        | log                          | log days   | as of    | starts   | verdict        | trigger
not cleared, no sign                             |                              | 10, 11, 12 | 13T05:00 | 11T16:00 | breached.open  | clear~2024-01-10T02:00Z
not cleared, a sign in time                      | 11T20:00 sign                | 10, 11, 12 | 13T05:00 | 11T16:00 | met            | clear~2024-01-10T02:00Z
""",
        ),
        Table(
            heading="A breach begins and ends in one instant",
            tells="3.10 4.1",
            change="obligations: {sign: {clock: {from: trigger.end, early: PT0S}}}",
            about="sign",
            text="""
situation                                        | log                          | log days   | as of    | starts   | verdict        | trigger
not cleared, no sign                             |                              | 10, 11, 12 | 13T05:00 | 11T16:00 | breached.open  | clear~2024-01-10T02:00Z
not cleared, a sign in time                      | 11T20:00 sign                | 10, 11, 12 | 13T05:00 | 11T16:00 | met            | clear~2024-01-10T02:00Z
""",
        ),
    ),
)
