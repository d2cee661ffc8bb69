"""How a text file is written, as far as its bytes tell: its encoding, and what parts its fields.

A byte order mark proves an encoding, and so does UTF-8 as a rule. GB18030 and CP1252 are guesses, made where one of
them alone gives words as people write them, and shown with those words. Contracts declare; only drafts guess.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from dutywatch.errors import DraftRefused

DELIMITERS = ",;\t|"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_COMMON = 0.75  # of the ideographs of a Chinese text, those of GB 2312's first level are by far the most
_WORDS = 3  # that are shown of a guess, each cut
_LONGEST = 40
_ACCENTED = "À-ÖØ-öø-ÿŒœŠšŽžŸ"
_SIGNS = "€…‘’“”„‚–—•™\xa0¡¿§©ª«®°±²³´µ¶·º»¼½¾£"
_ODD = re.compile(  # what CP1252 shows where the file is something else
    rf"[^\x00-\x7f{_ACCENTED}{_SIGNS}]|[{_ACCENTED}]{{3}}|(?<![A-Za-z])[{_ACCENTED}]{{2}}(?![A-Za-z])"
    rf"|[a-z][À-ÖØ-ÞŒŠŽŸ]|[A-Za-z{_ACCENTED}](?![’·–\xa0])[{_SIGNS}][A-Za-z{_ACCENTED}]"
)
_SIGNED = "\xa0¡£§ª«®°±²³´µº»½¿"
_ONE_SCRIPT = re.compile(rf"[\x00-\x7f{_SIGNED}À-ÖØ-öø-ſ]*|[\x00-\x7f{_SIGNED}\u0370-\u07ff]*")


@dataclass(frozen=True)
class Writing:
    """A text without its mark, and the encoding as a contract names it.

    `shown`: of a guess, words by which a person can check it.
    """

    text: str
    encoding: str
    shown: tuple[str, ...] = ()

    @staticmethod
    def read(path: Path, encoding: str | None) -> Writing:
        """The file in the encoding that is stated, else in the one that its bytes show. Raises DraftRefused."""
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise DraftRefused(f"{path} cannot be read: {error}") from error
        if encoding is not None:
            return Writing(_decoded(path, raw, encoding), encoding)
        for mark, name in _MARKS:
            if raw.startswith(mark):
                return Writing(_decoded(path, raw, name), name)
        found = list(_possible(raw))
        if len(found) != 1:
            raise DraftRefused(f"{path} {_undecided(raw, found)}")
        return found[0]

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are not blank: they hold more than spaces and what may part fields."""
        return tuple(line for line in re.split(r"\r\n|\r|\n", self.text) if line.strip().strip(DELIMITERS + " "))


def _decoded(path: Path, raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise DraftRefused(
            f"{path} is not {encoding}: ask who writes it and name the encoding, such as gb18030 or cp1252"
        ) from error


def _possible(raw: bytes) -> Iterator[Writing]:
    """What the bytes may be. Short Chinese texts can be UTF-8 by accident: then they look odd there, and not here."""
    if b"\0" in raw:
        for name in ("utf-16-le", "utf-16-be"):
            text = _strictly(raw, name)
            if text is not None and "\0" not in text and re.search(r"[\r\n]", text):
                yield Writing(text, name)
        return
    text = _strictly(raw, "utf-8")
    if text is not None:
        yield Writing(text, "utf-8")
    if text is not None and (re.search(r"[^\x00-\u07ff]", text) or _ONE_SCRIPT.fullmatch(text)):
        return
    chinese = _chinese(raw)
    if chinese is not None:
        yield Writing(chinese, "gb18030", _shown(chinese))
    western = _strictly(raw, "cp1252") if text is None else None
    if western is not None and not _ODD.search(western):
        yield Writing(western, "cp1252", _shown(western))


def _strictly(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _chinese(raw: bytes) -> str | None:
    """The text in GB18030 where it is Chinese as people write it: ideographs, nearly all common ones, and the signs
    that go with them. Korean in EUC-KR has the same bytes, and is told by being nothing but syllables there.
    """
    text = _strictly(raw, "gb18030")
    if text is None:
        return None
    common = rare = 0
    for one, count in Counter(re.sub(r"[\x00-\x7f]", "", text)).items():
        written = one.encode("gb18030")
        if 0xB0 <= written[0] <= 0xD7 and len(written) == 2 and written[1] >= 0xA1:
            common += count
        elif unicodedata.name(one, "").startswith("CJK UNIFIED"):
            rare += count
        elif written[0] not in (0xA1, 0xA2, 0xA3, 0xA9):  # the rows of signs
            return None
    korean = _strictly(raw, "euc_kr")
    syllables = korean is not None and all(one < "\x80" or "가" <= one <= "힣" for one in korean)
    return text if common and common >= _COMMON * (common + rare) and not syllables else None


def _shown(text: str) -> tuple[str, ...]:
    """The first words that another encoding would have written otherwise."""
    words = (word for word in re.findall(r"\w+", text) if not word.isascii())
    return tuple(one[:_LONGEST] for one in islice(dict.fromkeys(words), _WORDS))


def _undecided(raw: bytes, found: Sequence[Writing]) -> str:
    name = "ask who writes it and name the encoding, --encoding gb18030 for one"
    if b"\0" in raw:
        return "is no text: save it as CSV (a spreadsheet can), or name the encoding with --encoding"
    if found:
        readings = " or ".join(f"{one.encoding} ({', '.join(one.shown or _shown(one.text))})" for one in found)
        return f"can be read as {readings}: {name}"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = 1 + raw.count(b"\n", 0, error.start)
        return f"is not UTF-8 (line {line}), and its words look like neither gb18030 nor cp1252: {name}"
    raise AssertionError("UTF-8 is always possible")


def delimiter_of(path: Path, lines: Sequence[str]) -> str:
    """What parts the fields: a comma, semicolon, tab or bar that parts the header and most rows into as many fields.

    A comma where there is one column. Raises DraftRefused where two do so equally well.
    """
    found: dict[str, tuple[int, int]] = {}
    for one in DELIMITERS:
        widths = [len(fields) for fields in parted(path, lines, one)]
        if widths[0] > 1:
            found[one] = sum(width == widths[0] for width in widths), widths[0]
    best = [one for one in found if found[one] == max(found.values())]
    if len(best) > 1:
        both = " and by ".join(repr(one) for one in best)
        raise DraftRefused(f"{path} can be parted by {both}: use one alone, or of the log say which with --delimiter")
    return best[0] if best else ","


def parted(path: Path, lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The fields of each line, as deliveries are read: no line break belongs to a field. Raises DraftRefused."""
    try:
        return [next(csv.reader([line], delimiter=delimiter)) for line in lines]
    except csv.Error as error:
        raise DraftRefused(f"{path} is no table of fields that a character parts: {error}") from error
