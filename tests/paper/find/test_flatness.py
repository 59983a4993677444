"""Scans are told from photos by how even their grid is."""

import numpy as np
import pytest

from ecgmm.paper.find.mesh.flatness import is_flat
from ecgmm.paper.find.mesh.mesh import Mesh

PITCH_PX = 20.0


def mesh(turn_deg: float = 0.0, perspective: float = 0.0, curl_px: float = 0.0) -> Mesh:
    x, y = np.meshgrid(np.arange(50.0), np.arange(30.0))
    turn = np.exp(1j * np.deg2rad(turn_deg)) * (x + 1j * y) * PITCH_PX
    depth = 1 + perspective * x / 50
    nodes = np.stack([turn.real, turn.imag + curl_px * np.sin(x / 8)], axis=-1) / depth[..., None]
    return Mesh(nodes, np.ones((30, 50), bool), 0.0)


@pytest.mark.parametrize("turn_deg", [0.0, -1.0, 2.5])
def test_a_page_on_a_scanner_is_flat(turn_deg: float) -> None:
    assert is_flat(mesh(turn_deg))


def test_a_scan_of_a_sheet_that_was_folded_is_flat() -> None:
    assert is_flat(mesh(curl_px=2.5))


@pytest.mark.parametrize(
    "photo", [{"turn_deg": 5.0}, {"turn_deg": 90.0}, {"perspective": 0.05}, {"curl_px": 7.0}]
)
def test_a_photo_is_not_flat(photo: dict[str, float]) -> None:
    assert not is_flat(mesh(**photo))


def test_nodes_that_were_not_seen_do_not_count() -> None:
    page = mesh()
    page.nodes_px[:, 40:] += 9
    page.seen[:, 40:] = False
    assert is_flat(page)
