"""From probabilities to beats, findings and the report."""
