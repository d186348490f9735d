"""Who works on the repositories: processes of this machine, or the workers of a cluster."""
