"""From files that people have to recordings and pictures, one file a format."""
