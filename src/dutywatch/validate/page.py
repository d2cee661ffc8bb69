"""The quality page of a delivery: HTML that loads nothing, in which nothing that was sent is ever markup."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from html import escape
from pathlib import Path

from dutywatch.lake import Lake
from dutywatch.ledger.quality import Quality
from dutywatch.validate.held import Held, held

EXAMPLES = 20
DAYS = 14
_CONTROLS = {
    code: f"\\u{code:04x}" for code in (*range(32), 127, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1b1b1b }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } caption { text-align: left; color: #555 }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
code { overflow-wrap: anywhere; white-space: pre-wrap } .refused { color: #9b1c1c; font-weight: 600 }
.bar { display: inline-block; height: .8em; background: #2b6cb0 } .bar.q { background: #c05621 }
"""


def write(lake: Lake, contract: str, found: Sequence[Quality], out: Path) -> list[Path]:
    """Write a page for each delivery and an index of them below `out`; the paths, the index first."""
    out.mkdir(parents=True, exist_ok=True)
    pages = []
    for one in found:
        examples = list(held(lake, [one], EXAMPLES))
        before = [each for each in found if each.source == one.source]
        page = out / file_name(one)
        page.write_text(_delivery(contract, one, examples, before[: before.index(one) + 1][-DAYS:]), encoding="utf-8")
        pages.append(page)
    index = out / "index.html"
    index.write_text(_index(contract, found), encoding="utf-8")
    return [index, *pages]


def file_name(one: Quality) -> str:
    """A name that nothing in a delivery's name can lead elsewhere."""
    identity = "\0".join((one.source, one.name, one.sha256))
    return f"{hashlib.sha256(identity.encode()).hexdigest()[:16]}.html"


def _delivery(contract: str, one: Quality, examples: Sequence[Held], recent: Sequence[Quality]) -> str:
    parts_of = ("header", "blank", "accepted", "quarantined")
    counts = f"{one.lines} lines = " + " + ".join(f"{getattr(one, part)} {part}" for part in parts_of)
    if one.refused:
        counts = f'{one.lines} lines. <span class="refused">Refused: {_safe(one.refused)}</span>'
    noticed = "".join(f"<li>{_safe(each)}</li>" for each in one.noticed)
    parts = [
        f"<p>{_came(one)}; SHA-256 <code>{_safe(one.sha256)}</code></p><p>{counts}</p>",
        f"<h2>Noticed</h2><ul>{noticed}</ul>" if noticed else "",
        _rules(one),
        _examples(one, examples),
        "<h2>The last deliveries of this source</h2>" + _trend(recent),
    ]
    return _html(f"{contract}: {one.label}", "".join(parts) + '<p><a href="index.html">All deliveries</a></p>')


def _came(one: Quality) -> str:
    day = f"for {one.service_date}" if one.service_date else "for no single day"
    came = f"received {one.received_at:%Y-%m-%d %H:%M:%S} UTC" if one.received_at else "it is not known when it came"
    return f"{day}, {came}"


def _rules(one: Quality) -> str:
    if not one.by_rule:
        return "<h2>Rules</h2><p>No row broke a rule.</p>"
    rows = "".join(
        f'<tr><td>{_safe(rule)}</td><td class="n">{count}</td></tr>'
        for rule, count in sorted(one.by_rule.items(), key=lambda item: (-item[1], item[0]))
    )
    head = '<tr><th>rule that was broken</th><th class="n">rows</th></tr>'
    return f"<h2>Rules</h2><table><caption>A row may break several.</caption>{head}{rows}</table>"


def _examples(one: Quality, examples: Sequence[Held]) -> str:
    if not examples:
        return ""
    rows = "".join(
        f'<tr><td class="n">{each.line}</td><td>{_safe(each.rules)}</td><td><code>{_safe(each.raw)}</code></td></tr>'
        for each in examples
    )
    head = '<tr><th class="n">line</th><th>why</th><th>as it was sent</th></tr>'
    caption = f"<caption>The first {len(examples)} of {one.quarantined}.</caption>"
    return f"<h2>Quarantined rows</h2><table>{caption}{head}{rows}</table>"


def _trend(recent: Sequence[Quality]) -> str:
    most = max((each.accepted + each.quarantined for each in recent), default=0) or 1
    rows = "".join(_trend_row(each, most) for each in recent)
    head = '<tr><th>delivery</th><th class="n">accepted</th><th class="n">quarantined</th><th>share</th></tr>'
    return f"<table>{head}{rows}</table>"


def _trend_row(each: Quality, most: int) -> str:
    good, bad = (round(200 * count / most) for count in (each.accepted, each.quarantined))
    bars = f'<span class="bar" style="width:{good}px"></span><span class="bar q" style="width:{bad}px"></span>'
    if each.refused:
        bars = '<span class="refused">refused</span>'
    link = f'<a href="{file_name(each)}">{_safe(each.name)}</a>'
    numbers = "".join(f'<td class="n">{count}</td>' for count in (each.accepted, each.quarantined))
    return f"<tr><td>{link}</td>{numbers}<td>{bars}</td></tr>"


def _index(contract: str, found: Sequence[Quality]) -> str:
    sources = sorted({one.source for one in found})
    tables = "".join(
        f"<h2>{_safe(name)}</h2>{_trend([one for one in found if one.source == name])}" for name in sources
    )
    return _html(f"{contract}: deliveries", tables or "<p>Nothing was validated yet.</p>")


def _html(title: str, body: str) -> str:
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_safe(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{_STYLE}</style></head>'
        f"<body><h1>{_safe(title)}</h1>{body}</body></html>"
    )


def _safe(text: str) -> str:
    """A text from outside: no markup, and no mark that changes the direction in which the page is read."""
    return escape(str(text).translate(_CONTROLS))
