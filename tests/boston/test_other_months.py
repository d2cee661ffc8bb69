"""Months that nobody has seen, as Boston's export would state them: every case here is invented, and says its verdict.

The nights on which the clock changes, and cases that several months' files state.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dutywatch.cli import app
from tests.boston.month import AS_OF, main
from tests.boston.prepare import contract_over

HEADER = "CASE_ENQUIRY_ID,OPEN_DT,TARGET_DT,CLOSED_DT,TYPE,ward\n"
# On 1 November 2015 the clock showed 01:00 to 02:00 twice, on 13 March 2016 it skipped 02:00 to 03:00. Each case: the
# verdict by its own columns, when it was opened, by when it was to be closed, when it was.
NIGHTS = """
met      | 10/31/2015 01:27:00 AM | 11/01/2015 01:27:00 AM | 11/01/2015 01:07:00 AM
met      | 10/31/2015 01:27:00 AM | 11/01/2015 01:27:00 AM | 11/01/2015 01:27:00 AM
breached | 10/31/2015 01:27:00 AM | 11/01/2015 01:27:00 AM | 11/01/2015 01:27:01 AM
breached | 10/31/2015 01:27:00 AM | 11/01/2015 12:59:59 AM | 11/01/2015 01:00:00 AM
breached | 10/31/2015 01:27:00 AM | 11/01/2015 01:59:59 AM | 11/01/2015 02:00:00 AM
met      | 11/01/2015 01:30:00 AM | 11/01/2015 01:50:00 AM | 11/01/2015 01:40:00 AM
met      | 11/01/2015 01:30:00 AM | 11/01/2015 01:50:00 AM | 11/01/2015 01:20:00 AM
breached | 11/01/2015 01:30:00 AM | 11/01/2015 01:20:00 AM | 11/01/2015 01:25:00 AM
unproven | 10/31/2015 01:27:00 AM | 11/01/2015 01:27:00 AM |
met      | 03/12/2016 02:30:00 AM | 03/13/2016 02:30:00 AM | 03/13/2016 02:30:00 AM
breached | 03/12/2016 02:30:00 AM | 03/13/2016 02:30:00 AM | 03/13/2016 02:30:01 AM
met      | 03/12/2016 02:30:00 AM | 03/13/2016 02:30:00 AM | 03/13/2016 01:59:59 AM
breached | 03/12/2016 02:30:00 AM | 03/13/2016 02:30:00 AM | 03/13/2016 03:10:00 AM
met      | 03/12/2016 02:30:00 AM | 03/13/2016 03:10:00 AM | 03/13/2016 02:30:00 AM
breached | 03/12/2016 02:30:00 AM | 03/13/2016 01:40:00 AM | 03/13/2016 02:10:00 AM
breached | 03/13/2016 03:20:00 AM | 03/13/2016 02:10:00 AM | 03/13/2016 02:50:00 AM
met      | 03/13/2016 02:10:00 AM | 03/13/2016 02:50:00 AM | 03/13/2016 02:40:00 AM
"""
# Within 24 hours of its opening, which no column states, so that both readings count.
IN_A_DAY = """
unproven | 10/31/2015 01:27:00 AM |                        | 11/01/2015 01:07:00 AM
breached | 10/31/2015 12:27:00 AM |                        | 11/01/2015 01:07:00 AM
met      | 10/31/2015 02:27:00 AM |                        | 11/01/2015 01:07:00 AM
unproven | 11/01/2015 01:27:00 AM |                        | 11/02/2015 01:07:00 AM
met      | 11/01/2015 01:27:00 AM |                        | 11/01/2015 01:47:00 AM
unproven | 03/12/2016 02:20:00 AM |                        | 03/13/2016 02:30:00 AM
met      | 03/12/2016 03:40:00 AM |                        | 03/13/2016 02:30:00 AM
"""


def cases_of(table: str) -> tuple[str, dict[str, str]]:
    """A month's file of these cases, numbered from C0 on, and the verdict that each is to have."""
    rows = [[field.strip() for field in line.split("|")] for line in table.strip().splitlines()]
    lines = (
        f"C{number},{opened},{target},{closed},Pothole,Ward 5\n"
        for number, (_, opened, target, closed) in enumerate(rows)
    )
    return HEADER + "".join(lines), {f"C{number}": row[0] for number, row in enumerate(rows)}


def judged(root: Path, files: dict[str, str], within: str | None = None) -> tuple[str, dict[str, dict[str, str]]]:
    """What the command line prints of these files, and its rows by case; `within`: the contract's, in its place."""
    contract = contract_over(root, ["Ward 5"])
    if within is not None:
        words = (contract / "contract.yaml").read_text(encoding="utf-8")
        (contract / "contract.yaml").write_text(words.replace("within: trigger.target_at", f"within: {within}"))
    landing, out = root / "landing", root / "verdicts.csv"
    landing.mkdir()
    for name, text in files.items():
        (landing / name).write_text(text, encoding="utf-8")
    command = ["judge", str(contract), "--landing", str(landing), "--as-of", AS_OF, "--out", str(out)]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as lines:
        return result.output, {row["trigger"]: row for row in csv.DictReader(lines)}


