"""What verdicts wait for, as their reasons list it after a colon, in Chinese: for all who show a recorded reason.

What stands in no table here is the contract's own (a source's name, a file's) and is shown as it is.
"""

from __future__ import annotations

import re

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
    (re.compile(r"([a-z0-9-]+) (.+), which was refused"), r"\1 \2，已被拒收"),
    (re.compile(r"([a-z0-9-]+) was not asked for longer than it shows"), r"\1 两次轮询相隔太久，其间未显示"),
    (re.compile(r"([a-z0-9-]+) promises no complete record"), r"\1 不保证记录完整"),
    (re.compile(r"([a-z0-9-]+) outside of what its files cover"), r"\1 文件所涵盖的时间之外"),
    (re.compile(r"whether (\S+) was breached"), r"\1 是否违约"),
    (re.compile(r"(\d+) of (\d+)"), r"\1/\2项"),
    (re.compile(r"(\d+) slots without measurement"), r"\1个时段无测值"),
    (re.compile(r"spells (\d+), the first from (\S+)"), r"共\1段，首段始于\2"),
    (
        re.compile(r"(\d+) slots, at most (\d+) without a break from (\S+), worst (\S+)"),
        r"\1个时段，自\3起最多连续\2个，最差值\4",
    ),
)


def in_chinese(text: str) -> str:
    """One piece of evidence that is missing; one that nobody has a word for stays as it is."""
    for pattern, said in _ITEMS:
        if pattern.fullmatch(text):
            return pattern.sub(said, text)
    return text
