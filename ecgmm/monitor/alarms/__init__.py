"""When a monitor calls for somebody."""
