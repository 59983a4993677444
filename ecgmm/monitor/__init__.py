"""A live ECG: frames in, beats, heart rate and alarms out."""
