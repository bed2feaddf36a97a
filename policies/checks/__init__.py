"""The organization's own checkov checks. checkov loads every file of this folder."""
