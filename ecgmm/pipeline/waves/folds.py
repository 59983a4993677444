"""Which marked records are held out together."""

FOLDS = 5


def fold_of(place: int) -> int:
    """The fold in which the record at a place of `records.load_marked_records` is held out."""
    return place % FOLDS
