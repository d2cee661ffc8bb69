"""Decisions of people: who may take them, from when on they count, and that a waiver changes no verdict."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine

from dutywatch import pipeline
from dutywatch.errors import DecisionRefused
from dutywatch.judge import summary
from dutywatch.ledger import decisions
from dutywatch.ledger.decisions import Decision
from dutywatch.settings import Settings
from tests.town import NAME, Town, at, found, words

SNOW = {"at": at(11, 1), "kind": "snow"}
TRIGGER = "2024-01-10T17:00Z"


@pytest.fixture
def town(settings: Settings) -> Town:
    """It snowed on the 11th at 01:00, streets were due at 19:00; nobody plowed U0 and U1."""
    town = found(settings, proof_until="P3D")
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 10, [])
    town.deliver("log", 11, [{"at": at(11, 9), "unit": "U2", "kind": "plow"}])
    return town


def standing(town: Town, unit: str) -> str:
    """How the duty on `unit` stands in the ledger."""
    with town.connected() as connection:
        rows = connection.exec_driver_sql(
            "SELECT to_standing FROM flips WHERE obligation = 'clear' AND unit = %s ORDER BY id", (unit,)
        )
        return ([row[0] for row in rows] or ["pending.running"])[-1]


def decide(town: Town, kind: decisions.Kind = "excuse", **changed: Any) -> Any:
    given = {"obligation": "clear", "unit": "U0", "grounds": "burst main", "by": "head", **changed}
    return pipeline.decide(town.settings, NAME, kind, **given)


def test_an_excuse_of_one_person_counts_before_the_due_time_only(town: Town) -> None:
    pipeline.advance(town.settings, at(11, 18))
    assert f"It counts at once for duties that are not due yet: dutywatch judge {NAME}\n" in str(decide(town))
    pipeline.advance(town.settings, at(11, 20))
    late = decide(town, unit="U1")
    town.judge(at(12, 7))
    assert standing(town, "U0") == "excused"
    assert standing(town, "U1") == "breached.open"
    assert "1 recorded duty" not in str(late)  # nothing was recorded yet when it was decided
    assert f"dutywatch decide confirm {late.decision.id} --by PERSON" in str(late)


def test_a_late_excuse_counts_from_the_second_person_s_confirmation_on(town: Town) -> None:
    town.judge(at(12, 7))
    late = decide(town, unit="U1")
    assert "concerns 1 recorded duty, 1 due or lapsed already" in str(late)
    town.judge(at(12, 8))
    assert standing(town, "U1") == "breached.open"
    pipeline.advance(town.settings, at(12, 9))
    confirmed = pipeline.confirm(town.settings, late.decision.id, "office")
    assert (confirmed.decision.confirmed_by, confirmed.decision.confirmed_at) == ("office", at(12, 9))
    town.judge(at(12, 10))
    assert standing(town, "U1") == "excused"
    with town.connected() as connection:
        (before,) = decisions.decisions_of(connection, NAME, at(12, 8.5))
        (after,) = decisions.decisions_of(connection, NAME, at(12, 9))
    assert (before.two, after.two) == (False, True)


def test_an_excuse_of_what_is_not_due_yet_asks_for_no_second_person(town: Town) -> None:
    pipeline.advance(town.settings, at(11, 6))
    town.deliver("weather", 11, [{**SNOW, "depth": 1.0}], received=at(11, 5))
    town.judge(at(11, 7))
    said = str(decide(town))
    assert (
        "concerns 1 recorded duty, 0 due or lapsed already" in said
        and "It counts at once for duties that are not due" in said
    )
    assert "due or lapsed already it counts" not in said and "decide confirm" not in said


def test_evidence_that_came_too_late_counts_once_two_persons_admit_it(town: Town) -> None:
    late = [{"at": at(11, 9), "unit": "U0", "kind": "plow"}, {"at": at(11, 9), "unit": "U2", "kind": "plow"}]
    town.deliver("log", 11, late, received=at(15))  # proof counts for three days after 19:00 on the 11th
    town.judge(at(15, 1))
    duty = f"{NAME}/clear/U0/{TRIGGER}"
    assert "evidence counts that was received by 2024-01-14 19:00:00 CST" in pipeline.explain(town.settings, duty)
    assert standing(town, "U0") != "met"
    admitted = decide(town, "admit", unit=None, trigger=TRIGGER, grounds="the firm's server was down")
    number = admitted.decision.id
    assert str(admitted) == (
        f"{number} admit clear, trigger {TRIGGER}; grounds: the firm's server was down; by head at 2024-01-14 17:00Z; "
        "not confirmed by a second person; not published\n"
        "It concerns 6 recorded duties, 6 due or lapsed already.\n"
        f"It looks back, so it counts once another person confirms it: dutywatch decide confirm {number} --by PERSON"
    )
    town.judge(at(15, 2))
    assert standing(town, "U0") != "met"
    confirmed = pipeline.confirm(town.settings, admitted.decision.id, "office")
    assert str(confirmed).endswith(
        "; confirmed by office at 2024-01-14 18:00Z; not published\n"
        "It concerns 6 recorded duties, 6 due or lapsed already.\n"
        f"The next judgement heeds it: dutywatch judge {NAME}"
    )
    town.judge(at(15, 3))
    assert standing(town, "U0") == "met"
    assert "log log/2024-01-11.csv:2" in pipeline.explain(town.settings, duty)


def test_a_message_says_from_when_on_what_it_asks_for_comes_too_late(settings: Settings) -> None:
    """Due on the 11th at 19:00, proof counts for a day: asked for on the 13th, the log alone decides nothing."""
    town = found(settings, proof_until="P1D")
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 10, [])
    town.judge(at(13, 7))
    pipeline.alert(town.settings, NAME)
    (letter,) = settings.messages.rglob("*_clear_unproven_desk.md")
    text = letter.read_text(encoding="utf-8")
    assert "What arrives after 12 January 19:00 counts only if two persons admit it." in text
    assert "1月12日19:00之后送达的，须经两人决定采纳方可计入。" in text


def test_a_waiver_is_published_and_changes_no_verdict(town: Town) -> None:
    town.judge(at(12, 7))
    waived = decide(town, "waive", published="https://example.org/12")
    assert "never the verdict" in str(waived)
    assert "what has lapsed so far" in str(waived)
    one = decide(town, "waive", unit="U1", trigger=TRIGGER, published="https://example.org/12")
    assert "never the verdict" in str(one)
    assert "so far" not in str(one)
    town.judge(at(12, 8))
    assert standing(town, "U0") == "breached.open"
    (listed, _) = [summary(one) for one in pipeline.decided(town.settings, NAME)]
    assert listed == (
        f"{waived.decision.id} waive clear, unit U0; grounds: burst main; by head at 2024-01-11 23:00Z; "
        "published: https://example.org/12"
    )


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a stranger": ({"by": "mayor"}, "mayor is nobody under `people`; it names desk, head, office"),
    "of their own duty": (
        {"by": "desk"},
        "desk answers for clear, and nobody takes an excuse of their own duty: one of head, office must",
    ),
    "an unknown obligation": ({"obligation": "cleer"}, "there is no obligation cleer: did you mean clear?"),
    "an unknown unit": ({"unit": "U9"}, "there is no unit U9: did you mean U5 or U4 or U3?"),
    "no grounds": ({"grounds": " "}, "state the grounds: --grounds TEXT"),
    "an unpublished waiver": ({"kind": "waive"}, "say where everybody can read the waiver: --published URL or TEXT"),
    "their own waiver": (
        {"kind": "waive", "by": "desk", "published": "here"},
        "desk answers for clear, and nobody takes a waiver of their own duty: one of head, office must",
    ),
    "an excused delivery": (
        {"obligation": "deliver:log", "unit": "log"},
        "a delivery is a fact of the ledger: it is not excused, only waived",
    ),
}


def test_a_decision_that_may_not_stand_says_who_must_do_what(town: Town) -> None:
    for given, said in REFUSED.values():
        with pytest.raises(DecisionRefused) as refused:
            decide(town, given.get("kind", "excuse"), **{k: v for k, v in given.items() if k != "kind"})
        assert str(refused.value) == f"contract {NAME}: {said}"
    assert pipeline.decided(town.settings, NAME) == []


def test_of_two_excuses_of_one_instant_the_same_is_shown_whichever_came_first(town: Town) -> None:
    for number, unit, grounds in ((1, "U0", "storm"), (2, None, "burst main"), (3, "U1", "a parade")):
        assert decide(town, unit=unit, grounds=grounds).decision.id == number
    town.judge(at(12, 7))
    for unit, grounds in (("U0", "burst main"), ("U1", "a parade"), ("U2", "burst main")):
        why = pipeline.explain(town.settings, f"{NAME}/clear/{unit}/{TRIGGER}")
        assert f"Because   excused by decision: {grounds}\n" in why or "done in time" in why


def test_a_decision_names_what_its_duties_are_owed_on(town: Town) -> None:
    """A class is no street: whoever excuses it would excuse nothing, and hear of that when it is too late."""
    contract = words()
    contract["obligations"]["rate"] = {
        **{name: contract["obligations"]["clear"][name] for name in ("title", "clause", "party", "supervisor")},
        **{"pattern": "attain", "window": "week", "items": {"duties": "clear"}, "at_least": 0.9, "per": "class"},
    }
    town.write(contract)
    for obligation, unit, said in (
        ("clear", "A", "no duty of clear is owed on A, which is a class: name a unit, or leave --unit out for all"),
        ("rate", "U0", "no duty of rate is owed on U0, which is a unit: name a class, or leave --unit out for all"),
        (
            "clear",
            "log",
            "no duty of clear is owed on log, which is a source: name a unit, or leave --unit out for all",
        ),
        ("rate", "U9", "there is no unit U9"),
    ):
        with pytest.raises(DecisionRefused) as refused:
            decide(town, obligation=obligation, unit=unit)
        assert str(refused.value) == f"contract {NAME}: {said}"
    with pytest.raises(DecisionRefused, match="there is no unit U9"):
        decide(town, obligation="rate", unit="U9")
    with pytest.raises(DecisionRefused, match="no duty of deliver:log is owed on U0, which is a unit: name a source"):
        decide(town, "waive", obligation="deliver:log", unit="U0", published="board")
    assert pipeline.decided(town.settings, NAME) == []
    for kind, obligation, unit in (("excuse", "rate", "A"), ("excuse", "clear", NAME), ("waive", "deliver:log", "log")):
        decide(town, kind, obligation=obligation, unit=unit, published="board")


def test_a_decision_without_effect_is_refused(settings: Settings) -> None:
    town = found(settings, suspended_by={"stream": "notice", "kind": "storm"})
    grants_none = "the clause of clear grants no suspension before its publication (`retroactive: true`)"
    whole = "a suspension holds in its whole zone and for every clock that runs there: name no unit and no trigger"
    for kind, about, said in (
        ("admit", {}, "clear sets no `proof_until`: late evidence counts without a decision"),
        ("suspend", {"unit": None, "trigger": None}, grants_none),
        ("suspend", {"unit": "U1", "trigger": None}, f"{grants_none}; {whole}"),
    ):
        with pytest.raises(DecisionRefused) as refused:
            decide(town, kind, **about)
        assert str(refused.value) == f"contract {NAME}: {said}"


@pytest.mark.parametrize("kind", ["excuse", "waive", "admit"])
def test_nobody_decides_about_what_their_employer_owes(town: Town, kind: decisions.Kind) -> None:
    """The head works for the firm, which owes the streets: neither takes it nor confirms it."""
    contract = words(proof_until="P3D")
    contract["people"]["head"]["works_for"] = "firm"
    contract["people"]["office"]["works_for"] = "city"
    contract["people"]["mayor"] = {"name": {"en": "Mayor"}, "works_for": "rival"}
    contract["contractors"].append({"id": "rival", "name": {"en": "Rival"}})
    contract["assignments"] = [{"contractor": "firm", "from": "2024-01-10"}]
    town.write(contract)
    with pytest.raises(DecisionRefused, match="head works for firm, which owes clear, and nobody takes"):
        decide(town, kind, published="board")
    number = decide(town, kind, by="office", published="board").decision.id
    with pytest.raises(DecisionRefused, match=r"head works for firm, which owes clear.*one of .*mayor must"):
        pipeline.confirm(town.settings, number, "head")
    contract["assignments"][0]["to"] = "2024-01-31"
    contract["assignments"].append({"contractor": "rival", "from": "2024-02-01"})
    town.write(contract)
    with pytest.raises(DecisionRefused, match="mayor works for rival, which owes clear"):
        pipeline.confirm(town.settings, number, "mayor")


def test_nobody_confirms_their_own_decision_or_for_a_duty_of_their_own_or_twice(town: Town) -> None:
    number = decide(town).decision.id
    for person, said in {
        "head": "another person must confirm it",
        "desk": "nobody confirms an excuse of their own duty: one of office must",
        "mayor": "mayor is nobody under `people`",
    }.items():
        with pytest.raises(DecisionRefused, match=said):
            pipeline.confirm(town.settings, number, person)
    pipeline.confirm(town.settings, number, "office")
    with pytest.raises(DecisionRefused, match="was confirmed by office already"):
        pipeline.confirm(town.settings, number, "office")
    with pytest.raises(DecisionRefused, match="there is no decision 99: dutywatch decide list"):
        pipeline.confirm(town.settings, 99, "office")


def test_nobody_confirms_what_the_contract_names_no_more(town: Town) -> None:
    """An excuse of a clause, and a waiver of a delivery, that both have other names by then."""
    about_log = {"obligation": "deliver:log", "unit": None, "published": "board"}
    taken = [decide(town).decision.id, decide(town, "waive", **about_log).decision.id]
    contract = words()
    contract["obligations"] = {"clear-streets": contract["obligations"]["clear"]}
    contract["sources"]["plow-log"] = contract["sources"].pop("log")
    town.write(contract)
    for number, said in zip(taken, ("clear: did you mean clear-streets?", "deliver:log: did you mean"), strict=True):
        with pytest.raises(DecisionRefused, match=f"there is no obligation {said}"):
            pipeline.confirm(town.settings, number, "office")


def test_the_dump_prints_decisions_and_confirmations(town: Town) -> None:
    number = decide(town).decision.id
    pipeline.advance(town.settings, at(10, 12))
    pipeline.confirm(town.settings, number, "office")
    lines = [line for line in pipeline.dump(town.settings).splitlines() if line.startswith(("decision", "confirm"))]
    assert [line.split()[0] for line in lines] == ["decision", "confirmation"]
    assert '"confirmed_at": "2024-01-10T04:00:00+00:00"' in lines[1] and '"grounds": "burst main"' in lines[1]
    assert not any('"id"' in line for line in lines)


def test_a_decision_may_come_with_its_confirmation(settings: Settings) -> None:
    pipeline.migrate(settings, "replay", at(10))
    one = Decision("excuse", None, None, None, "storm", "head", "office", at(10), confirmed_at=at(11))
    engine = create_engine(str(settings.ledger))
    with engine.begin() as connection:
        decisions.record(connection, NAME, one)
        assert [known.two for known in decisions.decisions_of(connection, NAME, at(10, 1))] == [False]
        assert [known.two for known in decisions.decisions_of(connection, NAME, at(11))] == [True]
    engine.dispose()


def test_a_decision_rings_its_contract_until_it_is_judged(town: Town) -> None:
    town.judge(at(12, 7))
    pipeline.alert(town.settings, NAME)
    assert pipeline.rings(town.settings) == []
    pipeline.advance(town.settings, at(12, 8))
    number = decide(town, unit="U1").decision.id
    pipeline.confirm(town.settings, number, "office")
    assert [ring.reason for ring in pipeline.rings(town.settings)] == ["somebody decided about its duties"]
    pipeline.judge(town.settings, NAME)
    pipeline.alert(town.settings, NAME)
    assert pipeline.rings(town.settings) == []


def test_a_decision_that_concerns_no_duty_yet_is_judged_once(town: Town) -> None:
    town.judge(at(10, 7))
    pipeline.alert(town.settings, NAME)
    pipeline.advance(town.settings, at(10, 8))
    decide(town)
    assert [ring.reason for ring in pipeline.rings(town.settings)] == ["somebody decided about its duties"]
    assert str(pipeline.judge(town.settings, NAME)).endswith("0 flips")
    assert pipeline.rings(town.settings) == []
    assert pipeline.judge(town.settings, NAME).evaluation is None


def test_an_escalation_rings_beside_what_rings_each_hour(town: Town) -> None:
    """Somebody decides, nobody judges; a breach is to be escalated twenty minutes later, in the same hour."""
    town.write({**words(proof_until="P3D"), "escalation": [{"to": "head", "after": "PT2H30M"}]})
    town.judge(at(12, 7))
    pipeline.alert(town.settings, NAME)
    pipeline.advance(town.settings, at(12, 9))
    decide(town, by="office")
    [before] = pipeline.rings(town.settings)
    pipeline.advance(town.settings, at(12, 9.25))
    assert pipeline.rings(town.settings) == [before]
    pipeline.advance(town.settings, at(12, 9.5))
    [after] = pipeline.rings(town.settings)
    assert after.key != before.key
    pipeline.advance(town.settings, at(12, 9.75))
    assert pipeline.rings(town.settings) == [after]


def test_a_decision_on_everything_is_nobody_s_who_answers_for_anything(town: Town) -> None:
    everything = Decision("excuse", None, None, None, "flood", "head", None, at(10))
    with town.connected() as connection:
        number = decisions.record(connection, NAME, everything)
    for person in ("desk", "office"):  # the weather's owner answers for its delivery
        with pytest.raises(DecisionRefused, match=f"{person} answers for some of them.*name somebody else under"):
            pipeline.confirm(town.settings, number, person)
    assert summary(everything).startswith("0 excuse every obligation; grounds: flood")


def test_a_missing_delivery_is_waived_by_another_than_its_source_s_owner(town: Town) -> None:
    given = {"obligation": "deliver:weather", "unit": None, "published": "notice board"}
    with pytest.raises(DecisionRefused, match="office answers for deliver:weather"):
        decide(town, "waive", by="office", **given)
    town.judge(at(13, 7))
    assert "recorded dut" in str(decide(town, "waive", **given))
