"""What an explanation quotes, in Chinese: the judge's reasons with the evidence that they list, allowances, columns.

What stands in no table here is the contract's own (a source's name, a kind, a measure) and is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

LATE = {  # how respond.sql ends the reason of a breach that is cured
    "; done late": "；逾期后已完成",
    "; done late by another party, its cost is to be recovered": "；他方逾期后代为完成，费用应予追偿",
}
COLUMNS = {
    "at": "时间",
    "at_earlier": "时间（另一读法）",
    "until": "截止",
    "seen_at": "轮询时间",
    "published_at": "发布时间",
    "unit": "单元",
    "zone": "片区",
    "kind": "类别",
    "actor": "作业者",
    "record": "工单",
    "note": "备注",
}
PERIODS = {
    **{"each": "每", "season": "季节", "plan": "计划", "while": "持续期间", "calendar": "日历"},
    **{"slice": "时段", "rolling": "滚动"},
}
LENGTHS = {"day": "日", "week": "周", "month": "月", "quarter": "季度", "year": "年"}
DAYS = {"elapsed": "（连续计时）", "civil": "（自然日）", "working": "（工作日）"}
_PARTS = (("W", "周"), ("D", "天"), ("H", "小时"), ("M", "分钟"), ("S", "秒"))
_DURATION = re.compile(r"\bP(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?(?![\w])")
_ITEMS = (
    (re.compile(r"quarantined row (.+)"), r"已隔离的行 \1"),
    (re.compile(r"([a-z0-9-]+) of (\d{4}-\d{2}-\d{2}) says nothing of the unit"), r"\2的 \1 未提及该单元"),
    (
        re.compile(r"([a-z0-9-]+) of (\d{4}-\d{2}-\d{2}) says nothing of (.+) and (\d+) more"),
        r"\2的 \1 未提及\3等，另\4个",
    ),
    (re.compile(r"([a-z0-9-]+) of (\d{4}-\d{2}-\d{2}) says nothing of (.+)"), r"\2的 \1 未提及\3"),
    (re.compile(r"([a-z0-9-]+) of (\d{4}-\d{2}-\d{2})"), r"\2的 \1"),
    (re.compile(r"([a-z0-9-]+) shows only the last event of each poll"), r"\1 每次轮询只显示最后一个事件"),
    (re.compile(r"(.+) states a local time with two readings"), r"\1 的当地时间有两种读法"),
    (re.compile(r"([a-z0-9-]+) after its last poll"), r"\1 末次轮询之后"),
    (re.compile(r"([a-z0-9-]+) before its first poll"), r"\1 首次轮询之前"),
    (re.compile(r"([a-z0-9-]+) before its first delivery"), r"\1 首次送达之前"),
    (re.compile(r"([a-z0-9-]+) was not asked for longer than it shows"), r"\1 两次轮询相隔太久，其间未显示"),
    (re.compile(r"([a-z0-9-]+) promises no complete record"), r"\1 不保证记录完整"),
    (re.compile(r"([a-z0-9-]+) outside of what its files cover"), r"\1 文件所涵盖的时间之外"),
    (re.compile(r"whether (\S+) was breached"), r"\1 是否违约"),
    (re.compile(r"(\d+) slots without measurement"), r"\1个时段无测值"),
    (re.compile(r"spells (\d+), the first from (\S+)"), r"共\1段，首段始于\2"),
    (
        re.compile(r"(\d+) slots, at most (\d+) without a break from (\S+), worst (\S+)"),
        r"\1个时段，自\3起最多连续\2个，最差值\4",
    ),
)


def reason(text: str, reasons: Mapping[str, str]) -> str:
    """The judge's reason with the evidence that it lists; one that `reasons` does not know stays as it is."""
    known = max((one for one in reasons if text.startswith(one)), key=len, default=None)
    if known is None:
        return text
    late = next((one for one in LATE if text.endswith(one)), "")
    listed = text[len(known) :].removesuffix(late)
    named = "：" + "；".join(map(item, listed[2:].split("; "))) if listed.startswith(": ") else listed
    return reasons[known] + named + LATE.get(late, "")


def item(text: str) -> str:
    """Evidence that is missing."""
    for pattern, said in _ITEMS:
        if pattern.fullmatch(text):
            return pattern.sub(said, text)
    return text


def allowance(text: str) -> str:
    """What a contract allows, or the period that it names: durations, days and known words."""
    said = []
    for part in text.split(", "):
        key, colon, value = part.partition(": ")
        words = " ".join(LENGTHS.get(one, DAYS.get(one, one)) for one in _DURATION.sub(_said, value or key).split())
        head = f"{PERIODS.get(key, key).replace('>= ', '≥')}：" if colon else ""
        said.append(head + words.replace(" （", "（"))
    return "，".join(said)


def calendar(name: str) -> str:
    """A calendar's name."""
    return "全天候" if name == "always" else name


def _said(match: re.Match[str]) -> str:
    parts = [f"{number}{word}" for number, (_, word) in zip(match.groups(), _PARTS, strict=True) if number]
    return "".join(parts) or match.group()