def verdicts(rows: dict[str, dict[str, str]]) -> dict[str, str]:
    return {case: row["verdict"] for case, row in rows.items()}


def test_times_of_one_case_compare_as_the_clock_on_the_wall_showed_them(tmp_path: Path) -> None:
    file, expected = cases_of(NIGHTS)
    output, rows = judged(tmp_path, {"cases_2015_11.csv": file})
    assert f"cases cases_2015_11.csv: {len(expected) + 1} = 1 + 0 + {len(expected)} + 0" in output
    assert verdicts(rows) == expected


def test_a_closing_that_is_in_time_by_one_reading_alone_is_unproven(tmp_path: Path) -> None:
    file, expected = cases_of(IN_A_DAY)
    _, rows = judged(tmp_path, {"cases_2015_11.csv": file}, within="PT24H")
    assert verdicts(rows) == expected
    doubtful = [row for row in rows.values() if row["verdict"] == "unproven"]
    assert all("states a local time with two readings" in row["reason"] for row in doubtful)
    assert {row["owed_by"] for row in doubtful} == {"city"}


def test_a_case_that_two_months_state_is_as_the_later_month_says(tmp_path: Path) -> None:
    """Nobody knows when the files came; whatever their content, October speaks after September."""
    opened, target, closed = "09/28/2015 09:00:00 AM", "10/05/2015 09:00:00 AM", "10/02/2015 09:00:00 AM"
    files = {}
    for number in range(6):  # each pair's SHA-256s may fall in either order
        files[f"cases_{number}_2015_9.csv"] = f"{HEADER}C{number},{opened},{target},,Pothole,Ward 5\n"
        files[f"cases_{number}_2015_10.csv"] = f"{HEADER}C{number},{opened},{target},{closed},Pothole,Ward 5\n"
    _, rows = judged(tmp_path, files)
    assert verdicts(rows) == {f"C{number}": "met" for number in range(6)}


@pytest.mark.parametrize(
    ("months", "verdict", "lacks"),
    {
        "closed late, and October's row, which cannot be read, may say otherwise": (
            {9: "10/05/2015 09:00:00 AM,10/06/2015 09:00:00 AM", 10: "10/05/2015 09:00:00 AM,10/4/2015 9h"},
            "unproven",
            "cases_2015_10.csv:2",
        ),
        "closed in time, and October may have moved the target": (
            {9: "10/05/2015 09:00:00 AM,10/04/2015 09:00:00 AM", 10: "10/3/2015 9h,10/04/2015 09:00:00 AM"},
            "unproven",
            "cases_2015_10.csv:2",
        ),
        "the torn row is the older one": (
            {9: "10/05/2015 09:00:00 AM,10/4/2015 9h", 10: "10/05/2015 09:00:00 AM,10/06/2015 09:00:00 AM"},
            "breached",
            "",
        ),
        "what was torn in October came in November": (
            {
                9: "10/05/2015 09:00:00 AM,10/06/2015 09:00:00 AM",
                10: "10/05/2015 09:00:00 AM,10/4/2015 9h",
                11: "10/05/2015 09:00:00 AM,10/04/2015 09:00:00 AM",
            },
            "met",
            "",
        ),
    }.values(),
)
def test_the_last_version_of_a_case_may_be_one_that_nobody_can_read(
    months: dict[int, str], verdict: str, lacks: str, tmp_path: Path
) -> None:
    """SEMANTICS 1: in a history in which that row says otherwise the verdict is another one; docs/decisions/0090."""
    opened = "09/28/2015 09:00:00 AM"
    files = {f"cases_2015_{n}.csv": f"{HEADER}C1,{opened},{told},Pothole,Ward 5\n" for n, told in months.items()}
    _, rows = judged(tmp_path, files)
    assert verdicts(rows) == {"C1": verdict}
    assert lacks in rows["C1"]["reason"]
    assert rows["C1"]["owed_by"] == ("city" if verdict == "unproven" else "")


def test_times_of_another_format_are_told_by_the_names_of_their_columns(tmp_path: Path) -> None:
    """The other file is judged all the same."""
    iso = f"{HEADER}C1,2015-09-28 09:00:00,2015-10-05 09:00:00,,Pothole,\n"
    file, expected = cases_of("met | 09/28/2015 09:00:00 AM | 10/05/2015 09:00:00 AM | 10/05/2015 09:00:00 AM")
    output, rows = judged(tmp_path, {"cases_2015_9.csv": iso, "cases_2015_10.csv": file})
    how = "cannot be read as %m/%d/%Y %I:%M:%S %p"
    assert f"cases_2015_9.csv:2: OPEN_DT {how}; TARGET_DT {how}: " in output
    assert verdicts(rows) == expected


