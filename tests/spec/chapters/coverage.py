"""Evidence and coverage (SEMANTICS section 2)."""

from tests.spec.chapter import Chapter, Table

_CLAUSE = """
obligations:
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT4H}
    clock: {from: trigger.end, early: PT0S}
    action: {stream: service, kind: plow}
    within: PT24H
"""
COVERAGE = Chapter(
    title="Evidence and coverage",
    story="""
Absence of evidence settles a duty only where the evidence is complete. What is not covered is a gap; it has a holder, the
party that runs the source. The street is to be plowed from the snowfall's end (10th, 16:00) within 24 h.
""",
    clause=_CLAUSE,
    given={"weather": "10T10:00..10T16:00 snow"},
    tables=(
        Table(
            heading="A daily file covers its day",
            tells="2.1 2.5 2.8",
            text="""
situation                                     | log days               | as of    | verdict       | coverage | owed by
both days are here                            | 10, 11                 | 12T07:00 | breached.open | 1        |
the second day is missing: 16 of 24 hours     | 10                     | 12T07:00 | unproven      | 0.3333   | firm
the first day is missing: 8 of 24 hours       | 11                     | 12T07:00 | unproven      | 0.6667   | firm
a file that comes at noon covers the morning  | 10, 11@11T12:00        | 12T07:00 | unproven      | 0.8333   | firm
the whole file comes after it                 | 10, 11@11T12:00, 11    | 12T07:00 | breached.open | 1        |
days outside the clock do not matter          | 10, 11                 | 13T07:00 | breached.open | 1        |
""",
        ),
        Table(
            heading="Rows in quarantine",
            tells="2.4 6.9",
            note="A row whose unit and time are read leaves open just that; an unreadable unit may be any, an unreadable time any of the file's.",
            text="""
situation                                         | log                            | as of    | verdict       | coverage | reason
at its unit and time, within the clock            | ?11T09:00 plow                 | 12T07:00 | unproven      | 1        | incomplete: quarantined row
at a time outside the clock                       | ?11T17:00 plow                 | 12T07:00 | breached.open | 1        |
of a kind that was not asked for                  | ?11T09:00 sweep                | 12T07:00 | breached.open | 1        |
of a kind that cannot be read                     | ?11T09:00                      | 12T07:00 | unproven      | 1        | incomplete: quarantined row
its time cannot be read: the whole file           | ?11 plow                       | 12T07:00 | unproven      | 0.3333   | incomplete: quarantined row
its time cannot be read, in the file of another day | ?12 plow                     | 12T07:00 | breached.open | 1        |
a known act all the same                          | ?11T09:00 plow, 11T12:00 plow  | 12T07:00 | met           | 1        |
""",
        ),
        Table(
            heading="Rows in quarantine, where no due time is stated",
            tells="1.4 2.4",
            change="sources: {log: {due: null}}",
            given={"log days": "10, 11@11T18:00", "log": "?11T12:00 plow"},
            text="""
situation                                                      | as of    | verdict         | owed by
the log of a day is owed as it ends: it may still be corrected | 11T23:59 | pending.overdue | firm
now it is overdue                                              | 11T24:00 | unproven        | firm
""",
        ),
        Table(
            heading="Rows in quarantine that name no unit",
            tells="2.4",
            text="""
situation                        | log                    | as of    | verdict
it may have been any street      | ?11T09:00 plow nowhere | 12T07:00 | unproven
this one too                     |                        | 12T07:00 | unproven
""",
        ),
        Table(
            heading="Rows in quarantine, where another column tells when it was done",
            tells="2.4",
            change="""
sources: {log: {columns: {done_at: done_at}}}
obligations: {clear: {action: {at: done_at}}}
""",
            note="Nobody can read it in such a row: it may state any time from its file's day until that came (docs/decisions/0033).",
            text="""
situation                                       | log             | as of    | verdict       | coverage
written in the day's file after the duty was due | ?11T20:00 plow | 12T07:00 | unproven      | 0.3333
written before the clock began, that day        | ?10T12:00 plow  | 12T07:00 | unproven      | 0.4583
in the file of another day                      | ?12T10:00 plow  | 13T07:00 | breached.open | 1
of a kind that was not asked for                | ?11T20:00 sweep | 12T07:00 | breached.open | 1
""",
        ),
        Table(
            heading="Several sources of one stream",
            tells="2.1 2.8 2.10 G5",
            change="""
sources:
  log: {stream: service}
  gps: {stream: service, run_by: city, due: 12:00 next day, rank: 1}
""",
            note="Either source may hold the act, so that the evidence is complete only where both are.",
            text="""
situation                                | log days | gps days | log           | gps           | as of    | verdict         | owed by
both are complete                        | 10, 11   | 10, 11   |               |               | 12T13:00 | breached.open   |
the log is missing                       | 10       | 10, 11   |               |               | 12T13:00 | unproven        | firm
both are missing                         | 10       | 10       |               |               | 12T13:00 | unproven        | city, firm
decided: one is overdue, the other is not | 10      | 10       |               |               | 12T07:00 | pending.overdue | city, firm
one shows the act                        | 10       | 10, 11   |               | 11T09:00 plow | 12T13:00 | met             |
""",
        ),
        Table(
            heading="Silence counts only against the party that holds the gap",
            tells="2.9 G5",
            change="""
sources:
  log: {stream: service}
  gps: {stream: service, run_by: city, due: 12:00 next day}
obligations: {clear: {silence: breached}}
""",
            text="""
situation                                         | log days | gps days | as of    | verdict         | owed by
the debtor's own log is overdue                   | 10       | 10, 11   | 12T07:00 | breached.open   |
it is not overdue yet                             | 10       | 10, 11   | 12T05:00 | pending.overdue | firm
the city's is missing: not the debtor's silence   | 10, 11   | 10       | 12T13:00 | unproven        | city
both are missing: not the debtor's silence alone  | 10       | 10       | 12T13:00 | unproven        | city, firm
""",
        ),
        Table(
            heading="Silence does not count against who does not hold the log",
            tells="2.9 5.1",
            change="""
contractors: [{id: firm, name: {en: Firm}}, {id: rival, name: {en: Rival}}]
assignments: [{contractor: rival, from: 2024-01-01}]
obligations: {clear: {silence: breached}}
""",
            text="""
situation                                        | log days | as of    | verdict  | owed by | party
the rival answers, the firm's log is missing     | 10       | 12T07:00 | unproven | firm    | rival
""",
        ),
        Table(
            heading="A feed that is polled",
            tells="2.6",
            change="""
sources:
  log: {path: "{part}.csv", due: null, redelivery: append, polls: {max_lag: PT1H, shows: all}, columns: {seen_at: seen_at}}
""",
            note="A poll covers up to itself minus `max_lag`.",
            text="""
situation                                      | log polls                    | log           | as of    | verdict         | due      | owed by
polled around the clock's whole time           | 10T12:00, 11T18:00           |               | 11T18:00 | breached.open   | 11T16:00 |
the last poll shows nothing of the last hour   | 10T12:00, 11T16:59           |               | 11T16:59 | pending.overdue | 11T16:00 | firm
an hour after it was due it is unproven        | 10T12:00, 11T16:30           |               | 11T17:00 | unproven        | 11T16:00 | firm
the first poll came too late to show all       | 10T18:00, 11T18:00           |               | 11T18:00 | unproven        | 11T16:00 | firm
a poll shows the act                           | 10T18:00, 11T12:00           | 11T09:00 plow | 11T18:00 | met             | 11T16:00 |
""",
        ),
        Table(
            heading="A feed that shows only what is recent",
            tells="2.6",
            change="""
sources:
  log: {path: "{part}.csv", due: null, redelivery: append, polls: {max_lag: PT1H, shows: all, back: PT6H}, columns: {seen_at: seen_at}}
""",
            note="A poll shows what is one to six hours old.",
            text="""
situation                                        | log polls                                                            | log           | as of    | verdict       | due      | owed by | reason
each shows on from where the one before it ended | 10T12:00, 10T17:00, 10T22:00, 11T03:00, 11T08:00, 11T13:00, 11T18:00 |               | 11T18:00 | breached.open | 11T16:00 |         | complete logs
one comes a minute late: that minute is missing  | 10T12:00, 10T17:00, 10T22:00, 11T03:00, 11T08:00, 11T13:01, 11T18:00 |               | 11T18:00 | unproven      | 11T16:00 | firm    | incomplete: log was not asked for longer than it shows
none for thirty hours: an act may have been      | 10T12:00, 11T18:00                                                   |               | 11T18:00 | unproven      | 11T16:00 | firm    | incomplete: log was not asked for longer than it shows
what a poll shows is proven all the same         | 10T12:00, 11T12:00                                                   | 11T09:00 plow | 11T18:00 | met           | 11T16:00 |         | done in time
""",
        ),
        Table(
            heading="A feed that shows only the last event",
            tells="2.6",
            change="""
sources:
  log: {path: "{part}.csv", due: null, redelivery: append, polls: {max_lag: PT1H, shows: last}, columns: {seen_at: seen_at}}
""",
            note="Between the previous poll and the event that it shows, others may have been.",
            text="""
situation                                       | log polls                              | log            | as of    | verdict        | fulfilled | owed by
nothing was ever shown                          | 10T12:00, 11T12:00, 11T18:00           |                | 11T18:00 | breached.open  |           |
a late act is shown; it may hide an earlier one | 10T12:00, 11T12:00, 11T18:00           | 11T16:30 plow  | 11T18:00 | unproven       |           | firm
polled just before: it can hide none in time    | 10T12:00, 11T12:00, 11T17:00, 11T18:30 | 11T17:15 plow  | 11T18:30 | breached.cured | 11T17:15  |
a sweep at noon hides what lay before           | 10T12:00, 11T12:00, 11T18:00           | 11T11:00 sweep | 11T18:00 | unproven       |           | firm
an act in time is shown                         | 10T12:00, 11T12:00, 11T18:00           | 11T11:00 plow  | 11T18:00 | met            | 11T11:00  |
""",
        ),
        Table(
            heading="A gap too short for the act hides nothing",
            tells="2.7 G4",
            change="""
sources:
  log: {path: "{part}.csv", due: null, redelivery: append, polls: {max_lag: PT10M, shows: last}, columns: {seen_at: seen_at}}
obligations: {clear: {action: {min_duration: PT30M}}}
""",
            text="""
situation                                       | log polls                    | log            | as of    | verdict
the sweep hides seventy minutes: an act fits in | 10T12:00, 11T12:00, 11T18:00 | 11T13:00 sweep | 11T18:00 | unproven
it hides half an hour, as long as the act takes | 10T12:00, 11T12:00, 11T18:00 | 11T12:20 sweep | 11T18:00 | unproven
it hides twenty minutes: none fits in           | 10T12:00, 11T12:00, 11T18:00 | 11T12:10 sweep | 11T18:00 | breached.open
""",
        ),
        Table(
            heading="Gaps that adjoin one another are one",
            tells="2.7",
            change="obligations: {clear: {action: {min_duration: PT36H}}}",
            note="The act takes a day and a half. What is missing is as long as it is, before the clock and after it too.",
            text="""
situation                                       | log days       | as of    | verdict       | owed by
one day is missing: the act does not fit in     | 9, 10, 12      | 13T07:00 | breached.open |
two days are missing, one after the other       | 9, 12          | 13T07:00 | unproven      | firm
from noon of the 11th to the end of the 12th    | 9, 11@11T12:00, 13 | 14T07:00 | unproven  | firm
the 10th and the 12th's evening do not adjoin   | 9, 11, 12@12T18:00, 13 | 14T07:00 | breached.open |
the day after the due time is missing with it   | 9, 10, 13      | 14T07:00 | unproven      | firm
""",
        ),
        Table(
            heading="What a log does not name adjoins what was not delivered",
            tells="2.2 2.7",
            change="""
sources: {log: {by: unit}}
obligations: {clear: {action: {min_duration: PT36H}}}
""",
            text="""
situation                                              | log days | log                                            | as of    | verdict
the log of the 10th says nothing, the 11th is missing  | 9, 10, 12 | 9T10:00 sweep, 12T10:00 sweep                 | 13T07:00 | unproven
it names the street on the 10th                        | 9, 10, 12 | 9T10:00 sweep, 10T10:00 sweep, 12T10:00 sweep | 13T07:00 | breached.open
""",
        ),
        Table(
            heading="A row in quarantine is no stretch of time",
            tells="2.4 2.7",
            change="obligations: {clear: {action: {min_duration: PT30M}}}",
            note="It may be the act itself, however long that took (docs/decisions/0014).",
            text="""
situation                                  | log days | log            | as of    | verdict
decided: a row nobody can read may be it   | 10, 11   | ?11T12:00 plow | 12T07:00 | unproven
without it                                 | 10, 11   |                | 12T07:00 | breached.open
""",
        ),
        Table(
            heading="A log that is kept by unit",
            tells="2.2 2.10",
            change="sources: {log: {by: unit}}",
            note="A day's log speaks of a street only if one of its rows does: of another it knows nothing (docs/decisions/0017).",
            text="""
situation                                               | log days        | log                                  | as of    | verdict         | coverage | owed by | reason
the log of both days names the street, not plowed       | 10, 11          | 10T18:00 sweep, 11T09:00 sweep       | 12T07:00 | breached.open   | 1        |         |
the log of the 11th says nothing of it                  | 10, 11          | 10T18:00 sweep                       | 12T07:00 | unproven        | 0.3333   | firm    | log of 2024-01-11 says nothing of the unit
neither log does                                        | 10, 11          |                                      | 12T07:00 | unproven        | 0        | firm    | log of 2024-01-10 says nothing of the unit
it names it after the due time only: on that day still  | 10, 11          | 10T18:00 sweep, 11T18:00 sweep       | 12T07:00 | breached.open   | 1        |         |
a row that nobody can read says nothing                 | 10, 11          | 10T18:00 sweep, ?11T20:00 sweep      | 12T07:00 | unproven        | 0.3333   | firm    | log of 2024-01-11 says nothing of the unit
one act is enough                                       | 10, 11          | 11T09:00 plow                        | 12T07:00 | met             | 0.6667   |         |
the day's log may still be corrected until it is due    | 10, 11          | 10T18:00 sweep                       | 12T05:30 | pending.overdue | 0.3333   | firm    | log of 2024-01-11 says nothing of the unit
it came at noon, and says nothing of it                 | 10, 11@11T12:00 | 10T18:00 sweep                       | 12T07:00 | unproven        | 0.3333   | firm    | log of 2024-01-11; log of 2024-01-11 says nothing of the unit
it came before its day began: the day is not delivered  | 10, 11@10T20:00 | 10T18:00 sweep                       | 12T07:00 | unproven        | 0.3333   | firm    | log of 2024-01-11
it came at noon, and names it: the morning is covered   | 10, 11@11T12:00 | 10T18:00 sweep, 11T09:00 sweep       | 12T07:00 | unproven        | 0.8333   | firm    | log of 2024-01-11
""",
        ),
        Table(
            heading="Silence about a unit counts as a missing delivery",
            tells="2.2 2.9",
            change="""
sources: {log: {by: unit}}
obligations: {clear: {silence: breached}}
""",
            text="""
situation                             | log days | log                            | as of    | verdict         | reason
of the debtor's own log, once overdue | 10, 11   | 10T18:00 sweep                 | 12T07:00 | breached.open   | counts silence as breach: log of 2024-01-11 says nothing of the unit
it is not overdue yet                 | 10, 11   | 10T18:00 sweep                 | 12T05:30 | pending.overdue | awaited: log of 2024-01-11 says nothing of the unit
""",
        ),
        Table(
            heading="Several files of a day, kept by unit",
            tells="2.2 2.11",
            change="sources: {log: {by: unit, redelivery: append}}",
            note="Each covers, of the streets that it names, the time until it came.",
            text="""
situation                                | log days           | log                                                     | as of    | verdict       | coverage
the second one names it                  | 10, 11@11T12:00, 11'1 | 10T18:00 sweep, 11T09:00 sweep version:1             | 12T07:00 | breached.open | 1
only the first one does: the afternoon is open | 10, 11@11T12:00, 11'1 | 10T18:00 sweep, 11T09:00 sweep version:0       | 12T07:00 | unproven      | 0.8333
""",
        ),
        Table(
            heading="A log that is kept by vehicle",
            tells="2.2 2.3 2.8",
            change="""
contractors: [{id: firm, name: {en: Firm}, actors: [F1, F2]}, {id: rival, name: {en: Rival}, actors: [R1]}]
sources: {log: {by: actor}}
""",
            note="The vehicles of the party that runs the log are those that it must speak of, each of them every day.",
            apart=True,
            text="""
situation                                        | log                                                            | as of    | verdict         | coverage | owed by | reason
both vehicles are named on both days             | 10T18:00 sweep by F1, 10T18:00 sweep by F2, 11T09:00 sweep by F1, 11T09:00 sweep by F2 on U9 | 12T07:00 | breached.open | 1 | |
one is silent on the 11th: it may have plowed    | 10T18:00 sweep by F1, 10T18:00 sweep by F2, 11T09:00 sweep by F1 | 12T07:00 | unproven      | 0.3333   | firm    | log of 2024-01-11 says nothing of F2
logs without any row say nothing of either       |                                                                | 12T07:00 | unproven        | 0        | firm    | log of 2024-01-10 says nothing of F1, F2
a row without a vehicle names none               | 10T18:00 sweep by F1, 10T18:00 sweep by F2, 11T09:00 sweep     | 12T07:00 | unproven        | 0.3333   | firm    | log of 2024-01-11 says nothing of F1, F2
it plowed in time, the other is silent           | 11T09:00 plow by F1                                            | 12T07:00 | met             | 0        |         |
""",
        ),
        Table(
            heading="Of many silent vehicles the first five are named",
            tells="2.3 2.10",
            change="""
contractors: [{id: firm, name: {en: Firm}, actors: [F1, F2, F3, F4, F5, F6, F7]}]
sources: {log: {by: actor}}
""",
            apart=True,
            text="""
situation                        | log                                                                | log days | as of    | verdict       | reason
seven are silent                 |                                                                    | 10, 11   | 12T07:00 | unproven      | says nothing of F1, F2, F3, F4, F5 and 2 more
six are                          | 10T18:00 sweep by F4, 11T09:00 sweep by F4                         | 10, 11   | 12T07:00 | unproven      | says nothing of F1, F2, F3, F5, F6 and 1 more; log
five are: that is all            | 10T18:00 sweep by F4, 10T18:00 sweep by F6, 11T09:00 sweep by F4, 11T09:00 sweep by F6 | 10, 11 | 12T07:00 | unproven | says nothing of F1, F2, F3, F5, F7; log
""",
        ),
        Table(
            heading="A silent vehicle of a firm that answers for nothing may work anywhere",
            tells="2.3 2.8",
            change="""
contractors: [{id: firm, name: {en: Firm}}, {id: helper, name: {en: Helper}, actors: [H1]}]
sources: {log: {by: actor, run_by: helper}}
""",
            apart=True,
            text="""
situation                     | log                                        | as of    | verdict       | owed by
it is named on both days      | 10T18:00 sweep by H1, 11T09:00 sweep by H1 | 12T07:00 | breached.open |
it is silent on the 11th      | 10T18:00 sweep by H1                       | 12T07:00 | unproven      | helper
""",
        ),
        Table(
            heading="A silent vehicle opens a gap on the units that it may serve",
            tells="2.3 5.1",
            change="""
contractors: [{id: firm, name: {en: Firm}, actors: [F1]}, {id: rival, name: {en: Rival}, actors: [R1]}]
assignments: [{contractor: rival, from: 2024-01-01, units: {class: [B]}}, {contractor: firm, from: 2024-01-01, units: {class: [A]}}]
sources: {log: {by: actor, run_by: city}}
""",
            note="The city runs the log and the vehicles of both firms stand in it. F1 is named on both days, R1 on the 10th only.",
            given={"log": "10T18:00 sweep by F1 on U9, 10T18:00 sweep by R1 on U9, 11T09:00 sweep by F1 on U9"},
            text="""
situation                                | class | as of    | verdict       | party | owed by
a street of the rival, which is silent   | B     | 12T07:00 | unproven      | rival | city
a street of the firm, which is not       | A     | 12T07:00 | breached.open | firm  |
""",
        ),
        Table(
            heading="A silent vehicle may still fulfil what its party owes",
            tells="2.3 5.1 R4",
            change="""
contractors: [{id: firm, name: {en: Firm}, actors: [F1]}, {id: rival, name: {en: Rival}, actors: [R1]}]
assignments: [{contractor: firm, from: 2024-01-01, to: 2024-01-10}, {contractor: rival, from: 2024-01-11}]
sources: {log: {by: actor, run_by: city}}
""",
            note="""
Decided (docs/decisions/0039). From the 11th on the rival answers for all streets. What began on the 10th is still the firm's to do.
""",
            apart=True,
            text="""
situation                                        | weather                    | log                                                                                                  | as of    | verdict       | party | owed by
the firm's vehicle is silent on the 11th         | 10T10:00..10T16:00 snow    | 10T18:00 sweep by F1 on U9, 10T18:00 sweep by R1 on U9, 11T09:00 sweep by R1 on U9                    | 12T07:00 | unproven      | firm  | city
both are named                                   | 10T10:00..10T16:00 snow    | 10T18:00 sweep by F1 on U9, 10T18:00 sweep by R1 on U9, 11T09:00 sweep by R1 on U9, 11T09:00 sweep by F1 on U9 | 12T07:00 | breached.open | firm |
it is silent, and what began that day is the rival's | 11T10:00..11T16:00 snow | 11T18:00 sweep by R1 on U9, 12T09:00 sweep by R1 on U9                                              | 13T07:00 | breached.open | rival |
""",
        ),
        Table(
            heading="A vehicle may serve the units of which its party answers on that day",
            tells="2.3 4.13",
            change="""
contractors: [{id: firm, name: {en: Firm}, actors: [F1]}, {id: rival, name: {en: Rival}, actors: [R1]}]
assignments: [{contractor: firm, from: 2024-01-01, units: {class: [A]}}, {contractor: rival, from: 2024-01-01, units: {class: [B]}}]
sources: {log: {by: actor, run_by: city}}
""",
            note="From the 11th on the street is of class B. The firm's vehicle is silent.",
            given={"log": "11T18:00 sweep by R1 on U9, 12T09:00 sweep by R1 on U9"},
            apart=True,
            text="""
situation                                 | register           | weather                 | as of    | verdict       | party
what began on the 11th is the rival's     | A to 10, B from 11 | 11T10:00..11T16:00 snow | 13T07:00 | breached.open | rival
had it stayed class A                     | A                  | 11T10:00..11T16:00 snow | 13T07:00 | unproven      | firm
""",
        ),
        Table(
            heading="A source that promises nothing",
            tells="2.1 2.10",
            change="""
sources: {log: {path: "{part}.csv", due: null, redelivery: append}}
""",
            note="Single files without date or polls cover nothing: their silence never decides.",
            text="""
situation                          | log           | as of    | verdict  | owed by | reason
nothing came                       |               | 12T07:00 | unproven | firm    | promises no complete record
an act is positive evidence        | 11T09:00 plow | 12T07:00 | met      |         |
""",
        ),
        Table(
            heading="An archive's files cover what the source says",
            tells="2.1 2.8 2.10",
            change="""
sources:
  log:
    path: "{part}.csv"
    due: null
    redelivery: append
    covers:
      - {file: log/0, from: 2024-01-10T00:00:00+08:00, to: 2024-01-11T12:00:00+08:00}
      - {file: log/0, from: 2024-01-11T14:00:00+08:00, to: 2024-01-12T00:00:00+08:00}
      - {file: log/1, from: 2024-01-11T12:00:00+08:00, to: 2024-01-11T14:00:00+08:00}
""",
            note="Decided (docs/decisions/0018): for files whose names state no day, once they are there. The first act of a log comes in its file 0, the second in its file 1.",
            text="""
situation                                      | log                                           | as of    | verdict       | coverage | owed by | reason
two hours are in neither of its spans          | 10T15:00 plow came 12T05:00                   | 12T08:00 | unproven      | 0.9167   | firm    | incomplete: log outside of what its files cover
the file of the two hours is there too         | 10T15:00 plow came 12T05:00, 11T13:00 sweep came 12T05:00 | 12T09:00 | breached.open | 1 | | complete logs
it came when they were half over               | 10T15:00 plow came 12T05:00, 11T12:30 sweep came 11T13:00 | 12T10:00 | unproven | 0.9583 | firm | incomplete: log outside of what its files cover
an act that a file holds is proof all the same | 10T15:00 plow came 12T05:00, 11T13:00 plow came 12T05:00 | 12T07:00 | met           | 1        |  | done in time
""",
        ),
        Table(
            heading="Redelivery: replace",
            tells="2.11",
            note="The later version of a day speaks for it alone.",
            text="""
situation                                            | log days                           | log                                | as of    | verdict
the correction takes an act away                     | 10, 11, 11'1@12T09:00              | 11T09:00 plow version:0            | 12T10:00 | breached.open
before the correction came                           | 10, 11, 11'1@12T09:00              | 11T09:00 plow version:0            | 12T08:00 | met
the correction brings an act                         | 10, 11, 11'1@12T09:00              | 11T09:00 plow version:1            | 12T10:00 | met
a cut correction speaks for the day, and covers less | 10, 11'1@11T12:00, 11@11T11:00     | 11T09:00 sweep                     | 12T10:00 | unproven
""",
        ),
        Table(
            heading="Redelivery: append",
            tells="2.11",
            change="sources: {log: {redelivery: append}}",
            note="Whatever was delivered counts, whichever file it stands in.",
            text="""
situation                                 | log days              | log                     | as of    | verdict
the second file takes nothing away        | 10, 11, 11'1@12T09:00 | 11T09:00 plow version:0 | 12T10:00 | met
the second file adds                      | 10, 11, 11'1@12T09:00 | 11T09:00 plow version:1 | 12T10:00 | met
""",
        ),
    ),
)
PROOF = Chapter(
    title="Evidence that comes too late",
    story="""
`proof_until` says how long after the due time evidence may arrive and still count. What comes later is shown, but changes
the verdict only by a decision of two persons. The duty falls due on the 11th at 16:00; proof counts until the 12th, 16:00.
""",
    clause=_CLAUSE.replace("within: PT24H", "within: PT24H\n    proof_until: P1D"),
    given={"weather": "10T10:00..10T16:00 snow"},
    tables=(
        Table(
            heading="A log that comes when it is due, and too late to count, is no silence",
            tells="2.9 2.15",
            change="""
sources: {log: {due: "20:00 next day"}}
obligations: {clear: {silence: breached}}
""",
            note="Proof counts until the 12th at 16:00, the log of the 11th is due on the 12th at 20:00.",
            text="""
situation                           | log days        | log            | as of    | verdict
it comes when it is due             | 10, 11@12T19:00 | 11T09:00 sweep | 13T07:00 | unproven
it comes later                      | 10, 11@12T21:00 | 11T09:00 sweep | 13T07:00 | breached.open
it does not come                    | 10              |                | 13T07:00 | breached.open
it comes while proof counts         | 10, 11@12T15:00 | 11T09:00 sweep | 13T07:00 | breached.open
""",
        ),
        Table(
            heading="What it says of a unit when it is due, and too late to count, is no silence either",
            tells="2.2 2.9 2.15",
            change="""
sources: {log: {by: unit, due: "20:00 next day"}}
obligations: {clear: {silence: breached}}
""",
            note="The log of the 11th comes twice; only its second file names the street.",
            given={"log": "10T18:00 sweep, 11T09:00 sweep version:1", "weather days": "10, 11, 12"},
            apart=True,
            text="""
situation              | log days                             | as of    | verdict
it comes when it is due | 10, 11@12T05:00, 11'1@12T19:00      | 13T07:00 | unproven
it comes later         | 10, 11@12T05:00, 11'1@12T21:00       | 13T07:00 | breached.open
it comes while proof counts | 10, 11@12T05:00, 11'1@12T15:00  | 13T07:00 | breached.open
""",
        ),
        Table(
            heading="Until then, and not later",
            tells="2.15 R9",
            text="""
situation                                            | log days        | log           | decisions         | as of    | verdict       | fulfilled
the proof comes in time                              | 10, 11@12T16:00 | 11T09:00 plow |                   | 13T07:00 | met           | 11T09:00
the proof comes too late                             | 10, 11@12T16:01 | 11T09:00 plow |                   | 13T07:00 | unproven      |
two persons admit it                                 | 10, 11@12T16:01 | 11T09:00 plow | admit 12T18:00 A+B all | 13T07:00 | met          | 11T09:00
they admit it for this street                        | 10, 11@12T16:01 | 11T09:00 plow | admit 12T18:00 A+B    | 13T07:00 | met           | 11T09:00
that street is not this one                          | 10, 11@12T16:01 | 11T09:00 plow |                       | 13T07:00 | unproven      |
one person does not                                  | 10, 11@12T16:01 | 11T09:00 plow | admit 12T18:00 A all  | 13T07:00 | unproven      |
one person twice does not                            | 10, 11@12T16:01 | 11T09:00 plow | admit 12T18:00 A+A all | 13T07:00 | unproven     |
proof of the breach that comes too late proves none  | 10, 11@12T16:01 |               |                   | 13T07:00 | unproven      |
admitted, it proves the breach                       | 10, 11@12T16:01 |               | admit 12T18:00 A+B all | 13T07:00 | breached.open |
a cure in the log of a later day comes too late      | 10, 11, 12      | 12T09:00 plow |                   | 13T07:00 | breached.open |
""",
        ),
        Table(
            heading="A correction that comes too late leaves what it corrects",
            tells="2.11 2.15",
            note="What the log of the 11th said by the 12th, 16:00, is what counts.",
            text="""
situation                                   | log days               | log                     | decisions              | as of    | verdict       | fulfilled
it takes an act away in time                | 10, 11, 11'1@12T16:00  | 11T09:00 plow version:0 |                        | 13T07:00 | breached.open |
it takes an act away too late               | 10, 11, 11'1@12T16:01  | 11T09:00 plow version:0 |                        | 13T07:00 | met           | 11T09:00
it brings an act too late                   | 10, 11, 11'1@12T16:01  | 11T09:00 plow version:1 |                        | 13T07:00 | breached.open |
two persons admit it                        | 10, 11, 11'1@12T16:01  | 11T09:00 plow version:1 | admit 12T18:00 A+B all | 13T07:00 | met           | 11T09:00
of three versions the last in time          | 10, 11, 11'1@12T09:00, 11'2@12T16:01 | 11T09:00 plow version:1 |          | 13T07:00 | met           | 11T09:00
""",
        ),
    ),
)
