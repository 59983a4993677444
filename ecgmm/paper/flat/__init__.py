"""Reading flat, upright pictures of one row: screenshots, drawn strips, clean scans."""
