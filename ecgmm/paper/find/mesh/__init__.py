"""The mesh of a photographed grid: its crossings, place by place."""
