"""The grid of a flat picture: straight lines at the same distance all over."""
