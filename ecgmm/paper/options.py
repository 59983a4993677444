"""What a person states of a page; it overrules what is found on it."""

from __future__ import annotations

from dataclasses import dataclass

from ecgmm.paper.layouts import LAYOUTS


@dataclass(frozen=True)
class PageOptions:
    """What is known of a page before it is read.

    Attributes:
        speed_mm_per_s: paper speed; None where the page is to say.
        gain_mm_per_mv: height of a millivolt; None where the page is to say.
        layout: which lead is where, the name of one of `layouts.LAYOUTS`; None where the page is
            to say.
    """

    speed_mm_per_s: float | None = None
    gain_mm_per_mv: float | None = None
    layout: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no page has.

        Raises:
            ValueError: for a scale that is not above 0, or an unknown layout.
        """
        for name in ("speed_mm_per_s", "gain_mm_per_mv"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"Expected {name} above 0. Received {value}.")
        if self.layout is not None and self.layout not in LAYOUTS:
            raise ValueError(
                f"Expected a layout out of {', '.join(LAYOUTS)}. Received {self.layout!r}."
            )


NOTHING_STATED = PageOptions()
