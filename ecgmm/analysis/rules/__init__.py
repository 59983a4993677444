"""What is worth saying about an ECG: one small rule for each clinical definition.

Every rule takes the `Evidence` and gives the findings that it supports, none for a normal
ECG. The sources that several rules share, by the names that the docstrings use:

- AHA/ACC/HRS 2017: Al-Khatib et al., guideline for management of patients with ventricular
  arrhythmias and the prevention of sudden cardiac death, Circulation 2018;138:e272.
- ACC/AHA/HRS 2018: Kusumoto et al., guideline on the evaluation and management of patients
  with bradycardia and cardiac conduction delay, Circulation 2019;140:e382.
- CinC 2015: Clifford et al., the PhysioNet/Computing in Cardiology Challenge 2015: reducing
  false arrhythmia alarms in the ICU. Its definitions are those of bedside monitors' alarms.
- ESC 2020: Hindricks et al., guidelines for the diagnosis and management of atrial
  fibrillation, Eur Heart J 2021;42:373.

Limits are inclusive where a text says "at least" or leaves it open, and times are
compared to a microsecond, so that three seconds are three seconds whatever their start.
"""
