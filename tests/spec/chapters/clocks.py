"""Clocks (SEMANTICS section 4): when they start, how days are counted."""

from datetime import date

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
STARTS = Chapter(
    title="Clocks: start, early acts, half-open intervals",
    story="""
A clock runs from its trigger's start, from its end, or from a time that the record states. Only acts from its start on count,
or as much earlier as the clause says. It snows on the 10th from 10:00 to 16:00.
""",
    clause=_CLAUSE,
    given={"weather": "10T10:00..10T16:00 snow"},
    tables=(
        Table(
            heading="From the trigger's start",
            tells="4.1 4.2 4.6",
            text="""
situation                             | log            | as of    | starts   | due      | verdict       | fulfilled
an act at the start counts            | 10T10:00 plow  | 12T07:00 | 10T10:00 | 11T10:00 | met           | 10T10:00
`early` is zero unless it is stated   | 10T09:59 plow  | 12T07:00 | 10T10:00 | 11T10:00 | breached.open |
f = d is met                          | 11T10:00 plow  | 12T07:00 | 10T10:00 | 11T10:00 | met           | 11T10:00
a second later is not                 | 11T10:00:01 plow | 12T07:00 | 10T10:00 | 11T10:00 | breached.cured | 11T10:00:01
""",
        ),
        Table(
            heading="Absence is needed over [t0, d) only",
            tells="4.6 G3",
            change="obligations: {clear: {within: PT14H}}",
            given={"log days": "10"},
            note="The duty falls due at midnight: the log of the 10th alone is the complete evidence.",
            text="""
situation                                       | log           | as of    | due      | verdict
the log of the day until midnight is enough     |               | 11T05:00 | 10T24:00 | breached.open
the act is in it                                | 10T23:59 plow | 11T05:00 | 10T24:00 | met
""",
        ),
        Table(
            heading="From its end, with what may be done before",
            tells="4.1 4.2",
            change="obligations: {clear: {clock: {from: trigger.end, early: PT2H}}}",
            text="""
situation                  | log           | as of    | starts   | due      | verdict       | fulfilled
two hours before counts    | 10T14:00 plow | 12T07:00 | 10T16:00 | 11T16:00 | met           | 10T14:00
any earlier does not       | 10T13:59 plow | 12T07:00 | 10T16:00 | 11T16:00 | breached.open |
""",
        ),
        Table(
            heading="Acts of any time before, where they are matched one to one",
            tells="4.2 R11",
            change="""
sources: {log: {path: "{part}.csv", redelivery: append, due: null}}
obligations: {clear: {clock: {early: any}, action: {min_duration: PT30M}}}
""",
            text="""
situation                                             | log           | as of    | verdict  | fulfilled
long before counts                                    | 09T01:00 plow | 12T07:00 | met      | 09T01:00
without one, all the time before would have to be covered |           | 12T07:00 | unproven |
""",
        ),
        Table(
            heading="The days before a log's first delivery are awaited as they are due",
            tells="4.2 2.2",
            change="obligations: {clear: {clock: {early: any}, within: PT14H, silence: breached}}",
            given={"log days": "-"},
            note="The log of the 10th is due on the 11th at 06:00; the duty falls due at midnight before. Nothing ever comes.",
            text="""
situation                                  | as of    | due      | verdict
its day's log is not due yet               | 11T05:59 | 10T24:00 | pending.overdue
now it is                                  | 11T06:00 | 10T24:00 | breached.open
and stays so                               | 14T06:00 | 10T24:00 | breached.open
""",
        ),
        Table(
            heading="Acts of any time before, in a log of each day",
            tells="4.2 2.5",
            change="obligations: {clear: {clock: {early: any}, action: {min_duration: PT30M}}}",
            note="The days before the first log are one gap.",
            text="""
situation                             | log           | as of    | verdict  | fulfilled | owed by | reason
the day before counts                 | 09T01:00 plow | 12T07:00 | met      | 09T01:00  |         | done in time
without one: no log tells what was before |           | 12T07:00 | unproven |           | firm    | incomplete: log before its first delivery
""",
        ),
    ),
)
DAYS = Chapter(
    title="Clocks: hours, days, working days",
    story="""
`PTnH` is elapsed time, as a stopwatch shows it. Of days the clause says how they are counted: elapsed, civil (the first day not
counted, the last ends at 24:00) or working. The 10th of January 2024 is a Wednesday.
""",
    clause=_CLAUSE,
    first=date(2024, 1, 9),
    last=date(2024, 1, 17),
    given={"weather": "10T10:00..10T16:00 snow"},
    tables=(
        Table(
            heading="Elapsed days",
            tells="4.4",
            change="obligations: {clear: {within: {allow: P2D, days: elapsed}}}",
            text="""
situation        | as of    | due      | verdict
48 hours         | 11T05:00 | 12T10:00 | pending.running
""",
        ),
        Table(
            heading="Civil days",
            tells="4.4",
            change="obligations: {clear: {within: {allow: P2D, days: civil}}}",
            text="""
situation                                    | log            | as of    | due      | verdict
the first day is not counted; until 24:00    |                | 11T05:00 | 12T24:00 | pending.running
the last minute                              | 12T23:59 plow  | 14T07:00 | 12T24:00 | met
""",
        ),
        Table(
            heading="Civil days that roll over days off, where the law says so",
            tells="4.4 4.5",
            change="""
calendars: {office: {hours: {mon-fri: "08:00-17:00"}, closed: 2024-01-15, rolls: true}}
obligations: {clear: {clock: {calendar: office}, within: {allow: P3D, days: civil}}}
""",
            text="""
situation                                                            | as of    | due      | verdict
the 13th is a Saturday, the 15th a holiday: until the 16th, 24:00    | 12T05:00 | 16T24:00 | pending.running
""",
        ),
        Table(
            heading="Civil days that do not roll",
            tells="4.4",
            change="""
calendars: {office: {hours: {mon-fri: "08:00-17:00"}, closed: 2024-01-15}}
obligations: {clear: {clock: {calendar: office}, within: {allow: P3D, days: civil}}}
""",
            text="""
situation                    | as of    | due      | verdict
a Saturday is as good        | 12T05:00 | 13T24:00 | pending.running
""",
        ),
        Table(
            heading="Working days",
            tells="4.5",
            change="""
calendars: {office: {hours: {mon-fri: "08:00-17:00"}, closed: 2024-01-15}}
obligations: {clear: {clock: {calendar: office}, within: {allow: P3D, days: working}}}
""",
            text="""
situation                                        | as of    | due      | verdict
Thursday, Friday, and after a holiday Tuesday    | 12T05:00 | 16T24:00 | pending.running
""",
        ),
        Table(
            heading="Working hours",
            tells="4.3 4.5",
            change="""
calendars: {office: {hours: {mon-fri: "08:00-12:00, 13:00-17:00"}, closed: 2024-01-15}}
obligations: {clear: {clock: {calendar: office}, within: PT16H}}
""",
            text="""
situation                                                   | log            | as of    | due      | verdict
6 h on Wednesday, 8 h on Thursday, 2 h on Friday            |                | 11T05:00 | 12T10:00 | pending.running
decided: what is done out of hours is done                  | 11T23:00 plow  | 13T07:00 | 12T10:00 | met
""",
        ),
        Table(
            heading="A season",
            tells="4.5",
            change="""
calendars: {winter: {season: {from: 11-15, to: 01-11}}}
obligations: {clear: {clock: {calendar: winter}, within: PT48H}}
""",
            text="""
situation                                                | as of    | due | verdict
decided: what the season leaves over runs in the next    | 13T05:00 | 11-15T10:00 | pending.at_risk
""",
        ),
        Table(
            heading="Public holidays, by the table that is frozen with the contract",
            tells="4.5 1.7",
            change="""
calendars: {office: {hours: {mon-fri: "08:00-17:00"}, holidays: {country: CN}}}
obligations: {clear: {clock: {calendar: office}, within: {allow: P2D, days: working}}}
""",
            given={"weather": "02-08T10:00..02-08T16:00 snow", "weather days": "02-08, 02-09"},
            text="""
situation                                                                                             | as of       | due         | verdict
Friday 9 February, then the Spring Festival until the 17th; the 18th is a Sunday worked instead       | 02-10T05:00 | 02-18T24:00 | pending.running
""",
        ),
        Table(
            heading="Civil days that roll over public holidays, weekends within them included",
            note="Decided (docs/decisions/0082): China's holidays are spans of days.",
            tells="4.4 4.5",
            change="""
calendars: {holidays: {holidays: {country: CN}, rolls: true}}
obligations: {clear: {clock: {calendar: holidays}, within: {allow: P7D, days: civil}}}
""",
            given={"weather": "02-10T10:00..02-10T16:00 snow", "weather days": "02-10"},
            text="""
situation                                                                          | as of       | due         | verdict
by Saturday the 17th, the last of the festival's eight days: until the 18th, 24:00 | 02-11T05:00 | 02-18T24:00 | pending.running
""",
        ),
    ),
)
TWICE = Chapter(
    title="Clocks: the days on which clocks change",
    story="""
In New York the clock shows the hour from 01:00 to 02:00 twice on 3 November 2024, and skips the one from 02:00 to 03:00 on 10 March.
A local time that is ambiguous or does not exist keeps both readings; where they disagree, the duty is unproven. Elapsed time
is elapsed time on those days too.
""",
    clause="""
obligations:
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT4H}
    clock: {from: trigger.start}
    action: {stream: service, kind: plow}
    refuted_by: {stream: inspection, kind: covered}
    within: PT24H
""",
    first=date(2024, 11, 2),
    last=date(2024, 11, 5),
    zone="America/New_York",
    given={"weather": "02T01:30..02T04:30 snow"},
    tables=(
        Table(
            heading="A time that the clock shows twice",
            tells="4.7 G7 4.3",
            note="The clock runs from 01:30 of the 2nd for 24 hours: to the first 01:30 of the 3rd.",
            text="""
situation                                       | log                    | as of    | verdict        | owed by | reason
an act at a time that is shown once             | 02T20:00 plow          | 04T07:00 | met            |         | done in time
no act at all                                   |                        | 04T07:00 | breached.open  |         | complete logs
neither reading is in time                      | 03T01:45 plow twice    | 04T07:00 | breached.cured |         | done late
one reading is in time, the other is not        | 03T01:20 plow twice    | 04T07:00 | unproven       | firm    | states a local time with two readings
one reading is in time, another act is late     | 03T01:20 plow twice, 03T09:00 plow | 04T07:00 | unproven | firm | states a local time with two readings
before the log was due: no other log can tell   | 03T01:20 plow twice    | 04T05:30 | unproven       | firm    | states a local time with two readings
one reading is in time, and another act is too  | 03T01:20 plow twice, 02T09:00 plow | 04T07:00 | met |      | done in time
""",
        ),
        Table(
            heading="What an inspector saw at a time that the clock shows twice",
            tells="4.7 2.13",
            change="obligations: {clear: {within: PT48H}}",
            note="Decided (docs/decisions/0035): at the first reading it was undone in any case; that it still was at the second is not sure.",
            text="""
situation                                     | log days | log           | seen                   | as of    | verdict
done before both                              | 02, 03, 04 | 02T20:00 plow | 03T01:20 covered twice | 05T07:00 | breached.open
done after both                               | 02, 03, 04 | 03T01:25 plow | 03T01:20 covered twice | 05T07:00 | met
done between them                             | 02, 03, 04 | 03T01:05 plow | 03T01:20 covered twice | 05T07:00 | unproven
done between them, and once more in time      | 02, 03, 04 | 03T01:05 plow, 03T09:00 plow | 03T01:20 covered twice | 05T07:00 | met
nothing was done                              | 02, 03, 04 |               | 03T01:20 covered twice | 05T07:00 | breached.open
""",
        ),
        Table(
            heading="A quorum of citizens, one of whom reports at such a time, refutes",
            tells="4.7 2.13 3.7",
            change="""
obligations: {clear: {within: PT48H, refuted_by: {stream: report, kind: covered, quorum: {households: 2, within: PT1H}}}}
""",
            given={"log": "02T20:00 plow", "as of": "05T07:00"},
            note="The street was plowed on the 2nd. It was seen undone for certain where the two reported within an hour by any reading.",
            text="""
situation                                     | reports                                                  | verdict
within an hour by the second 01:30 alone      | 03T01:30 covered by H1 twice, 03T02:15 covered by H2     | unproven
within an hour by the first 01:30 alone       | 03T00:45 covered by H1, 03T01:30 covered by H2 twice     | unproven
by neither                                    | 03T01:10 covered by H1 twice, 03T03:15 covered by H2     | met
fifty minutes apart, or an hour and fifty     | 03T01:05 covered by H1 twice, 03T01:55 covered by H2 twice | unproven
two others are enough                         | 03T01:30 covered by H1 twice, 03T02:15 covered by H2, 03T02:30 covered by H3 | breached.open
""",
        ),
        Table(
            heading="A quorum of citizens, one of whom reports at such a time, starts a clock",
            tells="4.7 3.7",
            change="""
obligations:
  clear:
    trigger: {stream: report, kind: covered, quorum: {households: 2, within: PT1H}, merge_gap: null}
    refuted_by: null
""",
            given={"weather": "", "as of": "05T07:00"},
            apart=True,
            note="Decided (docs/decisions/0051): what is a quorum by one reading alone starts no clock.",
            text="""
situation                                     | log           | reports                                              | verdict       | starts   | reason
within an hour by the second 01:30 alone      |               | 03T01:30 covered by H1 twice, 03T02:15 covered by H2 | none          |          |
within an hour by the first 01:30 alone       |               | 03T00:45 covered by H1, 03T01:30 covered by H2 twice | none          |          |
a third one makes it sure                     |               | 03T01:30 covered by H1 twice, 03T02:15 covered by H2, 03T02:30 covered by H3 | breached.open | 03T02:30 | complete logs
in time if it began at 02:30, not at 02:15    | 04T02:20 plow | 03T01:30 covered by H1 twice, 03T02:15 covered by H2, 03T02:30 covered by H3 | unproven | 03T02:30 | 2 states a local time with two readings
""",
        ),
        Table(
            heading="It is due between the two readings",
            tells="4.7 6.7",
            given={"log days": "02, 04"},
            note="The log of the 3rd is missing. Seen undone at the second 01:20 it was in breach; at the first it may have been done since.",
            text="""
situation                  | seen                   | as of    | verdict
seen at the second 01:20   | 03T01:20 covered       | 04T07:00 | breached.open
nobody knows at which      | 03T01:20 covered twice | 04T07:00 | unproven
""",
        ),
        Table(
            heading="A trigger at a time that the clock shows twice",
            tells="4.7 4.1 2.10",
            given={"weather": "03T01:10 snow twice", "weather days": "02, 03@03T12:00, 04"},
            apart=True,  # an hour before the clock starts by one reading, it starts by the other
            note="Its clock runs from the first or the second 01:10 for 24 hours: to 00:10 or 01:10 of the 4th.",
            text="""
situation                                       | log            | as of    | due      | verdict       | owed by         | reason
in time by both                                 | 03T20:00 plow  | 05T07:00 | 04T01:10 | met           |                 | done in time
in time by the second only                      | 04T00:40 plow  | 05T07:00 | 04T01:10 | unproven      | weather-service | weather weather/03@03T12:00:2 states a local time with two readings
after the first, before the second started      | 03T01:05 plow  | 05T07:00 | 04T01:10 | unproven      | weather-service | weather weather/03@03T12:00:2 states a local time with two readings
late by both                                    | 04T09:00 plow  | 05T07:00 | 04T01:10 | breached.cured |                | done late
nothing was done                                |                | 05T07:00 | 04T01:10 | breached.open |                 | complete logs
due by the first, running by the second         |                | 04T00:30 | 04T01:10 | pending.at_risk |               | the clock is running
""",
        ),
        Table(
            heading="An act at one of two times that serves one duty only",
            tells="4.7 5.5 1.1",
            change="obligations: {clear: {action: {consume: once}, refuted_by: null}}",
            given={"weather": "02T01:30..02T02:30 snow, 03T01:10 snow"},
            note="""
The first clock ends at the first 01:30 of the 3rd, the second starts at the second 01:10. At the first 01:20 the act serves the one,
at the second the other: it serves neither for certain, and takes no other act's place.
""",
            text="""
situation                              | log                                | as of    | verdict              | fulfilled
one act, that may have served either   | 03T01:20 plow twice                | 05T07:00 | unproven / unproven  | /
another act serves the second anyway   | 03T01:20 plow twice, 03T09:00 plow | 05T07:00 | unproven / met       | / 03T09:00
another one had served the first       | 02T09:00 plow, 03T01:20 plow twice | 05T07:00 | met / unproven       | 02T09:00 /
one for each                           | 02T09:00 plow, 03T01:20 plow twice, 03T09:00 plow | 05T07:00 | met / met | 02T09:00 / 03T09:00
""",
        ),
        Table(
            heading="A part that was done at one of two times",
            tells="4.7 6.3 1.1",
            note="Decided (docs/decisions/0052): where it saves the duty by neither reading, it leaves nothing open. Due at the first 01:30.",
            change="""
sources: {log: {columns: {from_m: from_m, to_m: to_m}}}
obligations: {clear: {action: {share: 0.9}}}
""",
            text="""
situation                              | log                                                           | as of    | verdict       | fulfilled | owed by
by the first it was all done           | 02T20:00 plow metres 0-50, 03T01:20 plow metres 50-100 twice  | 04T07:00 | unproven      |           | firm
so it is with two such parts           | 03T01:10 plow metres 0-50 twice, 03T01:20 plow metres 50-100 twice | 04T07:00 | unproven |           | firm
too little by either                   | 02T20:00 plow metres 0-50, 03T01:20 plow metres 50-60 twice   | 04T07:00 | breached.open |           |
what had been done before              | 02T20:00 plow metres 0-50, 03T01:20 plow metres 0-50 twice    | 04T07:00 | breached.open |           |
nobody knows where                     | 02T20:00 plow metres 0-50, 03T01:20 plow twice                | 04T07:00 | breached.open |           |
too little by either, the rest late    | 02T20:00 plow metres 0-50, 03T01:20 plow metres 50-60 twice, 03T05:00 plow metres 50-100 | 04T07:00 | breached.cured | 03T05:00 |
""",
        ),
        Table(
            heading="One of several kinds that was done at one of two times",
            tells="4.7 6.3 1.1",
            change="obligations: {clear: {action: {kind: {all: [plow, salt]}}}}",
            text="""
situation                     | log                                | as of    | verdict       | owed by
the other was done            | 02T20:00 salt, 03T01:20 plow twice | 04T07:00 | unproven      | firm
the other was not             | 03T01:20 plow twice                | 04T07:00 | breached.open |
""",
        ),
        Table(
            heading="An act at one of two times is of the case that it names",
            tells="2.10 4.7 5.4",
            note="""
Whoever was called back at 01:20 is known: it hides in no other case, and in its own on whatever unit it was. Due at the first
01:30.
""",
            change="""
sources:
  log: {columns: {record: record}}
  calls: {columns: {record: record}}
obligations:
  clear:
    trigger: {stream: service, kind: closed, merge_gap: null, each: event}
    action: {stream: call, kind: called, match: record}
    refuted_by: null
""",
            given={"weather": "", "log": "02T01:30 closed of E1"},
            apart=True,
            text="""
situation                  | calls                             | as of    | verdict       | owed by
in its case                | 03T01:20 called twice of E1       | 05T07:00 | unproven      | firm
in its case, on another unit | 03T01:20 called twice of E1 on U9 | 05T07:00 | unproven    | firm
in another case            | 03T01:20 called twice of E2       | 05T07:00 | breached.open |
""",
        ),
        Table(
            heading="A record that was closed at one of two times",
            tells="4.7",
            note="""
Due 24 hours after it was opened, at the first 01:30. Where the record states the due time too, both compare as the clock showed
them.
""",
            change="""
sources:
  cases: {path: "{part}.csv", redelivery: append, due: null, columns: {record: record, opened_at: opened, target_at: target}}
obligations:
  clear:
    trigger: {stream: case, kind: null, merge_gap: null, each: record}
    clock: {from: trigger.opened_at, early: any}
    action: {stream: case, kind: closed, match: record}
    refuted_by: null
""",
            given={"weather": ""},
            text="""
situation                       | cases                                                | as of    | verdict
one reading is in time          | 03T01:20 closed twice of C1 opened_at:02T01:30       | 04T07:00 | unproven
neither is                      | 03T01:45 closed twice of C2 opened_at:02T01:30       | 04T07:00 | breached.cured
both are                        | 03T01:20 closed twice of C3 opened_at:02T09:00       | 04T07:00 | met
""",
        ),
        Table(
            heading="A new trigger at a time that the clock shows twice",
            tells="2.10 2.13 4.7",
            note="It snows anew at the first or the second 01:10. What is seen from then on tells of the new snow.",
            given={"weather": "02T10:00 snow, 03T01:10 snow twice", "log": "02T20:00 plow"},
            text="""
situation                 | seen             | as of    | verdict                        | owed by
seen before both          | 03T00:05 covered | 05T07:00 | breached.open / breached.open  |
seen between them         | 03T01:05 covered | 05T07:00 | unproven / breached.open       | weather-service /
seen after both           | 03T01:15 covered | 05T07:00 | met / breached.open            |
""",
        ),
        Table(
            heading="A new trigger at such a time, where that starts the clock anew",
            tells="2.10 4.7 4.12",
            note="It snows anew at the first or the second 01:20.",
            change="obligations: {clear: {reset: {at_most: P9D}, refuted_by: null}}",
            apart=True,
            text="""
situation                 | weather                            | log            | as of    | verdict                       | owed by
due before both           | 02T01:10 snow, 03T01:20 snow twice |                | 05T07:00 | breached.open / breached.open |
due between them          | 02T01:30 snow, 03T01:20 snow twice |                | 05T07:00 | unproven / breached.open      | weather-service /
due after both            | 02T08:30 snow, 03T01:20 snow twice |                | 05T07:00 | void.reset / breached.open    |
done in time by both      | 02T01:30 snow, 03T01:20 snow twice | 02T09:00 plow  | 05T07:00 | met / breached.open           |
""",
        ),
        Table(
            heading="A new trigger at such a time, after one that is too light",
            tells="4.7 4.12",
            note="The fall of 20:00 starts no clock. It snows anew at the first or the second 01:20.",
            change="""
obligations:
  clear:
    trigger: {measure: depth, at_least: 0.1}
    within: [{at_least: 1, allow: PT24H}]
    reset: {at_most: P9D}
    refuted_by: null
""",
            apart=True,
            text="""
situation        | weather                                                     | as of    | verdict
due between them | 02T01:30 snow =2, 02T20:00 snow =0.5, 03T01:20 snow =2 twice | 05T07:00 | unproven / breached.open
due after both   | 02T08:30 snow =2, 02T20:00 snow =0.5, 03T01:20 snow =2 twice | 05T07:00 | void.reset / breached.open
""",
        ),
        Table(
            heading="A time that the clock skips",
            tells="4.7 G7",
            given={"weather": "03-09T10:00 snow", "weather days": "03-09, 03-10", "log days": "03-09, 03-10"},
            note="02:30 of 10 March is 01:30 by the clock before, 03:30 by the clock after. The duty is due on the 10th at 11:00.",
            text="""
situation                                     | log                    | seen             | as of       | verdict  | fulfilled
decided: both in time, the later one counts   | 03-10T02:30 plow twice |                  | 03-12T07:00 | met      | 03-10T03:30
seen undone between the two readings          | 03-10T02:30 plow twice | 03-10T03:15 covered | 03-12T07:00 | unproven |
""",
        ),
    ),
)
TURNING = Chapter(
    title="Clocks: windows on the days on which clocks change",
    story="""
The clock of New York shows 01:30 twice on 3 November 2024, and an act that was written down then was one act. Where both
readings lie in a window, it is counted in it, and no other is thought of; where they lie on both sides of a border, it may
be on either.
""",
    clause="""
term: {from: 2024-11-03, to: 2024-11-03}
obligations:
  sweep:
    pattern: recur
    period: day
    action: {stream: service, kind: sweep}
    times: 2
""",
    first=date(2024, 11, 2),
    last=date(2024, 11, 4),
    zone="America/New_York",
    given={"period": "2024-11-03", "as of": "05T07:00"},
    tables=(
        Table(
            heading="One act, whichever reading is the right one",
            tells="1.3 4.7 6.12",
            text="""
situation                                | log                                      | as of    | verdict       | measured | high
it is one of two, and there is no other  | 03T01:30 sweep twice                     | 05T07:00 | breached.open | 1        | 1
it is one of two                         | 03T01:30 sweep twice, 03T09:00 sweep     | 05T07:00 | met           | 2        | 2
""",
        ),
        Table(
            heading="Seen undone at either reading",
            tells="4.7 2.13",
            change="obligations: {sweep: {times: 1, refuted_by: {stream: inspection, kind: dirty}}}",
            text="""
situation          | log           | seen                 | as of    | verdict
swept before both  | 03T00:30 sweep | 03T01:20 dirty twice | 05T07:00 | breached.open
swept between them | 03T01:05 sweep | 03T01:20 dirty twice | 05T07:00 | unproven
swept after both   | 03T01:25 sweep | 03T01:20 dirty twice | 05T07:00 | met
""",
        ),
        Table(
            heading="A break that begins at either reading",
            tells="1.1 4.7 6.12",
            change="obligations: {sweep: {times: null, max_gap: PT10H}}",
            note="From the first 01:30 to 10:30 it is ten hours, from the second nine.",
            text="""
situation                              | log                                                    | as of    | verdict
ten hours, or nine                     | 03T01:30 sweep twice, 03T10:30 sweep, 03T20:00 sweep   | 05T07:00 | met
ten and a half, or nine and a half     | 03T01:30 sweep twice, 03T11:00 sweep, 03T20:00 sweep   | 05T07:00 | unproven
more than ten from either              | 03T01:30 sweep twice, 03T12:00 sweep, 03T20:00 sweep   | 05T07:00 | breached.open
""",
        ),
        Table(
            heading="A call that came at either reading is one call",
            tells="1.2 4.7 6.19",
            about="answer",
            change="""
obligations:
  sweep: null
  answer: {pattern: attain, window: day, items: {stream: call}, good: wait <= 20, at_least: 0.5}
sources: {calls: {columns: {wait: wait}}}
""",
            text="""
situation                    | calls                                              | as of    | verdict       | items | measured | low | high
it is good                   | 03T01:30 call wait:10 twice                        | 05T07:00 | met           | 1     | 1        | 1   | 1
it is bad, another one good  | 03T01:30 call wait:30 twice, 03T09:00 call wait:10 | 05T07:00 | met           | 2     | 0.5      | 0.5 | 0.5
it is bad                    | 03T01:30 call wait:30 twice                        | 05T07:00 | breached.open | 1     | 0        | 0   | 0
""",
        ),
        Table(
            heading="A level that was measured at either reading",
            tells="4.7 6.23 6.25",
            about="stay",
            change="""
obligations:
  sweep: null
  stay: {pattern: keep, window: day, slot: PT25H, level: {stream: position, value: level}, at_most: 5}
sources: {meter: {columns: {level: level}}}
""",
            text="""
situation                     | meter                      | as of    | verdict
within bounds                 | 03T01:30 mark level:1 twice | 05T07:00 | met
out of bounds                 | 03T01:30 mark level:9 twice | 05T07:00 | breached.open
""",
        ),
        Table(
            heading="A day of 25 hours has no slot more",
            tells="6.23",
            about="stay",
            change="""
obligations:
  sweep: null
  stay: {pattern: keep, window: day, slot: PT6H, level: {stream: position, count: actor}, at_least: 1}
""",
            note="Decided (docs/decisions/0040): the hour that is there twice makes a part longer. Its slots end at 05:00, 11:00, 17:00 and 24:00.",
            text="""
situation                             | meter                                                                    | as of    | verdict       | lapsed
nobody came after 23:00               | 03T00:30 mark by a, 03T06:30 mark by a, 03T12:30 mark by a, 03T18:30 mark by a | 05T07:00 | met     |
the last one came after 23:00         | 03T00:30 mark by a, 03T06:30 mark by a, 03T12:30 mark by a, 03T23:30 mark by a | 05T07:00 | met     |
nobody came after 17:00               | 03T00:30 mark by a, 03T06:30 mark by a, 03T12:30 mark by a               | 05T07:00 | breached.open | 03T24:00
""",
        ),
        Table(
            heading="Each day of a week in which clocks change",
            tells="6.23",
            about="stay",
            change="""
term: {from: 2024-10-28, to: 2024-11-03}
obligations:
  sweep: null
  stay: {pattern: keep, window: week, slot: P1D, level: {stream: position, count: actor}, at_least: 1}
""",
            given={"period": "2024-W44", "meter days": "10-28, 10-29, 10-30, 10-31, 01, 02, 03"},
            text="""
situation               | meter                                                                                                                                                     | as of    | verdict
at noon of every day    | 10-28T12:00 mark by a, 10-29T12:00 mark by a, 10-30T12:00 mark by a, 10-31T12:00 mark by a, 01T12:00 mark by a, 02T12:00 mark by a, 03T12:00 mark by a       | 05T07:00 | met
on Saturday nobody came | 10-28T12:00 mark by a, 10-29T12:00 mark by a, 10-30T12:00 mark by a, 10-31T12:00 mark by a, 01T12:00 mark by a, 03T00:30 mark by a, 03T12:00 mark by a | 05T07:00 | breached.open
""",
        ),
        Table(
            heading="Halves of a day of 25 hours",
            tells="6.17",
            about="answer",
            change="""
obligations:
  sweep: null
  answer: {pattern: attain, window: {each: day, slice: PT12H}, items: {stream: call}, at_least: 1}
""",
            given={"period": ""},
            text="""
situation                 | calls                    | as of    | verdict             | trigger
each has one call         | 03T09:00 call, 03T22:00 call | 05T07:00 | met / met       | 2024-11-03T00:00:00-04:00 / 2024-11-03T11:00:00-05:00
""",
        ),
    ),
)
