"""The same judgements as somebody would write them in pandas and in polars: plain, vectorised, without explanation.

Each takes the scene's Parquet files and returns how many duties stand how. They know that no evidence is missing and
that nothing overlaps or is refuted: they are told what the engine must find out.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pandas as pd
import polars as pl

from benchmarks.judge.inputs import LENGTH, ZONES
from benchmarks.judge.scenes import BEGINS, DAY, STORMS, Counts, Reading, Scene

EARLY = timedelta(hours=6)
WITHIN = timedelta(hours=24)
HALF_HOUR = timedelta(minutes=30)
QUARTER = timedelta(minutes=15)


def _storms() -> list[tuple[Any, Any, Any]]:
    """(from when on acts count, until when they are in time, when the next storm comes) of each storm."""
    ended = [BEGINS + DAY * day + timedelta(hours=12) for day in STORMS]
    return [(end - EARLY, end + WITHIN, None) for end in ended]


def _counts(met: int, breached: int) -> Counts:
    return {one: count for one, count in (("met", int(met)), ("breached", int(breached))) if count}


def _zone(unit: str) -> str:
    return f"Z{int(unit[1:]) % ZONES:02}"


# --- pandas ---------------------------------------------------------------------------------------------------------


def _pandas(reading: Reading, *columns: str) -> pd.DataFrame:
    frame = pd.concat([pd.read_parquet(file, columns=list(columns)) for file in reading.files], ignore_index=True)
    if "unit" in columns:
        frame["unit"] = frame["unit"].astype("category")
    return frame


def pandas_respond(scene: Scene, reading: Reading) -> Counts:
    """The first act of each unit after each storm, by merge_asof; cured or not, late is late."""
    acts = _pandas(reading, "unit", "at")
    acts["number"] = acts["unit"].astype(str).str[1:].astype("int32")
    met = 0
    for lower, due, _ in _storms():
        owed = pd.DataFrame({"number": pd.Series(range(reading.units), dtype="int32"), "at": pd.Timestamp(lower)})
        owed["at"] = owed["at"].astype(acts["at"].dtype)
        found = pd.merge_asof(owed, acts[["number", "at"]].assign(done=acts["at"]), on="at", by="number",
                              direction="forward")  # fmt: skip
        met += int((found["done"] <= pd.Timestamp(due)).sum())
    return _counts(met, reading.units * len(STORMS) - met)


def pandas_share(scene: Scene, reading: Reading) -> Counts:
    """The union of each street's intervals, by a running maximum of their ends."""
    acts = _pandas(reading, "unit", "at", "from_m", "to_m")
    met = 0
    for lower, due, _ in _storms():
        some = acts[(acts["at"] >= lower) & (acts["at"] <= due)].sort_values(["unit", "from_m"])
        before = some.groupby("unit", observed=True)["to_m"].cummax().groupby(some["unit"], observed=True).shift(1)
        added = (some["to_m"] - some["from_m"].combine(before.fillna(0.0), max)).clip(lower=0)
        met += int((added.groupby(some["unit"], observed=True).sum() >= 0.9 * LENGTH).sum())
    return _counts(met, reading.units * len(STORMS) - met)


def _pandas_days(scene: Scene, reading: Reading) -> pd.DataFrame:
    """The distinct (unit, day) on which something was done."""
    acts = _pandas(reading, "unit", "at")
    acts["unit"] = acts["unit"].cat.codes.astype("int32")
    acts["day"] = (acts["at"] - pd.Timestamp(BEGINS)).dt.days.astype("int32")
    return acts[["unit", "day"]].drop_duplicates()


def pandas_recur_days(scene: Scene, reading: Reading) -> Counts:
    """Distinct days in each period."""
    days = _pandas_days(scene, reading)
    period, least, periods = _periods(scene)
    done = days.groupby(["unit", days["day"].map(period)]).size()
    met = int((done >= least).sum())
    return _counts(met, reading.units * periods - met)


def pandas_recur_gap(scene: Scene, reading: Reading) -> Counts:
    """The differences of the acts of each unit and quarter, from its start and to its end."""
    acts = _pandas(reading, "unit", "at")
    acts["unit"] = acts["unit"].cat.codes.astype("int32")
    quarters = _quarters(scene)
    edges = pd.DataFrame(
        [(unit, pd.Timestamp(edge), number) for number, span in enumerate(quarters) for edge in span
         for unit in range(reading.units)], columns=["unit", "at", "quarter"],
    )  # fmt: skip
    acts["quarter"] = pd.cut(acts["at"], [pd.Timestamp(q[0]) for q in quarters] + [pd.Timestamp(quarters[-1][1])],
                             right=False, labels=False)  # fmt: skip
    edges["at"] = edges["at"].astype(acts["at"].dtype)
    every = pd.concat([acts, edges]).sort_values(["unit", "quarter", "at"])
    apart = every.groupby(["unit", "quarter"])["at"].diff()
    holes = every[apart > timedelta(days=6)].groupby(["unit", "quarter"]).ngroups
    return _counts(reading.units * len(quarters) - holes, holes)


