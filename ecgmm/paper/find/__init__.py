"""Finding the paper in a picture: a mesh, an even grid or none, each laid flat as one sheet."""
