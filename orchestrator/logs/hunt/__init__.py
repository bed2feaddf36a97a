"""Questions that a responder asks of all events: by whom, from where, what was read or opened.

`questions` has each question with its words and its filter, `answer` asks a lake and sums up.
Nothing here reads files or asks AWS.
"""
