"""The app's addresses, a file for each kind."""
