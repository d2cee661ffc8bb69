"""The one rule, and the precedence of verdicts (SEMANTICS section 1)."""

from tests.spec.chapter import Chapter, Table

ONE_RULE = Chapter(
    title="The one rule",
    story="""
A verdict holds in every history that is consistent with the evidence: the known events, plus whatever the gaps in coverage
do not exclude. The street is to be plowed within 24 h of the snowfall's end (10th, 16:00). The log of a day arrives at 05:00
of the next and is due at 06:00.
""",
    clause="""
obligations:
  clear:
    pattern: respond
    trigger: {stream: condition, kind: snow, merge_gap: PT4H}
    clock: {from: trigger.end, early: PT0S}
    action: {stream: service, kind: plow}
    refuted_by: {stream: inspection, kind: covered}
    within: PT24H
""",
    given={"weather": "10T10:00..10T16:00 snow"},
    tables=(
        Table(
            heading="In all histories, in none, in some",
            tells="1.1 1.2 1.3 1.4 1.5 2.10 8.1",
            text="""
situation                                                 | log days        | log           | seen             | as of    | verdict         | owed by | reason
met in all: the act is known, whatever the gap hides      | 11              | 11T09:00 plow |                  | 12T07:00 | met             |         | done in time
breached in all: nothing is hidden                        | 10, 11          |               |                  | 12T07:00 | breached.open   |         | complete logs show no act
breached in all: somebody saw it undone after it was due  | 10              |               | 11T20:00 covered | 12T07:00 | breached.open   |         | seen undone
met in some: what is missing may still come               | 10              |               |                  | 12T05:59 | pending.overdue | firm    | awaited: log of 2024-01-11
met in some: what is missing should have come             | 10              |               |                  | 12T06:00 | unproven        | firm    | incomplete: log of 2024-01-11
no data at all: neither a pass nor a fail                 |                 |               |                  | 13T07:00 | unproven        | firm    | incomplete: log of 2024-01-10; log of 2024-01-11
a late act is known, an earlier one may hide              | 10, 12          | 12T09:00 plow |                  | 13T07:00 | unproven        | firm    | incomplete: log of 2024-01-11
""",
        ),
        Table(
            heading="First match wins",
            tells="1.6 G1",
            change="""
contractors: [{id: firm, name: {en: Firm}}, {id: rival, name: {en: Rival}, actors: [R1]}]
obligations: {clear: {reset: {at_most: P9D}}}
""",
            given={"weather": "10T10:00..10T16:00 snow, 11T02:00..11T06:00 snow"},
            note="Snow falls again on the 11th from 02:00 to 06:00: a new trigger before the first is due starts the clock anew.",
            text="""
situation                                  | log days   | log                                  | decisions           | as of    | verdict
met before excused                         | 10, 11, 12 | 10T20:00 plow, 11T09:00 plow          | excuse 10T20:00 A   | 13T07:00 | met / met
met before reset: done before the new fall | 10, 11, 12 | 10T20:00 plow                         |                     | 13T07:00 | met / breached.open
excused before reset and before breached   | 10, 11, 12 |                                       | excuse 10T20:00 A   | 13T07:00 | excused / excused
reset before breached                      | 10, 11, 12 |                                       |                     | 13T07:00 | void.reset / breached.open
another's act before reset                 | 10, 11, 12 | 10T20:00 plow by R1                   |                     | 13T07:00 | excused / breached.open
pending before unproven: a log is not due  | 10         |                                       |                     | 12T05:30 | pending.overdue / pending.at_risk
unproven last                              | 11, 12     |                                       |                     | 13T07:00 | unproven / breached.open
""",
        ),
        Table(
            heading="Only what is known, only what has happened",
            tells="1.7 1.9 G2",
            text="""
situation                                          | log days        | log           | seen                            | decisions           | as of    | verdict
a delivery that comes later is not known           | 10, 11@13T05:00 | 11T09:00 plow |                                 |                     | 12T07:00 | unproven
once it came, it is                                | 10, 11@13T05:00 | 11T09:00 plow |                                 |                     | 13T05:00 | met
a decision that is recorded later is not known     | 10, 11          |               |                                 | excuse 13T05:00 A+B | 12T07:00 | breached.open
once it is recorded, it is                         | 10, 11          |               |                                 | excuse 13T05:00 A+B | 13T05:00 | excused
an event after the instant of judging is ignored   | 10              |               | 11T20:00 covered came 11T08:00  |                     | 11T19:59 | pending.overdue
the instant itself is not after it                 | 10              |               | 11T20:00 covered came 11T08:00  |                     | 11T20:00 | breached.open
""",
        ),
        Table(
            heading="An act that is stated ahead of its time",
            tells="1.9",
            change="""
sources: {log: {columns: {done_at: done_at}}}
obligations: {clear: {action: {at: done_at}}}
""",
            given={"weather": "10T10:00..10T16:00 snow", "weather days": "10", "log days": "10, 11"},
            note="""
The log states when the plow will have come. A plan is no act until its time has come; then it counts, although nothing
arrives: nobody judges between "judged before" and "as of" unless a sheet wakes.
""",
            text="""
situation                                      | log                               | judged before | as of    | verdict         | fulfilled
planned late: until then nothing was done      | 11T10:00 plow done_at:13T07:00    | 12T06:00      | 13T06:59 | breached.open   |
planned late: then it cures the breach         | 11T10:00 plow done_at:13T07:00    | 12T06:00      | 13T07:00 | breached.cured  | 13T07:00
planned twice: the first cures it              | 11T10:00 plow done_at:13T07:00, 11T10:00 plow done_at:13T09:00 | 12T06:00 | 13T10:00 | breached.cured | 13T07:00
planned in time: then it is met                | 10T17:00 plow done_at:11T09:00    | 11T05:00      | 11T09:00 | met             | 11T09:00
""",
        ),
        Table(
            heading="An act that is stated ahead of its time, for two falls",
            tells="1.9",
            change="""
sources: {log: {columns: {done_at: done_at}}}
obligations: {clear: {action: {at: done_at}}}
""",
            given={
                "weather": "10T10:00..10T16:00 snow, 11T10:00..11T16:00 snow",
                "weather days": "10, 11",
                "log days": "10, 11, 12",
            },
            note="The second fall begins before the first has been cleared: one plow that comes late cures both.",
            text="""
situation                         | log                            | judged before | as of    | verdict                         | fulfilled
until then nothing was done       | 11T10:00 plow done_at:13T07:00 | 13T06:00      | 13T06:59 | breached.open / breached.open   |
then both breaches are cured      | 11T10:00 plow done_at:13T07:00 | 13T06:00      | 13T07:00 | breached.cured / breached.cured | 13T07:00
""",
        ),
        Table(
            heading="An act that is stated ahead of its time, for two falls",
            tells="1.9",
            change="""
sources: {log: {columns: {done_at: done_at}}}
obligations: {clear: {action: {at: done_at}}}
""",
            given={
                "weather": "10T10:00..10T16:00 snow, 11T10:00..11T16:00 snow",
                "weather days": "10, 11",
                "log days": "10, 11, 12",
            },
            note="The second fall begins before the first has been cleared: one plow that comes late cures both.",
            text="""
situation                         | log                            | judged before | as of    | verdict                         | fulfilled
until then nothing was done       | 11T10:00 plow done_at:13T07:00 | 13T06:00      | 13T06:59 | breached.open / breached.open   |
then both breaches are cured      | 11T10:00 plow done_at:13T07:00 | 13T06:00      | 13T07:00 | breached.cured / breached.cured | 13T07:00
""",
        ),
        Table(
            heading="An act that an older record states",
            tells="1.9 1.10",
            change="""
sources: {log: {columns: {done_at: done_at}}}
obligations: {clear: {action: {at: done_at}}}
""",
            given={"weather": "10T10:00..10T16:00 snow", "weather days": "10"},
            note="The log of the 9th comes late. What it says of the 11th counts as if it had come in time.",
            text="""
situation                                   | log days           | log                            | judged before | as of    | verdict       | fulfilled
before it comes nothing was done            | 9@12T09:00, 10, 11 | 9T10:00 plow done_at:11T09:00  | 12T06:00      | 12T08:59 | breached.open |
then the act of the 11th is known           | 9@12T09:00, 10, 11 | 9T10:00 plow done_at:11T09:00  | 12T06:00      | 12T09:00 | met           | 11T09:00
""",
        ),
        Table(
            heading="What lies before the clock, and comes late",
            tells="1.10 2.7",
            change="obligations: {clear: {action: {min_duration: PT36H}}}",
            given={"weather": "10T10:00..10T16:00 snow"},
            note="The act takes a day and a half. The clock starts on the 10th at 16:00; how long a gap is, the log of the 9th tells.",
            text="""
situation                             | log days            | judged before | as of    | verdict
it may have begun on the 9th          | 9@13T09:00, 11, 12  | 13T07:00      | 13T08:59 | unproven
the log of the 9th leaves a day only  | 9@13T09:00, 11, 12  | 13T07:00      | 13T09:00 | breached.open
""",
        ),
        Table(
            heading="The first report of a quorum comes late",
            tells="1.10 2.12",
            change="""
obligations: {clear: {clock: {from: trigger.start, early: null}, refuted_by: {stream: report, kind: covered, quorum: {households: 2, within: P2D}}}}
""",
            given={"weather": "10T10:00..10T16:00 snow", "log": "11T09:00 plow"},
            note="One household reported before the clock started, and its report is known on the 12th at 09:00.",
            text="""
situation                     | reports                                                                    | judged before | as of    | verdict
one household is no quorum    | 10T08:00 covered by H1 came 12T09:00, 11T17:00 covered by H2               | 12T08:00      | 12T08:59 | met
together they are             | 10T08:00 covered by H1 came 12T09:00, 11T17:00 covered by H2               | 12T08:00      | 12T09:00 | breached.open
""",
        ),
        Table(
            heading="A trigger that is stated ahead of its time",
            tells="1.9 3.2",
            change="""
obligations: {clear: {trigger: {stream: notice, kind: order}, clock: {from: trigger.start, early: null}}}
""",
            given={"log days": "10, 11", "weather": ""},
            note="On the 11th at 08:00 the city orders the street to be cleared from 20:00 on.",
            text="""
situation                        | notices                      | judged before | as of    | verdict         | due
before its time nothing is owed  | 11T20:00 order came 11T08:00 | 11T08:00      | 11T19:59 | none            |
then the clock runs              | 11T20:00 order came 11T08:00 | 11T08:00      | 11T20:00 | pending.running | 12T20:00
""",
        ),
    ),
)
