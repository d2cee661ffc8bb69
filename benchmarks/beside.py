"""Environments beside the project's own, for tools that only a measurement needs: made once, under var/.

Such an environment sees all that is installed for the project, so that both work on the same pandas and pyarrow.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]


def beside(name: str, *packages: str) -> Path | None:
    """The Python of environment `name`, which holds `packages` as pinned; None where they cannot be installed."""
    folder = HOME / "var" / "beside" / name
    python, ready = folder / "bin" / "python", folder / "ready"
    if ready.is_file() and ready.read_text(encoding="utf-8").split() == [*packages]:
        return python
    venv.create(folder, clear=True)
    inside = subprocess.run([python, "-c", _PLACE], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603
    Path(inside, "project.pth").write_text(f"{sysconfig.get_path('purelib')}\n{HOME / 'src'}\n", encoding="utf-8")
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--python", str(python), *packages]
    if subprocess.run(install, check=False).returncode:  # noqa: S603
        print(f"{', '.join(packages)} cannot be installed here: left out", file=sys.stderr)
        return None
    ready.write_text("\n".join(packages), encoding="utf-8")
    return python


_PLACE = "import sysconfig; print(sysconfig.get_path('purelib'))"
