"""The search for better training configurations; see README.md in this folder."""
