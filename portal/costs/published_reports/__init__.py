"""Reports that were published: kept as they were, held against what is counted now."""
