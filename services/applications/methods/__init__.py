"""The RPC methods of each topic; `service.py` puts them together."""
