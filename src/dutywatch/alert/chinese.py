"""What a message says in Chinese. Its sibling `english` has the same functions and the same order.

The judge gives its reasons in English; those that it knows stand in `REASONS` (a test holds the table
against the patterns' SQL), any other is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from dutywatch.alert.facts import Because, Count, Facts, Fate
from dutywatch.alert.missing import Missing
from dutywatch.ledger.missing import in_chinese
from dutywatch.ledger.verdicts import Level
from dutywatch.terms.words import Words

_SHOWN, _REASONS = 10, 3
ANSWERS = {"acknowledged": "确认收到", "disputed": "提出异议"}
ACKNOWLEDGE, UNITS, CASES, OTHERS, HISTORY, TO = "确认收到", "涉及对象", "涉及事项", "其余", "历次更新", "收件人"

REASONS = {
    "the trigger is still open": "起算事件尚未结束",
    "done in time": "已按时完成",
    "the clock is running": "尚在期限内",
    "deadline passed, no proof yet; awaited": "已到期，尚无完成证明",
    "log and inspection contradict each other": "作业记录与巡查结果相互矛盾",
    "the evidence is incomplete": "证据不完整",
    "seen undone at or after the deadline": "到期时或到期后巡查发现未完成",
    "seen undone, and complete logs show no later act in time": "巡查发现未完成，完整记录显示此后至到期前未作业",
    "seen undone, and complete logs show no later act in time that serves no other duty": (
        "巡查发现未完成，完整记录显示此后至到期前没有可计入本项的作业"
    ),
    "seen undone, and complete logs show that it was not done whole in time": (
        "巡查发现未完成，完整记录显示到期前未全部完成"
    ),
    "complete logs show no act until the deadline": "完整的作业记录显示到期前未作业",
    "complete logs show no act until the deadline that serves no other duty": "完整记录显示到期前没有可计入本项的作业",
    "complete logs show that it was not done whole until the deadline": "完整的作业记录显示到期前未全部完成",
    "no proof was delivered, and the contract counts silence as breach": "未提交证明，按合同视为违约",
    "its trigger was revised away": "起算事件经更正后已不存在",
    "the contract owes it no more": "合同已不再要求履行",
    "done before its clock began": "在起算之前已完成",
    "excused by decision": "经决定免责",
    "done in time by another party, not to be paid": "他方已按时代为完成，不予付款",
    "a new trigger started the clock anew": "新的起算事件使期限重新起算",
    "the clock is suspended, and nobody has lifted that yet": "期限中止，尚未解除",
    "the record itself shows no act until the deadline": "工单本身显示到期前未完成",
    "done often enough": "已按规定次数完成",
    "done on enough days": "已按规定天数完成",
    "never left undone for longer than allowed": "作业间隔未超过规定时限",
    "the period is running": "本期尚未结束",
    "the period is over, no proof yet; awaited": "本期已结束，尚无完成证明",
    "seen undone, and complete logs show no later act in the period": "巡查发现未完成，完整记录显示此后本期内未作业",
    "complete logs show no act in the period": "完整的作业记录显示本期未作业",
    "complete logs show too few acts in the period": "完整的作业记录显示本期作业次数不足",
    "too few acts in the period, whatever unreadable rows tell": "无论无法读取的行记载什么，本期作业次数均不足",
    "complete logs leave too few days on which it can have been done": "完整的作业记录显示本期作业天数已不可能达标",
    "complete logs show that it was left undone for longer than allowed": "完整的作业记录显示作业间隔超过规定时限",
    "the target is reached": "已达到约定指标",
    "the target is missed": "未达到约定指标",
    "the target is missed, whatever is missing": "无论缺失的证据如何，均已未达到约定指标",
    "the target was missed in rolling windows": "滚动时段内未达到约定指标",
    "too few items to be assessed": "样本不足，不予评定",
    "the trigger lasted no time": "起算事件没有持续时间，不予评定",
    "the calendar was closed throughout": "考核时段内日历从未开放，不予评定",
    "none of the rates that it weighs was assessed": "所计各项比率均未评定，不予评定",
    "some of the rates that it weighs are not proven": "所计部分比率无法证实",
    "some of its duties are not decided yet": "所含部分事项尚未认定",
    "the window is running": "考核时段尚未结束",
    "the window is over, its evidence is incomplete; awaited": "考核时段已结束，证据尚不完整",
    "of some items it is not known whether they are good": "部分样本是否合格无法认定",
    "kept within bounds": "始终保持在约定范围内",
    "out of bounds": "超出约定范围",
    "delivered in time": "已按时送达",
    "not due yet": "尚未到期",
    "delivered, but it is not known when": "已送达，但送达时间不明",
    "delivered late": "迟到送达",
    "not delivered": "未送达",
    "delivered, but it could not be read": "已送达，但无法读取",
}
OF_RECORDS = {  # of a case nothing is worked on in a street
    "complete logs show no act until the deadline": "完整的记录显示到期前未办理",
    "complete logs show no act until the deadline that serves no other duty": "完整记录显示到期前没有可计入本项的办理",
    "complete logs show that it was not done whole until the deadline": "完整的记录显示到期前未全部办结",
}


def said(words: Words) -> str:
    """A name of the contract in this language."""
    return words.zh or words.en


_FATES = {
    Fate.IN_TIME: "实为按时送达",
    Fate.NOT_DUE: "尚未到期",
    Fate.UNOWED: "不再要求送达",
    Fate.UNCERTAIN: "已送达，时间不明",
    Fate.CLEARED: "已不再认定为违约",
    Fate.LATE: "迟到送达",
    Fate.UNREAD: "无法读取",
    Fate.MISSING: "未送达",
}


def title(f: Facts) -> str:
    """The headline."""
    return f"升级督办：{_headline(f)}" if f.original else _headline(f)


def _headline(f: Facts) -> str:
    if f.day:
        return f"{_FATES[f.fate]}：{_date(f, f.day)}{said(f.title)}"
    if not f.count.total:
        word = "此后已违约" if f.lapsed else "暂无法证实" if f.hanging else "已了结"
        return f"{word}：{said(f.title)}（{_subject(f, f.told)}）"
    if f.level is Level.OVERDUE:
        return f"已到期，尚无证明：{said(f.title)}（{_subject(f, f.count.total)}）{_log_due(f)}"
    word = {
        Level.BREACHED: "违约" if f.open else f"违约，现已{'办理' if f.cases else '补做'}",
        Level.CURED: "逾期后已完成",
        Level.WITHDRAWN: "违约暂无法证实" if f.hanging == f.count.total else "违约撤销",
        Level.UNPROVEN: "无法证实",
    }[f.level]
    return f"{word}：{said(f.title)}（{_subject(f, f.count.total)}）"


def lines(f: Facts) -> Iterator[str]:
    """The sentences, one a line."""
    if f.original:
        yet = "" if f.answers else "，至今无人答复"
        yield f"已于{_when(f, f.original.at)}通知{said(f.original.name)}{yet}。"
    yield from _delivery(f) if f.day else _duties(f)
    if f.waived:
        which = "此项已获免除" if f.waived == f.acting == 1 else f"其中{f.waived}{_of(f)}已获免除"
        yield f"{which}：违约后果改变，违约认定不变，无须答复。"
    for step in f.answers:
        yield f"{said(step.name)}已于{_when(f, step.at)}{ANSWERS.get(step.kind, step.kind)}。"
    if f.answers and f.acting and not f.answered:
        yield f"{f'其中{f.unanswered}{_of(f)}' if f.unanswered < f.acting else '现有事项'}尚无人答复。"
    if f.next:
        yield f"如无人答复，将于{_when(f, f.next.at)}报{said(f.next.name)}。"


def change(f: Facts) -> str:
    """What the latest revision added, for those who read the earlier one."""
    if f.day or not f.added.total:
        return f"有更新：{title(f)}。"
    now = f"共{f.count.total}{_of(f)}" + (f"，其中未完成{f.open}{_of(f)}" if f.level is Level.BREACHED else "")
    return f"有更新：新增{f.added.total}{_of(f)}{_classes(f, f.added)}：{_list(f, f.added_units)}。现{now}。"


def revision(f: Facts, at: datetime, duties: int, first: bool) -> str:
    """One line of the history."""
    single = f.day or f.record or not duties or (f.window and duties == 1)
    return _when(f, at) if single else f"{_when(f, at)}：{'' if first else '新增'}{duties}{_of(f)}"


def _delivery(f: Facts) -> Iterator[str]:
    assert f.day  # noqa: S101 - `lines` asks for deliveries only
    due = f"（截止{_when(f, f.due[1])}）" if f.due else ""
    arrived = f"于{_when(f, f.arrived)}" if f.arrived else "迟到"
    told = {
        Fate.IN_TIME: f"已{arrived}送达{due}，并未迟到。",
        Fate.NOT_DUE: f"尚未到期{due}。",
        Fate.UNOWED: "无须送达：合同未作此要求。",
        Fate.UNCERTAIN: f"已送达，但送达时间不明{due}。",
        Fate.CLEARED: f"{due}已不再认定为违约{'' if f.original else '，原因见另一条消息'}。",
        Fate.LATE: f"已{arrived}送达{due}。",
        Fate.UNREAD: f"已送达，但无法读取{due}。",
        Fate.MISSING: f"尚未送达{due}。",
    }
    yield f"{_date(f, f.day)}{said(f.title)}{told[f.fate]}"
    if f.fate in (Fate.IN_TIME, Fate.NOT_DUE, Fate.UNOWED):
        yield "请勿再就此追究责任。"
    elif f.fate is Fate.LATE:
        yield "无须再处理，迟到记录保留。"
    elif f.fate is Fate.UNREAD:
        yield f"责任方：{_owed(f)}。请催其重报可读取的文件；在此之前，其中所报情况无法认定。"
    elif f.fate is Fate.MISSING:
        yield f"责任方：{_owed(f)}。请催交；送达之前，其中所报情况无法认定。"


def _duties(f: Facts) -> Iterator[str]:
    if f.lapsed and not f.count.total:
        yield f"本消息所列{f.told}{_of(f)}中，此后已有{f.lapsed}{_of(f)}认定为违约，详见另一条消息。"
        return
    if not f.count.total:
        what = "已不再认定为违约" if f.hanging or f.level is Level.BREACHED else "已无须处理"
        rest = f"，其中{f.hanging}{_of(f)}尚无法认定" if f.hanging else ""
        yield f"本消息所列{f.told}{_of(f)}均{what}{rest}。"
        return
    if f.window:
        yield from _over_a_window(f)
        return
    yield from {
        Level.OVERDUE: _overdue,
        Level.BREACHED: _breached,
        Level.CURED: _cured,
        Level.WITHDRAWN: _withdrawn,
        Level.UNPROVEN: _unproven,
    }[f.level](f)


def _over_a_window(f: Facts) -> Iterator[str]:
    """What is counted over a time cannot be done later: there is nothing to see to but the reason."""
    when, after = _during(f), "。" if f.answered else "，并确认收到本消息。"
    if f.level is Level.OVERDUE:
        yield f"{when}已结束，目前尚无达标证明。"
        yield from _missing(f, "待交")
    elif f.level is Level.UNPROVEN:
        yield f"{when}是否达标无法认定：{_because(f)}。"
        yield from _missing(f, "尚缺")
    elif f.level is Level.WITHDRAWN:
        yield f"{when}此前认定为未达标，现予撤销。原因：{_because(f)}。"
        yield from _missing(f, "有待")
    else:
        yield f"{when}未达标。认定时间：{_when(f, f.decided[1])}。"
        yield f"原因：{_because(f)}。责任方：{_owed(f)}。"
    yield from _named(f)
    yield {
        Level.OVERDUE: "请催交证明。",
        Level.UNPROVEN: "请追要所缺证据。缺少证明，既不算达标，也不算违约。",
        Level.WITHDRAWN: _hanging(f) if f.hanging else "请勿再就此追责。",
    }.get(f.level, f"{'请决定如何处理' if f.original else '请查明原因'}{after}")


def _overdue(f: Facts) -> Iterator[str]:
    yield f"{_were_due(f)}，目前尚无完成证明。"
    yield from _missing(f, "待交")
    yield from _named(f)
    yield "请催交证明，或派人现场核查。"


def _breached(f: Facts) -> Iterator[str]:
    yield f"{_were_due(f)}，未按时完成。认定时间：{_when(f, f.decided[1])}。"
    if f.late:
        yield "此后已逾期办理。" if f.record else f"逾期后已完成{f.late}{_of(f)}，仍未完成{f.open}{_of(f)}。"
    if f.cleared:
        yield f"此前所列{f.cleared}{_of(f)}已不再认定为违约。"
    yield f"原因：{_because(f)}。责任方：{_owed(f)}。"
    yield from _named(f)
    if not f.open:
        yield "无须再处理，违约记录保留。"
        return
    act = "请决定由谁督促完成" if f.original else f"请督促完成{'此件' if f.record else '未完成部分'}"
    yield f"{act}{'' if f.answered else '，并确认收到本消息'}。"


def _cured(f: Facts) -> Iterator[str]:
    yield f"{_were_due(f)}，现已逾期{'办理' if f.cases else '补做完成'}。"
    yield from _named(f)
    rest = f"此项另有{f.elsewhere_open}{_of(f)}仍未完成。" if f.elsewhere_open else "此项已无未完成。"
    yield f"{rest}违约记录保留。"


def _withdrawn(f: Facts) -> Iterator[str]:
    yield f"{f.record or f'{f.count.total}{_of(f)}{_classes(f, f.count)}'}此前认定为违约，现予撤销。"
    yield f"原因：{_because(f)}。"
    yield from _missing(f, "有待")
    yield from _named(f)
    if f.hanging:
        yield _hanging(f)
    if f.running:
        some = f"其中{f.running}{_of(f)}" if f.running < f.count.total else ""
        yield f"{some}仍须完成，期限{f'至{_when(f, f.again)}' if f.again else '尚未确定'}。"
    if f.hanging < f.count.total:
        yield f"其余{f.count.total - f.hanging}{_of(f)}请勿再追责。" if f.hanging else "请勿再就此追责。"


def _hanging(f: Facts) -> str:
    """What was breached and is undecided: it is no acquittal, somebody owes what decides it."""
    what = "请催交所缺证据，并须能够读取" if f.missing else "请取得足以认定的证据"
    return f"{what}。在此之前既不算违约，也不算完成：{_when(f, f.decided[1])}之前认定为违约。"


def _unproven(f: Facts) -> Iterator[str]:
    yield f"{_were_due(f)}。是否完成无法认定：{_because(f)}。"
    yield from _missing(f, "尚缺")
    yield from _named(f)
    yield "请追要所缺证据，或派人现场核查。缺少证明，既不算完成，也不算违约。"


def _subject(f: Facts, count: int) -> str:
    """What a headline is about: a record, a window, or so many units."""
    if f.window:
        return _during(f) + (f"，{count}{_of(f)}" if count > 1 else "")
    return f.record or f"{count}{_of(f)}"


def _during(f: Facts) -> str:
    assert f.window  # noqa: S101 - asked by the caller
    if f.window.day:
        return _date(f, f.window.day)
    if f.window.month:
        return f"{f.window.month.year}年{f.window.month.month}月"
    return f"截至{_when(f, f.due[1])}的时段" if f.due else "已过时段"


def _were_due(f: Facts) -> str:
    head = f.record or f"{f.count.total}{_of(f)}{_classes(f, f.count)}"
    if not f.due:
        return f"{head}应完成"
    first, last = _when(f, f.due[0]), _when(f, f.due[1])
    return f"{head}应于{last}前完成" if first == last else f"{head}应于{first}至{last}间先后完成"


def _missing(f: Facts, word: str) -> Iterator[str]:
    if f.missing:
        items = [_item(f, one) for one in f.missing[:3]]
        more = [f"另{len(f.missing) - 3}项"] if len(f.missing) > 3 else []
        yield f"{word}：{'；'.join(items + more)}。" + (f"责任方：{_owed(f)}。" if f.owed_by else "")
    if f.missing and f.counts_until:
        yield f"{_when(f, f.counts_until)}之后送达的，须经两人决定采纳方可计入。"


def _item(f: Facts, one: Missing) -> str:
    name = in_chinese(one.text)
    if one.title and one.day:
        name = f"{_date(f, one.day)}{said(one.title)}"
    elif one.title:
        name = f"{one.text} 中无法读取的行"
    due = f"截止{_when(f, one.due)}" if one.due else ""
    some = f"涉及{one.duties}{_of(f)}" if one.duties < f.count.total else ""
    notes = "，".join(note for note in (due, some) if note)
    return f"{name}（{notes}）" if notes else name


def _log_due(f: Facts) -> str:
    """For a headline: which log is awaited until when, where it is one."""
    logs = [one for one in f.missing if one.title and one.day and one.due]
    return (
        f"；{said(logs[0].title)}截止{_when(f, logs[0].due)}"
        if len(logs) == 1 and logs[0].title and logs[0].due
        else ""
    )


def _because(f: Facts) -> str:
    if len(f.because) == 1:
        return _reason(f, f.because[0])
    shown = [f"{_reason(f, one)}（{one.duties}{_of(f)}）" for one in f.because[:_REASONS]]
    rest = sum(one.duties for one in f.because[_REASONS:])
    return "；".join([*shown, f"其他原因（{rest}{_of(f)}）"] if rest else shown)


def _reason(f: Facts, one: Because) -> str:
    return (OF_RECORDS if f.cases else REASONS).get(one.text) or REASONS.get(one.text, one.text)


def _named(f: Facts) -> Iterator[str]:
    if f.listed:
        yield f"{CASES if f.cases and not f.record else UNITS}：{_list(f, f.listed)}。"


def _of(f: Facts) -> str:
    """The word with which duties are counted: matters, or places."""
    return "件" if f.cases else "处"


def _list(f: Facts, names: tuple[str, ...]) -> str:
    more = f"等{len(names)}{_of(f)}" if len(names) > _SHOWN else ""
    return "、".join(names[:_SHOWN]) + more


def _classes(f: Facts, count: Count) -> str:
    if [name for name, _ in count.by_class] == [""]:
        return ""
    if len(count.by_class) == 1:
        return f"（{count.by_class[0][0]}类）"
    parts = [f"{name + '类' if name else '未分类'}{n}{_of(f)}" for name, n in count.by_class]
    return f"（{'、'.join(parts)}）"


def _owed(f: Facts) -> str:
    return "、".join(said(words) for words in f.owed_by)


def _when(f: Facts, at: datetime) -> str:
    local = at.astimezone(f.zone)
    return f"{_date(f, local)}{local:%H:%M}"


def _date(f: Facts, day: date) -> str:
    return (f"{day.year}年" if day.year != f.year else "") + f"{day.month}月{day.day}日"
