"""The twelve standard leads, and how the six limb leads hang together."""

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
LIMB_LEADS = LEADS[:6]
CHEST_LEADS = LEADS[6:]

SUMS_OF_I_AND_II = {
    "I": (1.0, 0.0),
    "II": (0.0, 1.0),
    "III": (-1.0, 1.0),
    "aVR": (-0.5, -0.5),
    "aVL": (1.0, -0.5),
    "aVF": (-0.5, 1.0),
}
"""Each limb lead as a sum of I and II (Einthoven 1913; Goldberger 1942)."""

LONGEST_STILL_STEPS = 25
"""A second: a lead that says exactly 0 mV for longer was not recorded."""
