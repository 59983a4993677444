"""The one time grid on which signals, pictures and predictions meet.

A strip is one row of a standard paper ECG: 250 mm at 25 mm/s. One step is one
small box of that paper: 1 mm, 40 ms, 5 samples of signal, 4 pixels of picture.
"""

SAMPLING_RATE_HZ = 125
SAMPLES_PER_STEP = 5
STEP_S = SAMPLES_PER_STEP / SAMPLING_RATE_HZ
STRIP_S = 10.0
STRIP_STEPS = 250
STRIP_SAMPLES = STRIP_STEPS * SAMPLES_PER_STEP

PIXELS_PER_MM = 4
MM_PER_MV = 10
PAPER_SPEED_MM_PER_S = 25
STRIP_HEIGHT_PX = 160
STRIP_WIDTH_PX = STRIP_STEPS * PIXELS_PER_MM
PIXELS_PER_MV = PIXELS_PER_MM * MM_PER_MV
PIXELS_PER_STEP = STRIP_WIDTH_PX // STRIP_STEPS
