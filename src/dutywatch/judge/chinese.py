"""What an explanation quotes, in Chinese: the judge's reasons with the evidence that they list, allowances, columns.

What stands in no table here is the contract's own (a source's name, a kind, a measure) and is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dutywatch.ledger.missing import in_chinese

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
    **{"slice": "时段", "rolling": "滚动", "merge_gap": "合并间隔", "slot": "时段"},
    **{"times": "至少次数", "on_days": "至少天数", "max_gap": "最长间隔", "percentile": "分位"},
    **{"share": "长度比例", "all": "须全部完成", "at_least": "至少", "at_most": "至多", "max_bad": "至多不达标时段"},
}
LENGTHS = {
    **{"day": "日", "week": "周", "month": "月", "quarter": "季度", "year": "年"},
    **{"mon": "周一", "tue": "周二", "wed": "周三", "thu": "周四", "fri": "周五", "sat": "周六", "sun": "周日"},
}
DAYS = {"elapsed": "（连续计时）", "civil": "（自然日）", "working": "（工作日）"}
_PARTS = (("W", "周"), ("D", "天"), ("H", "小时"), ("M", "分钟"), ("S", "秒"))
_DURATION = re.compile(r"\bP(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?(?![\w])")


def reason(text: str, reasons: Mapping[str, str]) -> str:
    """The judge's reason with the evidence that it lists; one that `reasons` does not know stays as it is."""
    known = max((one for one in reasons if text.startswith(one)), key=len, default=None)
    if known is None:
        return text
    late = next((one for one in LATE if text.endswith(one)), "")
    listed = text[len(known) :].removesuffix(late)
    named = "：" + "；".join(map(in_chinese, listed[2:].split("; "))) if listed.startswith(": ") else listed
    return reasons[known] + named + LATE.get(late, "")


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
