"""What may befall an installation, by what it befalls."""
