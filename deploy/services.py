"""The platform's services, named in this order everywhere; each has a database and a broker account of its own."""

# The gateway runs without Nameko and is therefore not among these.
SERVICE_CLASSES = {
    "catalogue": "services.catalogue.service:CatalogueService",
    "applications": "services.applications.service:ApplicationsService",
    "documents": "services.documents.service:DocumentsService",
    "notifications": "services.notifications.service:NotificationsService",
    "audit": "services.audit.service:AuditService",
}
SERVICES = (*SERVICE_CLASSES, "gateway")


def database_of(service: str) -> str:
    """The database's name, and its login's."""
    return f"tongban_{service}"
