"""The use case `sync`, stage by stage: the only place that orders the steps from due sources to an archive.

Nothing is imported here: what reports of a sync look like costs nobody the parsers and cleaners behind it.
"""
