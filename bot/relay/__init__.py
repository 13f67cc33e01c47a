"""What happens to a post between its feed and its channels."""
