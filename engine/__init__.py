"""The use cases: each stage of a cycle as a plain function over clients, store and core."""
