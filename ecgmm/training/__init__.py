"""Training: configuration, validation on unseen patients, the fit."""
