"""May a cluster be rewritten? Each use that speaks against it becomes a problem with its place."""
