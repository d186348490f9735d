"""The witness: accept a rewrite only where it can be shown again, from the two texts alone, that every call keeps its signer.

Nothing here knows how a rewrite is planned or made. A rewrite that is not accepted is dropped: the files stay as they were, and it is told.
"""
