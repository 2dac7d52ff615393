"""The replies about a case, made from the fold and from what the store keeps beside it; nothing here reads or decides."""
