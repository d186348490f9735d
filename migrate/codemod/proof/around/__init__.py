"""Every file around the program, asked by its text: what names a key's module, and what reaches names without naming them."""
