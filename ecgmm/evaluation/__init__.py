"""Measuring a reading against a reference: EC57 tables, rhythm scores, uncertainty, reports."""
