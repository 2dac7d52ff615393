"""The design system: tokens, elements, components, icons and pictures that every page is made of, and how pages are drawn.

Plain CSS in layers without a build step, Jinja macros for the components, pictures drawn on the server.  Nothing is
fetched from another host, no script is needed to use a page, and none stands inside one.
"""
