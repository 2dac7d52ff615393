"""The keeper's part of the API, under /api/v1/keeper."""

from services.gateway.operations import Room, only
from shared.identity import Role

WHO = only(Role.KEEPER)
room = Room("keeper", "/keeper", "目录维护", "Keeper")
