"""What a fault is: a physical quantity that is nothing by default.

Every kind of fault acts at one point on the way from the print to the file: on the sheet's
surface, on its shape, on where the camera stands, on the light, or on the pixels.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.view import Camera

Pixels = NDArray[np.uint8]
"""`[height, width, 3]` RGB or `[height, width]` grey, uint8."""


@dataclass(frozen=True)
class Fault(ABC):
    """One family of faults, as strong as its fields say; its default is no fault at all.

    Attributes:
        family: name of the family, by which it is held out from training.
        worst: value of each field at severity 1.
    """

    family: ClassVar[str]
    worst: ClassVar[Mapping[str, Any]]

    @classmethod
    def at_severity(cls, severity: float) -> Self:
        """The fault of a severity from 0, which is none, to 1, the worst that is still read.

        Raises:
            ValueError: when the severity is not between 0 and 1.
        """
        return cls(**cls.worst).scaled(severity)

    def scaled(self, severity: float) -> Self:
        """The same fault, every quantity that share of the way from no fault to this one.

        Raises:
            ValueError: when the severity is not between 0 and 1.
        """
        if not 0 <= severity <= 1:
            raise ValueError(f"Expected a severity from 0 to 1. Received {severity}.")
        return replace(self, **{field.name: _part(self, field, severity) for field in fields(self)})

    @property
    def is_present(self) -> bool:
        """Whether it does anything."""
        return self != type(self)()


def _part(fault: Fault, field: Field[Any], severity: float) -> Any:
    value = field.default + severity * (getattr(fault, field.name) - field.default)
    return round(value) if isinstance(field.default, int) else value


class SheetFault(Fault):
    """Something on the surface of the sheet."""

    @abstractmethod
    def mark(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> Pixels:
        """The sheet with the fault on it.

        Args:
            pixels: the sheet, seen straight from above.
            px_per_mm: its resolution.
            rng: decides everything but the strength.
        """


class ShapeFault(Fault):
    """Something that keeps the sheet from lying flat."""

    @abstractmethod
    def displacement_mm(
        self, x_mm: NDArray[np.float64], y_mm: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """How far each point of the sheet is from where it would lie.

        Args:
            x_mm: `[rows, columns]`, from the sheet's middle to the right.
            y_mm: `[rows, columns]`, from the sheet's middle downwards.
            rng: decides everything but the strength.

        Returns:
            `[rows, columns, 3]` in millimetres: to the right, downwards, towards the camera.
        """


class CameraFault(Fault):
    """Something about how the camera is held, or about its lens."""

    @abstractmethod
    def aim(
        self, camera: Camera, sheet_mm: tuple[float, float], rng: np.random.Generator
    ) -> Camera:
        """The camera with the fault.

        Args:
            camera: the camera so far.
            sheet_mm: width and height of the sheet.
            rng: decides everything but the strength.
        """


@dataclass(frozen=True)
class Scene:
    """The part of the table that the photo shows, in coarse cells.

    Attributes:
        rows: number of cells from top to bottom.
        columns: number of cells from left to right.
        cell_mm: side of a cell.
    """

    rows: int
    columns: int
    cell_mm: float

    @property
    def x(self) -> NDArray[np.float32]:
        """`[1, columns]`, from -1 at the left to 1 at the right."""
        return np.linspace(-1, 1, self.columns, dtype=np.float32)[np.newaxis, :]

    @property
    def y(self) -> NDArray[np.float32]:
        """`[rows, 1]`, from -1 at the top to 1 at the bottom."""
        return np.linspace(-1, 1, self.rows, dtype=np.float32)[:, np.newaxis]


class LightFault(Fault):
    """Light that is not the same everywhere."""

    @abstractmethod
    def light(self, scene: Scene, rng: np.random.Generator) -> NDArray[np.float32]:
        """The light on each cell of the scene, 1 being the light without the fault.

        Args:
            scene: the cells.
            rng: decides everything but the strength.

        Returns:
            `[rows, columns]`, or `[rows, columns, 3]` where the light has a colour.
        """


class PixelFault(Fault):
    """Something between the lens and the file."""

    @abstractmethod
    def expose(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> Pixels:
        """The picture with the fault; its size may change.

        Args:
            pixels: the picture.
            px_per_mm: pixels a millimetre of the sheet, at the middle of the photo.
            rng: decides everything but the strength.
        """
