"""What a rewrite must not do: one file for each kind of loss, each raising Rejected with the rule that it breaks."""
