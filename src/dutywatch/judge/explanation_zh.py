"""An explanation in Chinese. Its sibling `explanation_en` has the same functions and the same order.

The judge gives its reasons in English, and a contract its allowances: `chinese` puts them into words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from dutywatch.judge import chinese
from dutywatch.judge.citations import Cited, Value
from dutywatch.judge.explanation import Explanation
from dutywatch.judge.lacking import Lacking
from dutywatch.judge.suspensions import Pause
from dutywatch.judge.uncounted import SHOWN
from dutywatch.ledger.decisions import Decision
from dutywatch.ledger.missing import in_chinese

STANDINGS = {
    "pending.running": "待定（期限内）",
    "pending.at_risk": "待定（临期）",
    "pending.suspended": "待定（期限中止）",
    "pending.overdue": "待定（已到期，待证明）",
    "met": "已履行",
    "breached.open": "违约（未补做）",
    "breached.cured": "违约（已补做）",
    "unproven": "无法证实",
    "excused": "免责",
    "void.reset": "作废（期限重新起算）",
    "void.unassessed": "作废（不予评定）",
    "void": "作废",
}
KINDS = {"excuse": "免责", "waive": "免除", "admit": "采纳逾期证据", "suspend": "追溯中止"}
Reasons = Mapping[str, str]


def lines(e: Explanation, reasons: Reasons) -> Iterator[str]:
    """The explanation, one statement a line."""
    row = e.row
    yield f"应履事项　{e.duty_id}"
    yield f"义务　　　{e.title.zh or e.title.en}"
    yield f"条款　　　{e.clause}" + (f"（{e.url}）" if e.url else "")
    for change in e.amendments:
        yield f"　　　　　经{change.clause}修订，适用于{change.from_}起起算的期限"
    if e.illustrative:
        yield "　　　　　示例：出自第三方网页，非法规、合同或制定者原文"
    yield f"作业单元　{row['unit']}" + (f"，{row['unit_class']}类" if row["unit_class"] else "")
    yield f"责任方　　{_name(e, row['party'])}；督办人：{_name(e, e.supervisor)}"
    recorded = "" if e.recorded else "；未入台账"
    yield f"评定　　　截至{_at(e, e.as_of)}，依据{_at(e, e.known_at)}已知情况{recorded}"
    if e.terms_changed:
        yield "　　　　　合同文件此后已变更：请重新评定后再查"
    yield from _clock(e)
    yield f"判定　　　{STANDINGS.get(row['standing'], row['standing'])}"
    yield f"原因　　　{chinese.reason(row['reason'], reasons)}"
    yield from _measured(e)
    yield from _evidence(e)
    if row["fulfilled_at"]:
        yield f"完成　　　{_at(e, row['fulfilled_at'])}"
    if row["lapsed_at"]:
        yield f"失约　　　{_at(e, row['lapsed_at'])}"
    if row["owed_by"]:
        yield f"举证方　　{row['owed_by']}"
    if row["proof_due"]:
        yield f"举证期限　{_at(e, row['proof_due'])}"
    if row["successor"]:
        yield f"后继事项　{row['successor']}"
    for one in e.predecessors:
        yield f"承接自　　{one}"
    yield from _decisions(e)
    yield from _history(e, reasons)


def _clock(e: Explanation) -> Iterator[str]:
    start, due = e.row["clock_start"], e.row["due_at"]
    if start is None:
        yield f"期限　　　尚未起算：{_at(e, e.row['trigger_from'])}的起算事件尚未结束"
    else:
        yield f"期限　　　{_at(e, start)}至{_at(e, due)}"
    if e.timing is None:
        return
    time = e.timing
    if time.otherwise:
        start, due = time.otherwise
        yield f"　　　　　或{_at(e, start)}至{_at(e, due)}：起算事件所记当地时间有两种读法"
    if time.allowance:
        yield f"　　　　　合同规定：{chinese.allowance(time.allowance)}；日历：{chinese.calendar(time.calendar)}"
    if time.early:
        either = f"（或{_at(e, time.lower_otherwise)}起）" if time.lower_otherwise else ""
        yield f"　　　　　{_at(e, time.lower) + '起' if time.lower else '任何时间'}{either}的作业均计入"
    for pause in time.pauses:
        yield f"　　　　　中止：{_pause(e, pause)}"
    if time.reset_at:
        unless = "" if e.row["verdict"] == "void" else "（已按时完成的除外）"
        yield f"　　　　　{_at(e, time.reset_at)}新的起算事件使期限重新起算{unless}"
    if time.proof_until:
        later = "；其后经决定采纳的亦计入" if e.admitted else ""
        yield f"　　　　　{_at(e, time.proof_until)}前收到的证据方可计入{later}"


def _pause(e: Explanation, pause: Pause) -> str:
    until = f"至{_at(e, pause.end)}" if pause.end else "起，尚未解除"
    where = f"（{pause.zone}）" if pause.zone else ""
    return f"{_at(e, pause.start)}{until}{where}，依据{pause.ref}"


def _measured(e: Explanation) -> Iterator[str]:
    value, low, high = e.row["measured"], e.row["measured_low"], e.row["measured_high"]
    if value is None and low is None and high is None and e.row["items"] is None:
        return
    parts = [chinese.allowance(e.measure(value)) if value is not None else "无法得出"]
    if (low is not None or high is not None) and (low, high) != (value, value):
        least, most = ("不明" if one is None else chinese.allowance(e.measure(one)) for one in (low, high))
        parts.append(f"视所缺证据，介于{least}与{most}之间")
    if e.row["items"] is not None:
        parts.append(f"共{e.row['items']}项{'比率' if e.weighs else ''}")
    yield f"计量　　　{'，'.join(parts)}"


def _evidence(e: Explanation) -> Iterator[str]:
    if not e.cited:
        yield f"证据　　　{e.row['evidence'] or '无单一事件为据'}"
    for index, one in enumerate(e.cited):
        yield f"{'证据' if not index else '　　'}　　　{_cited(e, one)}"
        if one.row:
            yield f"　　　　　{_columns(e, one)}"
    for index, lack in enumerate(e.lacking):
        yield f"{'所缺' if not index else '　　'}　　　{_lack(e, lack)}"
    yield from _late(e)
    yield from _parts(e)
    yield from _uncounted(e)
    coverage = e.row["coverage"]
    if coverage is None:
        yield "证据覆盖　到期时间未定，尚不计算"
    else:
        yield f"证据覆盖　可作业时间的{100 * coverage:.2f}%"


def _late(e: Explanation) -> Iterator[str]:
    for index, one in enumerate(e.late[:SHOWN]):
        came = f"{one.label}，{_at(e, one.received_at)}收到"
        yield f"{'逾期证据' if not index else '　　　　'}　{came}：须经两人决定采纳方可计入"
    if len(e.late) > SHOWN:
        yield f"　　　　　另有{len(e.late) - SHOWN}份逾期送达"


def _parts(e: Explanation) -> Iterator[str]:
    for index, one in enumerate(e.parts[:SHOWN]):
        where = f"，{one.from_m:g}至{one.to_m:g}米" if one.from_m is not None and one.to_m is not None else ""
        yield f"{'部分完成' if not index else '　　　　'}　{one.place}，{_at(e, one.at)} {one.kind or '作业'}{where}"
    if len(e.parts) > SHOWN:
        yield f"　　　　　另有{len(e.parts) - SHOWN}项部分完成"


def _uncounted(e: Explanation) -> Iterator[str]:
    for index, one in enumerate(e.uncounted[:SHOWN]):
        why = {
            "kind": f"类别不符，所需为{'或'.join(e.asked)}",
            "where": "不符合条款要求",
            "early": "早于可计入时间",
            "late": "逾期",
            "misnamed": f"已隔离：所写“{one.said}”不在登记册中",
        }[one.why]
        yield f"{'未计入' if not index else '　　　'}　　{one.place}，{_at(e, one.at)} {one.kind or '作业'}：{why}"
    if len(e.uncounted) > SHOWN:
        yield f"　　　　　另有{len(e.uncounted) - SHOWN}项未计入"


def _columns(e: Explanation, one: Cited) -> str:
    return "，".join(f"{chinese.COLUMNS.get(column, column)} {_value(e, value)}" for column, value in one.row)


def _cited(e: Explanation, one: Cited) -> str:
    place = f"{one.source} {one.name}" + (f":{one.line}" if one.line is not None else "")
    came = f"{_at(e, one.received_at)}收到" if one.received_at else "收到时间不明"
    return f"{place}，{came}，SHA-256 {one.sha256[:16]}"


def _lack(e: Explanation, one: Lacking) -> str:
    span = f"{_at(e, one.start)}至{_at(e, one.end)}" if one.end - one.start > timedelta(seconds=1) else ""
    where = span or _at(e, one.start)
    if one.due_at is None:
        due = "已无待交：已交内容不足以认定"
    else:
        when = _at(e, one.due_at)
        due = f"应于{when}前交" if one.due_at > e.as_of else f"自{when}起逾期"
    return f"{in_chinese(one.missing)}（{where}）；举证方：{_name(e, one.holder)}，{due}"


def _decisions(e: Explanation) -> Iterator[str]:
    for index, one in enumerate(e.decisions):
        yield f"{'决定' if not index else '　　'}　　　{_decision(e, one)}"


_UNHEEDED = {
    None: "",
    "late": "，为时已晚：当时义务已失约或已到期；仍可由两人免责",
    "open": "：仅当当时尚未失约才算数，而这一点尚不清楚",
}


def _decision(e: Explanation, one: Decision) -> str:
    said = f"{KINDS.get(one.kind, one.kind)}，{_name(e, one.author)}于{_at(e, one.recorded_at)}作出：{one.grounds}"
    if one.confirmed_by and one.confirmed_at:
        said += f"；{_name(e, one.confirmed_by)}于{_at(e, one.confirmed_at)}确认"
    elif one.kind != "waive" and not one.two:
        said += "；未经第二人确认"
    said += _UNHEEDED[e.unheeded(one)]
    if one.published:
        said += f"；公开于：{one.published}"
    return said


def _history(e: Explanation, reasons: Reasons) -> Iterator[str]:
    yield "判定变更"
    for flip, party, lapsed in e.history:
        whose = f"；责任方：{_name(e, party)}" if party else ""
        whose += f"；失约：{_at(e, lapsed)}" if lapsed else ""
        whose += "" if flip.duty_id == e.duty_id else f"（{flip.duty_id}）"
        before, after = (STANDINGS.get(one, one) for one in (flip.from_standing, flip.to_standing))
        yield f"　{_at(e, flip.decided_at)}　{before} -> {after}：{chinese.reason(flip.reason, reasons)}{whose}"
    if not e.flips:
        yield "　自起算事件起待定，尚无变更" if e.recorded else "　尚无变更记录"


def _name(e: Explanation, party: str | None) -> str:
    name = e.parties.get(party or "")
    return f"{name.zh or name.en}（{party}）" if name else str(party)


def _value(e: Explanation, value: Value) -> str:
    return _at(e, value) if isinstance(value, datetime) else str(value)


def _at(e: Explanation, instant: datetime | None) -> str:
    return f"{instant.astimezone(e.zone):%Y-%m-%d %H:%M:%S %Z}" if instant else "尚未确定"
