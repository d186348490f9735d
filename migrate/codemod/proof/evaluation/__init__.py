"""What each expression of a program may be: values, scopes, reaching definitions, and the fixpoint over them."""
