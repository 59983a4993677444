"""Reading a photographed page: grid, mesh, rows, strips."""
