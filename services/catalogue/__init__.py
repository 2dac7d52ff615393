"""What can be applied for, under which rules, and on which days the office works.

The catalogue owns the service items (政务服务事项) in immutable versions, the names of the organisations that
handle them, and the yearly working-day calendars. Other services learn of each publication by an event that
carries the whole version, so they go on working while this service is stopped.
"""
