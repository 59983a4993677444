"""The one time grid on which signals, pictures and predictions meet.

A strip is one row of a standard paper ECG: 250 mm at 25 mm/s. One step is one
small box of that paper: 1 mm, 40 ms, 5 samples of signal, 4 pixels of picture.
"""

SAMPLING_RATE_HZ = 125
"""Enough for a QRS complex, whose power lies below 40 Hz; five samples are a step."""
SAMPLES_PER_STEP = 5
"""A step is 40 ms, a small box of paper."""
STEP_S = SAMPLES_PER_STEP / SAMPLING_RATE_HZ
STRIP_S = 10.0
"""A row of standard paper: 250 mm at 25 mm/s."""
STRIP_STEPS = 250
"""10 s in steps of 40 ms."""
STRIP_SAMPLES = STRIP_STEPS * SAMPLES_PER_STEP

PIXELS_PER_MM = 4
"""A pen line of half a millimetre is two pixels wide."""
MM_PER_MV = 10
"""The standard gain of paper ECGs."""
PAPER_SPEED_MM_PER_S = 25
"""The standard speed of paper ECGs."""
STRIP_HEIGHT_PX = 160
"""40 mm: 4 mV."""
STRIP_WIDTH_PX = STRIP_STEPS * PIXELS_PER_MM
SHARP_WIDTH_PX = 2 * STRIP_WIDTH_PX
"""Of a strip in which a trace is followed: a flank of 20 ms is two columns at 4 px/mm."""
PIXELS_PER_MV = PIXELS_PER_MM * MM_PER_MV
PIXELS_PER_STEP = STRIP_WIDTH_PX // STRIP_STEPS


def pixels(length_mm: float) -> int:
    """Whole pixels of a length on a strip or a sheet."""
    return round(length_mm * PIXELS_PER_MM)