def test_the_command_says_which_published_status_a_verdict_contradicts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second case is published as on time, and its own columns say that it is not."""
    header = HEADER.replace("TYPE", "OnTime_Status,TYPE")
    opened, target = "09/28/2015 09:00:00 AM", "10/05/2015 09:00:00 AM"
    right = f"C1,{opened},{target},10/05/2015 09:00:00 AM,ONTIME,Pothole,\nC3,{opened},,,ONTIME,Pothole,Ward 5\n"
    (tmp_path / "cases_2015_10.csv").write_text(header + right)
    assert main(tmp_path) == 0
    assert "contradictions with OnTime_Status: 0\n" in capsys.readouterr().out
    (tmp_path / "cases_2015_11.csv").write_text(
        f"{header}C2,{opened},{target},10/05/2015 09:00:01 AM,ONTIME,Pothole,\n"
    )
    assert main(tmp_path) == 1
    printed = capsys.readouterr().out
    assert "closed, with a target: 1 published as ONTIME, judged breached\n" in printed
    assert "contradictions with OnTime_Status: 1\ncases: 3, of which 2 have a target\n" in printed
    assert "cases that are judged otherwise than their own columns read: 0\n" in printed


OPENED, TARGET, CLOSED = "09/28/2015 09:00:00 AM", "10/05/2015 09:00:00 AM", "10/05/2015 09:00:01 AM"
PUBLISHED = HEADER.replace("TYPE", "OnTime_Status,TYPE")


@pytest.mark.parametrize(
    ("text", "ends", "says"),
    {
        "a month without a published status": (
            f"{HEADER}C1,{OPENED},{TARGET},{CLOSED},Pothole,Ward 5\n",
            0,
            "closed, with a target: 1 published as nothing, judged breached\n",
        ),
        "a status in other letters contradicts all the same": (
            f"{PUBLISHED}C1,{OPENED},{TARGET},{CLOSED}, Ontime ,Pothole,Ward 5\n",
            1,
            "contradictions with OnTime_Status: 1\n",
        ),
        "a file of later years, which lacks these columns, is refused and is no success": (
            f"case_enquiry_id,open_dt,sla_target_dt,closed_dt,type,ward\nC1,{OPENED},{TARGET},{CLOSED},Pothole,\n",
            1,
            "no case could be compared",
        ),
        "a file without wards": (f"CASE_ENQUIRY_ID,OPEN_DT\nC1,{OPENED}\n", 1, "the header lacks CLOSED_DT, TARGET_DT"),
        "an encoding of Windows costs its own row only": (
            f"{HEADER}C1,{OPENED},{TARGET},{CLOSED},Pothole,Ward 5\nC2,{OPENED},{TARGET},,Caf\u00e9,Ward 5\n",
            0,
            "rows that state no case, so that nothing of them is compared: 1\n",
        ),
        "a line break in quotes": (
            f'{HEADER}C1,{OPENED},{TARGET},{CLOSED},"Pot\nhole",Ward 5\n',
            1,
            "C1: no duty (in quarantine, cases_2015_10.csv:2: readable: an open quote), plainly breached\n",
        ),
        "a target that has not come yet": (
            f"{HEADER}C1,{OPENED},10/05/2035 09:00:00 AM,,Pothole,Ward 5\n",
            0,
            "1 pending",
        ),
        "a month younger than these lines": (
            f"{PUBLISHED}C1,02/01/2026 09:00:00 AM,02/03/2026 09:00:00 AM,02/04/2026 09:00:00 AM,OVERDUE,Pothole,\n",
            0,
            "closed, with a target: 1 published as OVERDUE, judged breached\n",
        ),
    }.values(),
)
def test_the_command_says_what_it_could_not_compare_and_why(
    text: str, ends: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cases_2015_10.csv").write_bytes(text.encode("cp1252"))
    assert main(tmp_path) == ends
    assert says in capsys.readouterr().out


def test_a_folder_without_a_month_is_told(tmp_path: Path) -> None:
    (tmp_path / "311_2016.csv").write_text(HEADER)
    with pytest.raises(SystemExit, match=r"named cases_\*\.csv; it holds 311_2016\.csv"):
        main(tmp_path)
    (tmp_path / "cases_2016.csv").symlink_to(tmp_path / "311_2016.csv")
    with pytest.raises(SystemExit, match=r"links are not followed.*cases_2016\.csv"):
        main(tmp_path)
