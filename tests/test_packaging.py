"""What an installed copy has to hold."""

from pathlib import Path

import ecgmm

PACKAGE = Path(ecgmm.__file__).parent


def test_no_module_is_left_out_of_a_wheel() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []
