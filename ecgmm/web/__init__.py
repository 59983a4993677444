"""The web app: upload an ECG, see its reading."""
