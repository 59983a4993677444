"""A folder of one's own: what cannot be used of it is said with its line."""

from pathlib import Path

import pytest

from ecgmm.errors import InputError
from ecgmm.own_data.folder import read_folder


def test_a_file_that_leaves_its_rate_unsaid_names_the_column_for_it(tmp_path: Path) -> None:
    (tmp_path / "bare.csv").write_text("II_mV\n" + "0.1\n" * 500)
    (tmp_path / "labels.csv").write_text("file,patient,label\nbare.csv,p1,normal\n")
    with pytest.raises(InputError, match="State it in the column sampling_rate_hz"):
        read_folder(tmp_path)
