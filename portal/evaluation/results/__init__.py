"""Results: handed to `scoring`, kept, shown with the working behind every number."""