def pandas_attain_slice(scene: Scene, reading: Reading) -> Counts:
    """The share of good items in each half-hour."""
    calls = _pandas(reading, "at", "wait")
    share = (calls["wait"] <= 20).groupby(calls["at"].dt.floor("30min")).agg(["sum", "count"])
    met = int((share["sum"] * 5 >= share["count"] * 4).sum())
    return _counts(met, len(share) - met)


def pandas_attain_rolling(scene: Scene, reading: Reading) -> Counts:
    """The share in the 24 hours before every entry and after every exit of a call, by the day of the test; without the
    first day, whose windows reach back to before the log."""
    calls = _pandas(reading, "at", "wait")
    good = (calls["wait"] <= 20).astype("int64")
    one = pd.DataFrame({"at": calls["at"], "n": 1, "good": good})
    turns = pd.concat([one, one.assign(at=one["at"] + DAY, n=-1, good=-good)])
    sums = turns.groupby("at")[["n", "good"]].sum().cumsum()
    days = (sums.index - pd.Timestamp(BEGINS)).days
    tested = sums[(days >= 1) & (days < scene.days) & (sums["n"] > 0)]
    fails = tested["good"] * 5 < tested["n"] * 4
    bad = int(fails.groupby((tested.index - pd.Timestamp(BEGINS)).days).any().sum())
    return _counts(scene.days - 1 - bad, bad)


def pandas_attain_percentile(scene: Scene, reading: Reading) -> Counts:
    """The nearest-rank percentile of each half-hour, by the rank of the sorted values."""
    calls = _pandas(reading, "at", "wait")
    calls["slot"] = calls["at"].dt.floor("30min")
    calls = calls.sort_values(["slot", "wait"])
    rank = calls.groupby("slot").cumcount() + 1
    count = calls.groupby("slot")["wait"].transform("size")
    wanted = (count * 9 + 9) // 10
    found = calls["wait"][rank == wanted]
    met = int((found <= 28).sum())
    return _counts(met, len(found) - met)


