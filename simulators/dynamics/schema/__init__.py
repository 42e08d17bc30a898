"""What tables and columns there are: descriptions as data, and the catalog made of them."""
