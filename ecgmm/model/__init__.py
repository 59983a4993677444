"""The one functional model: two branches, a modality flag, one head."""
