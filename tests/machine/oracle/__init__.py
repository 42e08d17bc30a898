"""What must be true after quiet, read from the services alone: nothing here knows anything of the pipeline."""
