"""The main job, told as a story to somebody who sees it for the first time.

Every step is an ordinary command, shown and run as a user would run it.
"""
