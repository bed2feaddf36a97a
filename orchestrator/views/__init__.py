"""Results to text, JSON and Markdown."""
