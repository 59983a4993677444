"""Live streams in the web app: who sends, who watches, and what they are told."""
