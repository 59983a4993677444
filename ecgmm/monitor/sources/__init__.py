"""Where frames come from: every source is an async iterator of them."""
