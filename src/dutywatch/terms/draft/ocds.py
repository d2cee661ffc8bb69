"""Parties, term, value and documents of an Open Contracting (OCDS 1.1) release or record package.

Field names are those of the release schema, https://standard.open-contracting.org/1.1/en/schema/release/ . What it
does not say (units, logs, duties, the time zone) is left to be filled. Nothing is fetched: links stay links.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from dutywatch.errors import DraftRefused
from dutywatch.terms.draft.skeleton import Draft, Party


def read(path: Path, contract: str, pick: str | None = None) -> Draft:
    """The draft of contract `contract`; `pick`: one contracting process by its ocid, or one contract by its id.

    Raises DraftRefused where the file is no release or record package, or where it is not clear which contract is
    meant.
    """
    try:
        package = json.loads(path.read_bytes(), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise DraftRefused(f"{path} is not JSON: {error}") from error
    release = _release(path, package, pick)
    agreed = _one(path, release, pick)
    award = _award(release, agreed)
    tender = release.get("tender") or {}
    period = agreed.get("period") or award.get("contractPeriod") or tender.get("contractPeriod") or {}
    begins, ends = _day(period.get("startDate")), _day(period.get("endDate"))
    notes = ["What OCDS does not say is to be filled: `dutywatch check` names every place."]
    if "maxExtentDate" in period:
        notes.append(f"It may be extended to {period['maxExtentDate'][:10]}; the term below ends without extension.")
    language = str(release.get("language") or "en")[:2]
    if language not in ("en", "zh"):
        notes.append(f"Names and titles are in the document's language ({language}), under `en`: translate them.")
    value = agreed.get("value") or award.get("value") or {}
    return Draft(
        contract=contract,
        title=_text(agreed.get("title")) or _text(award.get("title")) or _text(tender.get("title")),
        language=language,
        authority=_authority(release, language),
        contractors=tuple(Party(name, language) for name in _suppliers(release, award)),
        term_from=begins,
        term_to=ends,
        value=(str(value["amount"]), value["currency"]) if {"amount", "currency"} <= value.keys() else None,
        bidders=_bidders(tender),
        documents=tuple(dict.fromkeys(_documents(tender, award, agreed))),
        tags=(("ocid", str(release["ocid"])),) if "ocid" in release else (),
        sources=(path.name,),
        notes=tuple(notes),
    )


def _release(path: Path, package: Any, pick: str | None) -> dict[str, Any]:
    """One contracting process: the compiled release of a record, or its releases, merged."""
    found: dict[str, dict[str, Any]] = {}
    if isinstance(package, dict):
        for record in package.get("records") or ():
            releases = [one for one in record.get("releases") or () if "date" in one]  # others are links
            compiled = record.get("compiledRelease") or _newest(releases)
            if compiled:
                found[str(record.get("ocid", compiled.get("ocid", "")))] = compiled
        by_process: dict[str, list[dict[str, Any]]] = {}
        for one in package.get("releases") or ():
            by_process.setdefault(str(one.get("ocid", "")), []).append(one)
        found |= {ocid: _newest(releases) for ocid, releases in by_process.items()}
    if not found:
        raise DraftRefused(f"{path} is no OCDS release or record package: it holds no `releases` and no `records`")
    if len(found) == 1:
        return next(iter(found.values()))
    chosen = [
        one for ocid, one in found.items() if pick in (ocid, *(str(c.get("id")) for c in one.get("contracts", ())))
    ]
    if len(chosen) != 1:
        raise DraftRefused(f"{path} holds several contracting processes: pick one of {', '.join(sorted(found))}")
    return chosen[0]


def _newest(releases: list[dict[str, Any]]) -> dict[str, Any]:
    """The releases of one process merged in the order of their dates: each states what it adds or changes."""
    merged: dict[str, Any] = {}
    for one in sorted(releases, key=lambda release: str(release.get("date", ""))):
        merged = _merged(merged, one)
    return merged


def _merged(old: Any, new: Any) -> Any:
    """OCDS' rule of merging: objects by field, lists of objects by `id`, all else is replaced; null takes away."""
    if isinstance(old, dict) and isinstance(new, dict):
        both = {name: _merged(old[name], value) if name in old else value for name, value in new.items()}
        return {name: value for name, value in (old | both).items() if value is not None}
    if (
        isinstance(old, list)
        and isinstance(new, list)
        and all(isinstance(one, dict) and "id" in one for one in old + new)
    ):
        by_id = {str(one["id"]): one for one in old}
        for one in new:
            by_id[str(one["id"])] = _merged(by_id.get(str(one["id"]), {}), one)
        return list(by_id.values())
    return new


def _one(path: Path, release: dict[str, Any], pick: str | None) -> dict[str, Any]:
    contracts = [one for one in release.get("contracts") or () if one.get("status") != "cancelled"]
    named = [one for one in contracts if str(one.get("id")) == pick]
    if named or len(contracts) <= 1:
        return next(iter(named or contracts), {})
    raise DraftRefused(
        f"{path} holds several contracts: pick one of {', '.join(str(one.get('id')) for one in contracts)}"
    )


def _award(release: dict[str, Any], agreed: dict[str, Any]) -> dict[str, Any]:
    awards = [one for one in release.get("awards") or () if one.get("status") not in ("cancelled", "unsuccessful")]
    named = [one for one in awards if one.get("id") == agreed.get("awardID")]
    return next(iter(named), awards[0] if len(awards) == 1 else {})


def _authority(release: dict[str, Any], language: str) -> Party | None:
    buyer = release.get("buyer") or (release.get("tender") or {}).get("procuringEntity") or {}
    name = _text(buyer.get("name")) or _named(release, buyer.get("id"))
    return Party(name, language) if name else None


def _suppliers(release: dict[str, Any], award: dict[str, Any]) -> Iterator[str]:
    for supplier in award.get("suppliers") or ():
        name = _text(supplier.get("name")) or _named(release, supplier.get("id"))
        if name:
            yield name


def _named(release: dict[str, Any], party: Any) -> str | None:
    names = (_text(one.get("name")) for one in release.get("parties") or () if party and one.get("id") == party)
    return next(names, None)


def _bidders(tender: dict[str, Any]) -> int | None:
    stated = tender.get("numberOfTenderers")
    return stated if isinstance(stated, int) and stated > 0 else len(tender.get("tenderers") or ()) or None


def _documents(*parts: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    for part in parts:
        for one in part.get("documents") or ():
            title = _text(one.get("title")) or _text(one.get("documentType")) or _text(one.get("url"))
            url = str(one.get("url") or "")
            if title:
                yield title, url if url.startswith(("http://", "https://")) else None


def _day(value: Any) -> date | None:
    """The civil day that an instant states, in the offset in which it is written."""
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None
