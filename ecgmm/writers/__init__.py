"""From recordings and beats to the files that other programs read."""
