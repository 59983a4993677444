"""From prepared data sets to batches on the common time grid."""
