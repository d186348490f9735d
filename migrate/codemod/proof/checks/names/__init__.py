"""Names and texts that go or come: nothing else may mean them."""
