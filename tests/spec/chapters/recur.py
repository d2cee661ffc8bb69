"""The pattern *recur* (SEMANTICS section 6): how often, on how many days, with how long a break."""

from datetime import date

from tests.spec.chapter import Chapter, Table

RECUR = Chapter(
    title="Recur: in each period so often",
    story="""
The street is swept twice a week, on three days of it, or with no break of more than two days. The week is that of Monday the 8th to
Sunday the 14th of January, and ends at 24:00 of the 14th. F1 is a vehicle of the firm, R1 one of a rival.
""",
    clause="""
term: {from: 2024-01-08, to: 2024-01-14}
contractors: [{id: firm, name: {en: Firm}, actors: [F1]}, {id: rival, name: {en: Rival}, actors: [R1]}]
sources: {log: {columns: {wait: wait}}}
obligations:
  sweep:
    pattern: recur
    period: week
    action: {stream: service, kind: sweep}
    times: 2
""",
    first=date(2024, 1, 7),
    last=date(2024, 1, 15),
    given={"period": "2024-W02"},
    tables=(
        Table(
            heading="So often",
            tells="6.12 C1 R1 G9",
            text="""
situation                                     | log days           | log                                                | as of    | verdict         | fulfilled | lapsed   | owed by
two acts                                      | 8..14              | 9T09:00 sweep, 12T09:00 sweep                      | 15T05:00 | met             | 12T09:00  |          |
two acts, the rest of the log is missing      | 8..10              | 9T09:00 sweep, 10T09:00 sweep                      | 16T05:00 | met             | 10T09:00  |          |
an act at the first instant counts            | 8..14              | 8T00:00 sweep, 9T09:00 sweep                       | 15T05:00 | met             | 9T09:00   |          |
an act at the last instant is the next week's | 8..15              | 9T09:00 sweep, 15T00:00 sweep                      | 16T05:00 | breached.open   |           | 15T00:00 |
an act of another kind is none                | 8..14              | 9T09:00 sweep, 10T09:00 rinse                      | 15T05:00 | breached.open   |           | 15T00:00 |
an act on another unit is none                | 8..14              | 9T09:00 sweep, 10T09:00 sweep on X9                | 15T05:00 | breached.open   |           | 15T00:00 |
identical rows are one act                    | 8..14              | 9T09:00 sweep wait:1, 9T09:00 sweep wait:1         | 15T05:00 | breached.open   |           | 15T00:00 |
rows that differ in anything are two          | 8..14              | 9T09:00 sweep wait:1, 9T09:00 sweep wait:2         | 15T05:00 | met             | 9T09:00   |          |
the week is not over                          | 8..10              | 9T09:00 sweep                                      | 11T05:00 | pending.running |           |          |
three quarters of it are                      | 8..12              | 9T09:00 sweep                                      | 13T06:00 | pending.at_risk |           |          |
the last log is not due yet                   | 8..13              | 9T09:00 sweep                                      | 15T05:59 | pending.overdue |           |          | firm
the last log is overdue                       | 8..13              | 9T09:00 sweep                                      | 15T06:00 | unproven        |           |          | firm
a gap may hide any number of acts             | 8..13              |                                                    | 15T06:00 | unproven        |           |          | firm
late logs bring the proof after all           | 8..13, 14@17T09:00 | 9T09:00 sweep, 14T09:00 sweep                      | 17T09:00 | met             | 14T09:00  |          |
the acts of others do not count               | 8..14              | 9T09:00 sweep, 9T10:00 sweep by R1, 10T09:00 rinse | 15T05:00 | excused         | 9T10:00   |          |
others alone                                  | 8..14              | 9T09:00 sweep by R1                                | 15T05:00 | breached.open   |           | 15T00:00 |
""",
        ),
        Table(
            heading="On so many days",
            tells="6.12 C2 C4",
            change="""
obligations: {sweep: {times: null, on_days: 3}}
""",
            text="""
situation                                        | log days         | log                                          | as of    | verdict         | fulfilled | lapsed   | owed by
three days                                       | 8..14            | 8T09:00 sweep, 9T09:00 sweep, 12T09:00 sweep | 15T05:00 | met             | 12T09:00  |          |
two acts on one day are one day                  | 8..14            | 8T09:00 sweep, 8T18:00 sweep, 9T09:00 sweep  | 15T05:00 | breached.open   |           | 15T00:00 |
days are those of the clock on the wall          | 8..14            | 8T23:59 sweep, 9T00:00 sweep, 10T00:00 sweep | 15T05:00 | met             | 10T00:00  |          |
a day whose log is missing may be one            | 8..13            | 8T09:00 sweep, 9T09:00 sweep                 | 15T06:00 | unproven        |           |          | firm
two days may not be enough                       | 8..13            | 8T09:00 sweep                                | 15T06:00 | breached.open   |           | 14T00:00 |
a missing log of a day that counts hides nothing | 9..14, 8@8T12:00 | 8T09:00 sweep, 9T09:00 sweep                 | 15T06:00 | breached.open   |           | 15T00:00 |
too few days are left                            | 8..12            |                                              | 13T05:00 | breached.open   |           | 13T00:00 |
just enough days are left                        | 8..11            |                                              | 12T05:00 | pending.running |           |          |
the day that would be one too many still runs    | 8..11, 12@12T18:00 |                                            | 12T18:00 | pending.running |           |          |
too few are left, the last log was missing       | 8..11            |                                              | 13T05:00 | pending.running |           |          |
what was decided early stays decided             | 8..12            | 14T09:00 sweep                               | 16T05:00 | breached.open   |           | 13T00:00 |
""",
        ),
        Table(
            heading="On so many days, and others were there too",
            tells="1.4 5.3 6.12",
            change="""
obligations: {sweep: {times: null, on_days: 3}}
""",
            note="While the days of both together may still be enough, and the duty be excused, the debtor's own failure is no breach.",
            text="""
situation                                  | log days | log                                                    | as of    | verdict         | lapsed   | owed by
five days are gone, on one of them a rival | 8..12    | 9T09:00 sweep by R1                                    | 13T05:00 | pending.running |          |
six are                                    | 8..13    | 9T09:00 sweep by R1                                    | 14T05:00 | breached.open   | 13T00:00 |
both together did it                       | 8..12    | 9T09:00 sweep by R1, 10T09:00 sweep, 11T09:00 sweep by R1 | 13T05:00 | excused      |          |
the last log is missing                    | 8..13    | 9T09:00 sweep by R1, 10T09:00 sweep by R1              | 15T06:00 | unproven        |          | firm
""",
        ),
        Table(
            heading="On so many days, where silence counts as breach",
            tells="2.9 6.12",
            change="""
obligations: {sweep: {times: null, on_days: 3, silence: breached}}
""",
            note="A day without log counts as one without act: the duty lapsed with the day after which too few were left.",
            text="""
situation                              | log days    | log                          | as of    | verdict       | lapsed
the fifth day without proof            | 8..11, 13..14 | 8T09:00 sweep, 14T09:00 sweep | 15T06:00 | breached.open | 14T00:00
""",
        ),
        Table(
            heading="How many days, and how long a break: what the gaps leave open",
            tells="1.1 6.12",
            change="""
obligations: {sweep: {times: null, on_days: 2}}
""",
            text="""
situation                           | log days | log                          | as of    | verdict         | measured | low | high
all is known                        | 8..14    | 8T09:00 sweep, 9T09:00 sweep | 15T05:00 | met             | 2        | 2   | 2
two more days may have been swept   | 8..12    | 8T09:00 sweep, 9T09:00 sweep | 15T05:00 | met             | 2        | 2   | 4
the day of the log that is missing  | 8..13    | 8T09:00 sweep                | 15T05:00 | pending.overdue | 1        | 1   | 2
""",
        ),
        Table(
            heading="How long a break: what the gaps leave open",
            tells="1.1 6.12",
            change="""
obligations: {sweep: {times: null, max_gap: PT96H}}
""",
            note="In seconds. The longest break is at least what lies between known acts and gaps, and at most what the known acts leave.",
            text="""
situation                               | log days        | log                           | as of    | verdict         | measured | low    | high
all is known: from the 9th to the 12th  | 8..14           | 9T00:00 sweep, 12T00:00 sweep | 15T05:00 | met             | 259200   | 259200 | 259200
the 10th is missing, the last is longest | 8..9, 11..14   | 9T00:00 sweep, 12T00:00 sweep | 16T05:00 | met             | 259200   | 259200 | 259200
the 10th and the 13th are               | 8..9, 11..12, 14 | 9T00:00 sweep, 12T00:00 sweep | 16T05:00 | met            | 259200   | 86400  | 259200
too long, but for what is missing       | 8..10           | 9T00:00 sweep                 | 15T05:00 | pending.overdue | 518400   | 172800 | 518400
""",
        ),
        Table(
            heading="With no longer break",
            tells="6.12 C3 C7",
            change="""
obligations: {sweep: {times: null, max_gap: PT48H}}
""",
            note="Breaks are counted from the period's start and to its end.",
            text="""
situation                                     | log days                   | log                                                 | as of    | verdict         | fulfilled | lapsed   | owed by
never more than two days apart                | 8..14                      | 9T00:00 sweep, 11T00:00 sweep, 13T00:00 sweep       | 15T05:00 | met             |           |          |
a microsecond over is too long; a second, too | 8..14                      | 9T00:00 sweep, 11T00:01 sweep, 13T00:00 sweep       | 12T05:00 | breached.open   |           | 11T00:00 |
the break is counted from the start           | 8..10                      | 10T01:00 sweep                                      | 11T05:00 | breached.open   |           | 10T00:00 |
and to the end                                | 8..14                      | 9T00:00 sweep, 11T00:00 sweep, 12T23:00 sweep       | 15T05:00 | breached.open   |           | 14T23:00 |
it is not known before it is certain          | 8..9                       |                                                     | 10T00:00 | pending.running |           |          |
decided as soon as it is certain              | 8, 9@10T00:01, 10@10T00:05 |                                                     | 10T00:05 | breached.open   |           | 10T00:00 |
a missing log may hide an act, at any instant | 8, 10..14                  | 8T12:00 sweep, 11T00:00 sweep, 13T00:00 sweep       | 16T05:00 | unproven        |           |          | firm
a missing log does not fill two breaks        | 8, 10..14                  | 8T12:00 sweep, 13T00:00 sweep                       | 16T05:00 | breached.open   |           | 12T00:00 |
a missing log where the known acts are enough | 8..9, 11..14               | 9T12:00 sweep, 11T00:00 sweep, 13T00:00 sweep       | 16T05:00 | met             |           |          |
the last log is not due yet                   | 8..13                      | 9T00:00 sweep, 11T00:00 sweep, 12T12:00 sweep       | 15T05:00 | pending.overdue |           |          | firm
others came between                           | 8..14                      | 9T00:00 sweep, 11T00:00 sweep by R1, 13T00:00 sweep | 15T05:00 | excused         |           |          |
others came, and the week may end excused     | 8..11                      | 9T00:00 sweep, 11T00:00 sweep by R1                 | 12T05:00 | pending.running |           |          |
others came, and it did not                   | 8..14                      | 9T00:00 sweep, 11T00:00 sweep by R1                 | 15T05:00 | breached.open   |           | 11T00:00 |
""",
        ),
        Table(
            heading="Where silence counts as breach",
            tells="2.9 C1",
            change="""
obligations: {sweep: {silence: breached}}
""",
            text="""
situation                | log days | log           | as of    | verdict         | fulfilled | lapsed   | owed by
no proof, no service     | 8..13    | 9T09:00 sweep | 15T06:00 | breached.open   |           | 15T00:00 |
not before it is overdue | 8..13    | 9T09:00 sweep | 15T05:59 | pending.overdue |           |          | firm
""",
        ),
        Table(
            heading="Once a day, and seen undone",
            tells="2.12 2.13 2.14 6.12 C5",
            change="""
obligations: {sweep: {period: day, times: 1, refuted_by: {stream: inspection, kind: dirty}}}
""",
            given={"period": "2024-01-08"},
            text="""
situation                                         | log days | log           | seen          | as of   | verdict       | fulfilled | lapsed  | owed by
done, then seen undone                            | 8        | 8T09:00 sweep | 8T12:00 dirty | 9T05:00 | breached.open |           | 9T00:00 |
seen undone, then done                            | 8        | 8T15:00 sweep | 8T12:00 dirty | 9T05:00 | met           | 8T15:00   |         |
seen undone after the day plays no part           | 8        | 8T09:00 sweep | 9T01:00 dirty | 9T05:00 | met           | 8T09:00   |         |
seen undone before the day plays no part          | 8        | 8T09:00 sweep | 7T23:00 dirty | 9T05:00 | met           | 8T09:00   |         |
seen undone, the log is missing                   | -        |               | 8T12:00 dirty | 9T06:00 | unproven      |           |         | firm
seen undone at the end: what is missing is no gap | -        |               | 8T23:59 dirty | 9T06:00 | unproven      |           |         | firm
nothing was done                                  | 8        |               |               | 9T05:00 | breached.open |           | 9T00:00 |
seen undone, then others did it                   | 8        | 8T15:00 sweep by R1 | 8T12:00 dirty | 9T05:00 | excused  | 8T15:00   |         |
others did it, then it was seen undone            | 8        | 8T09:00 sweep by R1 | 8T12:00 dirty | 9T05:00 | breached.open |      | 9T00:00 |
""",
        ),
        Table(
            heading="Once a day, and seen undone by one of equal rank",
            tells="2.14 C5",
            change="""
obligations: {sweep: {period: day, times: 1, refuted_by: {stream: inspection, kind: dirty}}}
sources: {seen: {rank: 1}}
""",
            given={"period": "2024-01-08"},
            text="""
situation                         | log days | log                                | seen          | as of   | verdict  | fulfilled | lapsed | owed by | cites
equal ranks contradict each other | 8        | 8T09:00 sweep                      | 8T12:00 dirty | 9T05:00 | unproven |           |        |         | 08T09:00 08T12:00
of the act of others as well      | 8        | 8T09:00 sweep by R1                | 8T12:00 dirty | 9T05:00 | unproven |           |        |         | 08T09:00 08T12:00
others did it again               | 8        | 8T09:00 sweep, 8T15:00 sweep by R1 | 8T12:00 dirty | 9T05:00 | excused  | 8T15:00   |        |         | 08T15:00
""",
        ),
        Table(
            heading="While a trigger lasts",
            tells="6.12 C6",
            change="""
obligations: {sweep: {period: {while: {stream: condition, kind: snow, merge_gap: PT4H}}, times: null, max_gap: PT2H}}
""",
            given={"period": "", "weather days": "7, 8"},
            text="""
situation                                               | log days | log                          | weather                                  | as of   | verdict         | lapsed
it may still snow: two hours without an act are certain | 8        | 8T08:30 sweep                | 8T08:00 snow, 8T10:00 snow, 8T12:00 snow | 9T05:00 | breached.open   | 8T10:30
every two hours                                         | 8        | 8T09:30 sweep, 8T11:00 sweep | 8T08:00 snow, 8T10:00 snow, 8T12:00 snow | 9T05:00 | met             |
nobody knows yet that it is over                        | 8        | 8T21:30 sweep                | 8T20:30 snow, 8T22:00 snow               | 9T05:00 | pending.running |
seen once: it lasted no time in which a sweep was owed  | 8        |                              | 8T08:00 snow                             | 9T05:00 | void.unassessed |
""",
        ),
        Table(
            heading="On so many days, while a trigger lasts",
            tells="6.12 C6",
            change="""
obligations: {sweep: {period: {while: {stream: condition, kind: snow, merge_gap: PT8H}}, times: null, on_days: 2}}
""",
            given={"period": "", "weather days": "7..9"},
            text="""
situation                             | log days | log                          | weather                                  | as of    | verdict       | lapsed
over two days, and swept on both      | 8..9     | 8T22:00 sweep, 9T01:00 sweep | 8T20:00 snow, 9T02:00 snow               | 10T07:00 | met           |
it lasted no two days: never possible | 8..9     | 8T09:00 sweep                | 8T08:00 snow, 8T12:00 snow               | 10T07:00 | breached.open | 8T08:00
""",
        ),
        Table(
            heading="Days of a plan",
            tells="6.12",
            change="obligations: {sweep: {period: {each: null, plan: {weekdays: [mon], dates: [2024-01-10]}}, times: 1}}",
            given={"period": ""},
            text="""
situation                    | log                            | as of    | verdict             | trigger
Monday and the 10th are owed | 8T09:00 sweep, 9T09:00 sweep   | 12T05:00 | met / breached.open | 2024-01-08 / 2024-01-10
""",
        ),
        Table(
            heading="A season",
            tells="6.12",
            change="obligations: {sweep: {period: {each: null, season: {from: 01-08, to: 01-10}}}}",
            given={"period": ""},
            text="""
situation               | log                              | as of    | verdict       | trigger
twice in the season     | 8T09:00 sweep, 10T23:59 sweep    | 12T05:00 | met           | 2024-01-08..2024-01-10
once in it, once after  | 8T09:00 sweep, 11T00:00 sweep    | 12T05:00 | breached.open | 2024-01-08..2024-01-10
""",
        ),
        Table(
            heading="Weeks that a calendar closes",
            tells="6.12 4.5",
            change="""
calendars: {winter: {season: {from: 01-04, to: 01-09}}}
term: {from: 2024-01-01, to: 2024-01-31}
obligations: {sweep: {period: {each: week, calendar: winter}, times: 1}}
""",
            given={"period": "", "log days": "8..21"},
            note="Decided (docs/decisions/0061): a week with a day that works is owed whole; one without is not owed.",
            text="""
situation                                           | log            | as of    | verdict                  | trigger
the season ends on Tuesday: the next week is free   | 14T09:00 sweep | 22T05:00 | unproven / met           | 2024-W01 / 2024-W02
""",
        ),
        Table(
            heading="A storm outside of opening hours",
            tells="6.12 4.5",
            change="""
calendars: {counter: {hours: {mon-fri: "06:30-12:00"}}}
obligations: {sweep: {period: {each: null, while: {stream: condition, kind: storm, merge_gap: PT4H}, calendar: counter}, times: 1}}
""",
            given={"period": ""},
            note="Decided (docs/decisions/0070): a storm of which the calendar is closed throughout owes nothing, any other is owed whole.",
            text="""
situation                                 | weather                | log           | as of    | verdict
it begins after closing time              | 8T12:00..8T18:00 storm |               | 10T05:00 | none
on a day off                              | 13T08:00..13T12:00 storm |             | 15T05:00 | none
it ends after closing time                | 8T10:00..8T18:00 storm |               | 10T05:00 | breached.open
what is done then is done                 | 8T10:00..8T18:00 storm | 8T17:00 sweep | 10T05:00 | met
it goes on until the office opens         | 8T20:00..9T07:00 storm |               | 10T05:00 | breached.open
while it is open, as far as it was seen   | 8T20:00..8T23:00 storm |               | 9T02:00  | none
seen at one instant, within the hours     | 8T10:00 storm          |               | 10T05:00 | void.unassessed
seen at one instant, outside of them      | 8T12:00 storm          |               | 10T05:00 | none
""",
        ),
        Table(
            heading="At risk, excused",
            tells="6.5 7.1 C7",
            text="""
situation                                     | log           | decisions           | log days | as of    | verdict
excused before the week ends                  | 9T09:00 sweep | excuse 14T23:00 A   | 8..14    | 15T05:00 | excused
one person, when it is over                   | 9T09:00 sweep | excuse 15T00:00 A   | 8..14    | 15T05:00 | breached.open
decided: a later act cures nothing            | 9T09:00 sweep, 15T09:00 sweep |     | 8..15    | 16T05:00 | breached.open
""",
        ),
        Table(
            heading="One person excuses no lapse that came before: breaks",
            tells="1.1 6.12 7.1 7.2",
            change="""
obligations: {sweep: {times: null, max_gap: PT72H}}
""",
            note="The week begins on the 8th at 00:00: without an act it lapses on the 11th at 00:00.",
            text="""
situation                                   | log                            | decisions         | log days     | as of    | verdict         | lapsed  | owed by
it had lapsed: a waiver                     |                                | excuse 11T00:00 A | 8..11        | 12T05:00 | breached.open   | 11T00:00 |
also when the week is over                  |                                | excuse 13T00:00 A | 8..14        | 15T05:00 | breached.open   | 11T00:00 |
it had not                                  |                                | excuse 10T23:59 A | 8..11        | 12T05:00 | excused         |         |
two persons                                 |                                | excuse 13T00:00 A+B | 8..14      | 15T05:00 | excused         |         |
it lapsed after the excuse                  | 10T12:00 sweep                 | excuse 13T00:00 A | 8..14        | 15T05:00 | excused         |         |
a log is missing: it may have been before   | 8T01:00 sweep, 11T02:00 sweep  | excuse 12T00:00 A | 8, 9, 11..14 | 13T05:00 | pending.running |         |
in the end nobody knows                     | 8T01:00 sweep, 11T02:00 sweep  | excuse 12T00:00 A | 8, 9, 11..14 | 15T06:00 | unproven        |         | firm
""",
        ),
        Table(
            heading="One person excuses no lapse that came before: days",
            tells="6.12 7.1 7.2",
            change="""
obligations: {sweep: {times: null, on_days: 6}}
""",
            given={"log": "8T09:00 sweep, 11T09:00 sweep", "log days": "8..14", "as of": "15T05:00"},
            note="With the 10th too few days are left.",
            text="""
situation  | decisions         | verdict       | lapsed
before     | excuse 10T23:59 A | excused       |
after      | excuse 11T00:00 A | breached.open | 11T00:00
""",
        ),
        Table(
            heading="With no longer break, while a storm lasts",
            tells="1.1 2.1 6.12",
            change="""
obligations: {sweep: {period: {each: null, while: {stream: condition, kind: storm, merge_gap: PT4H}}, times: null, max_gap: PT6H}}
""",
            given={"weather": "8T20:00..9T10:00 storm", "weather days": "8, 9@9T10:30", "period": "2024-01-08T12:00Z"},
            note="The storm is seen from 20:00 of the 8th to 10:00 of the 9th, and whether it goes on nobody knows yet.",
            text="""
situation                                   | log days   | log                       | as of    | verdict         | lapsed
no log of the 9th: it may tell of an act    | 8          | 8T22:00 sweep             | 9T11:00  | pending.running |
the log shows none for six hours            | 8, 9@9T10:30 | 8T22:00 sweep           | 9T11:00  | breached.open   | 9T04:00
a row that nobody can read may be one       | 8, 9@9T10:30 | 8T22:00 sweep, ?9T03:00 sweep, 9T08:00 sweep | 9T11:00 | pending.running |
""",
        ),
        Table(
            heading="A row that nobody can read is one act at most",
            tells="1.3 2.4 6.12",
            note="Decided (docs/decisions/0036), as for attain (0026).",
            text="""
situation                            | log days | log                            | as of    | verdict       | measured | high | reason
it may be the second                 | 8..14    | 9T09:00 sweep, ?10T09:00 sweep | 16T06:00 | unproven      | 1        | 2    | quarantined row
it is not two                        | 8..14    | ?10T09:00 sweep                | 16T06:00 | breached.open | 0        | 1    | whatever unreadable rows tell
two of them may be                   | 8..14    | ?10T09:00 sweep, ?11T09:00 sweep | 16T06:00 | unproven    | 0        | 2    | quarantined row
a log is missing as well             | 8..13    | ?10T09:00 sweep                | 16T06:00 | unproven      | 0        |      | log of 2024-01-14; quarantined row
others swept once, and it may be theirs or not | 8..14 | 9T09:00 sweep by R1, ?10T09:00 sweep | 16T06:00 | unproven | 0 | 1  | quarantined row
""",
        ),
    ),
)
