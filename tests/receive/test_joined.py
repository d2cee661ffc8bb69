"""Fields come without spaces around them, whatever spaces those are."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dutywatch.receive.joined import SPACES, trimmed

TEXTS = st.lists(st.none() | st.text(st.sampled_from(f"a,\u00e9\u4e2d\u202e{SPACES}"), max_size=4), max_size=6)


@settings(deadline=None)
@given(texts=TEXTS, skipped=st.integers(0, 3))
@example(texts=["", "", "a"], skipped=0)
@example(texts=["a", "\u3000"], skipped=1)
@example(texts=["\u4e2d\u3000"], skipped=0)
@example(texts=["12\t"], skipped=0)
@example(texts=["\u4e2d\u200b"], skipped=0)
def test_a_field_is_what_stands_between_its_spaces(texts: list[str | None], skipped: int) -> None:
    fields = pa.array(texts, pa.string())[skipped:]
    batch = pa.record_batch({"line": pa.array(range(len(fields)), pa.int32()), "raw": fields, "c0": fields})

    found = trimmed(batch)

    assert found["c0"].to_pylist() == [text and text.strip(SPACES) for text in texts[skipped:]]
    assert found["raw"].to_pylist() == texts[skipped:]
