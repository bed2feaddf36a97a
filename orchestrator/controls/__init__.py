"""What is decided about controls, and what stands behind a decision, for people.

Pure: the organization, the findings package's values and a day go in, values come out.
"""
