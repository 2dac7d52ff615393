"""The review at the counter: steps that belong to clerks, and what applicants ask there."""

from services.gateway.counter.api import WHO, room
from services.gateway.reviewing_api import add_recusal_requests, add_review_steps, add_site_checks, add_urging

add_review_steps(room, WHO)
add_urging(room, WHO)
add_recusal_requests(room, WHO)
add_site_checks(room, WHO)