def pandas_keep_count(scene: Scene, reading: Reading) -> Counts:
    """Distinct agents in each half-hour and zone; a day may have two bad ones."""
    calls = _pandas(reading, "at", "unit", "actor")
    calls["zone"] = calls["unit"].astype(str).str[1:].astype("int32") % ZONES
    calls["slot"] = (calls["at"] - pd.Timestamp(BEGINS)) // HALF_HOUR
    seen = calls[["zone", "slot", "actor"]].drop_duplicates().groupby(["zone", "slot"]).size()
    full = seen[seen >= 30].reset_index()
    good = full.groupby([full["zone"], full["slot"] // 48]).size()
    met = int((good >= 46).sum())
    return _counts(met, reading.zones * scene.days - met)


def pandas_keep_open(scene: Scene, reading: Reading) -> Counts:
    """The least number of open intervals in each quarter of an hour and zone, by a running sum of +1 and -1."""
    shifts = _pandas(reading, "at", "until", "unit")
    shifts["zone"] = shifts["unit"].astype(str).str[1:].astype("int32") % ZONES
    ends = shifts[["zone", "until"]].rename(columns={"until": "at"}).assign(step=-1)
    turns = pd.concat([shifts[["zone", "at"]].assign(step=1), ends]).groupby(["zone", "at"])["step"].sum()
    level = turns.groupby("zone").cumsum().reset_index(name="level")
    slots = pd.date_range(BEGINS, BEGINS + DAY * scene.days, freq="15min", inclusive="left")
    edges = pd.MultiIndex.from_product([range(reading.zones), slots], names=["zone", "at"]).to_frame(index=False)
    edges = edges.astype({"at": level["at"].dtype, "zone": level["zone"].dtype})
    at_edge = pd.merge_asof(edges.sort_values("at"), level.sort_values("at"), on="at", by="zone").fillna({"level": 0})
    every = pd.concat([at_edge, level])
    every["slot"] = (every["at"] - pd.Timestamp(BEGINS)) // QUARTER
    least = every[every["slot"] < scene.days * 96].groupby(["zone", "slot"])["level"].min().reset_index()
    bad = least[least["level"] < 4].groupby([least["zone"], least["slot"] // 96]).size()
    breached = int((bad > 2).sum())
    return _counts(reading.zones * scene.days - breached, breached)


# --- polars ---------------------------------------------------------------------------------------------------------


def _polars(reading: Reading, *columns: str) -> pl.LazyFrame:
    return pl.scan_parquet(list(reading.files)).select(columns)


def polars_respond(scene: Scene, reading: Reading) -> Counts:
    """As in pandas, by join_asof."""
    acts = _polars(reading, "unit", "at").with_columns(done="at").collect()
    names = [f"U{n:06}" for n in range(reading.units)]
    met = 0
    for lower, due, _ in _storms():
        owed = pl.DataFrame({"unit": names}).with_columns(at=pl.lit(lower).cast(acts.schema["at"])).set_sorted("at")
        found = owed.join_asof(acts.set_sorted("at"), on="at", by="unit", strategy="forward")
        met += found.filter(pl.col("done") <= due).height
    return _counts(met, reading.units * len(STORMS) - met)


def polars_share(scene: Scene, reading: Reading) -> Counts:
    """As in pandas."""
    met = 0
    for lower, due, _ in _storms():
        some = (
            _polars(reading, "unit", "at", "from_m", "to_m")
            .filter(pl.col("at").is_between(lower, due))
            .sort("unit", "from_m")
            .with_columns(before=pl.col("to_m").cum_max().over("unit"))
            .with_columns(before=pl.col("before").shift(1).over("unit").fill_null(0.0))
            .with_columns(added=(pl.col("to_m") - pl.max_horizontal("from_m", "before")).clip(lower_bound=0))
            .group_by("unit").agg(pl.col("added").sum())
            .filter(pl.col("added") >= 0.9 * LENGTH).select(pl.len()).collect()
        )  # fmt: skip
        met += int(some.item())
    return _counts(met, reading.units * len(STORMS) - met)


def polars_recur_days(scene: Scene, reading: Reading) -> Counts:
    """As in pandas."""
    period, least, periods = _periods(scene)
    of_day = pl.DataFrame({"day": range(scene.days), "period": [period(day) for day in range(scene.days)]},
                          schema={"day": pl.Int32, "period": pl.Int32})  # fmt: skip
    days = (
        _polars(reading, "unit", "at")
        .select("unit", day=(pl.col("at") - BEGINS).dt.total_days().cast(pl.Int32)).unique()
        .join(of_day.drop_nulls().lazy(), on="day").group_by("unit", "period").len()
        .filter(pl.col("len") >= least).select(pl.len()).collect()
    )  # fmt: skip
    met = int(days.item())
    return _counts(met, reading.units * periods - met)


def polars_recur_gap(scene: Scene, reading: Reading) -> Counts:
    """As in pandas."""
    quarters = _quarters(scene)
    names = pl.DataFrame({"unit": [f"U{n:06}" for n in range(reading.units)]})
    kind = pl.Datetime("us", "UTC")
    edges = [
        names.with_columns(at=pl.lit(edge).cast(kind), quarter=pl.lit(number, pl.Int32))
        for number, span in enumerate(quarters)
        for edge in span
    ]
    number = pl.lit(-1, pl.Int32)
    for begins, _ in quarters:
        number = number + (pl.col("at") >= begins).cast(pl.Int32)
    acts = _polars(reading, "unit", "at").with_columns(pl.col("at").cast(kind), quarter=number)
    holes = (
        pl.concat([acts, *(one.lazy() for one in edges)]).sort("unit", "quarter", "at")
        .with_columns(apart=pl.col("at").diff().over("unit", "quarter"))
        .filter(pl.col("apart") > timedelta(days=6)).select("unit", "quarter").unique().select(pl.len()).collect()
    )  # fmt: skip
    found = int(holes.item())
    return _counts(reading.units * len(quarters) - found, found)


def polars_attain_slice(scene: Scene, reading: Reading) -> Counts:
    """As in pandas."""
    share = (
        _polars(reading, "at", "wait").group_by(pl.col("at").dt.truncate("30m"))
        .agg(n=pl.len().cast(pl.Int64), good=(pl.col("wait") <= 20).sum().cast(pl.Int64)).collect()
    )  # fmt: skip
    met = share.filter(pl.col("good") * 5 >= pl.col("n") * 4).height
    return _counts(met, share.height - met)


def polars_attain_rolling(scene: Scene, reading: Reading) -> Counts:
    """As in pandas."""
    one = _polars(reading, "at", "wait").select("at", n=pl.lit(1, pl.Int64), good=(pl.col("wait") <= 20).cast(pl.Int64))
    left = one.select(pl.col("at") + DAY, -pl.col("n"), -pl.col("good"))
    bad = (
        pl.concat([one, left]).group_by("at").agg(pl.col("n").sum(), pl.col("good").sum()).sort("at")
        .with_columns(pl.col("n").cum_sum(), pl.col("good").cum_sum())
        .filter((pl.col("at") >= BEGINS + DAY) & (pl.col("at") < BEGINS + DAY * scene.days) & (pl.col("n") > 0))
        .filter(pl.col("good") * 5 < pl.col("n") * 4)
        .select(pl.col("at").dt.truncate("1d").n_unique()).collect()
    )  # fmt: skip
    found = int(bad.item())
    return _counts(scene.days - 1 - found, found)


def polars_attain_percentile(scene: Scene, reading: Reading) -> Counts:
    """As in pandas."""
    found = (
        _polars(reading, "at", "wait").group_by(pl.col("at").dt.truncate("30m"))
        .agg(pl.col("wait").sort().get((pl.len() * 9 + 9) // 10 - 1)).collect()
    )  # fmt: skip
    met = found.filter(pl.col("wait") <= 28).height
    return _counts(met, found.height - met)


_POLARS_ZONE = pl.col("unit").str.slice(1).cast(pl.Int32) % ZONES


def polars_keep_count(scene: Scene, reading: Reading) -> Counts:
    """As in pandas."""
    good = (
        _polars(reading, "at", "unit", "actor")
        .group_by(zone=_POLARS_ZONE, slot=pl.col("at").dt.truncate("30m")).agg(pl.col("actor").n_unique())
        .filter(pl.col("actor") >= 30).group_by("zone", pl.col("slot").dt.truncate("1d")).len()
        .filter(pl.col("len") >= 46).select(pl.len()).collect()
    )  # fmt: skip
    met = int(good.item())
    return _counts(met, reading.zones * scene.days - met)


def polars_keep_open(scene: Scene, reading: Reading) -> Counts:
    """As in pandas."""
    kind = pl.Datetime("us", "UTC")
    shifts = _polars(reading, "at", "until", "unit").with_columns(zone=_POLARS_ZONE)
    starts = shifts.select("zone", pl.col("at").cast(kind), step=pl.lit(1, pl.Int64))
    stops = shifts.select("zone", at=pl.col("until").cast(kind), step=pl.lit(-1, pl.Int64))
    slots = pl.datetime_range(BEGINS, BEGINS + DAY * scene.days, "15m", closed="left", time_zone="UTC", eager=True)
    edges = pl.DataFrame({"at": slots.cast(kind)}).join(pl.DataFrame({"zone": range(reading.zones)}), how="cross")
    marks = edges.lazy().select(pl.col("zone").cast(pl.Int32), "at", step=pl.lit(0, pl.Int64))
    bad = (
        pl.concat([starts, stops, marks]).group_by("zone", "at").agg(pl.col("step").sum()).sort("zone", "at")
        .with_columns(level=pl.col("step").cum_sum().over("zone"))
        .filter(pl.col("at") < BEGINS + DAY * scene.days)
        .group_by("zone", pl.col("at").dt.truncate("15m")).agg(pl.col("level").min())
        .filter(pl.col("level") < 4).group_by("zone", pl.col("at").dt.truncate("1d")).len()
        .filter(pl.col("len") > 2).select(pl.len()).collect()
    )  # fmt: skip
    found = int(bad.item())
    return _counts(reading.zones * scene.days - found, found)


# --- periods --------------------------------------------------------------------------------------------------------


def _periods(scene: Scene) -> tuple[Callable[[int], int | None], int, int]:
    """Which period a day of the season lies in (None: one that is not over), on how many days something is owed in
    each, and how many periods are over."""
    least = {"recur-sparse": 20, "recur-dense": 1, "recur-days": 4}[scene.name]
    dates = {day: BEGINS + DAY * day for day in range(scene.days)}
    number: dict[int, int | None] = {day: day for day in dates}
    if scene.name == "recur-sparse":
        number = {day: at.month for day, at in dates.items()}
    elif scene.name == "recur-days":
        monday = {day: (at - timedelta(days=at.weekday()) - BEGINS).days for day, at in dates.items()}
        number = {day: at // 7 if 0 <= at <= scene.days - 7 else None for day, at in monday.items()}
    return number.__getitem__, least, len({one for one in number.values() if one is not None})


def _quarters(scene: Scene) -> list[tuple[Any, Any]]:
    ends = BEGINS + DAY * scene.days
    starts = [BEGINS.replace(month=month) for month in (1, 4, 7, 10)]
    following = [*starts[1:], BEGINS.replace(year=BEGINS.year + 1)]
    return [(begins, stops) for begins, stops in zip(starts, following, strict=True) if begins < ends]


_NAMED = {"recur-sparse": "recur_days", "recur-dense": "recur_days"}
RIVALS: dict[str, dict[str, Callable[[Scene, Reading], Counts]]] = {
    library: {
        name.removeprefix(f"{library}_"): way
        for name, way in globals().copy().items()
        if name.startswith(f"{library}_") and inspect.isfunction(way)
    }
    for library in ("pandas", "polars")
}


def rival(library: str, scene: Scene) -> Callable[[Scene, Reading], Counts]:
    """The way of `library` to judge this scene."""
    return RIVALS[library][_NAMED.get(scene.name, scene.name.replace("-", "_"))]
