"""The opening of prices, and what is known without them."""
