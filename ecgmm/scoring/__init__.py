"""Pure sums: how well beats, rhythms and probabilities agree with a reference. Imports no model."""
