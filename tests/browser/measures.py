"""What is measured on an open page: how large the things are that are pressed, how far it jumped, what it says in Chinese."""

from typing import Any

from tests.browser.visitor import Visitor

# The least side of what is pressed, in CSS pixels, by the density of the page (GB/T 37668, MIIT 2021; WCAG 2.2 for staff).
LEAST = {"public": 44, "elder": 60, "desk": 24}


def small_targets(visitor: Visitor) -> list[str]:
    """Everything that can be pressed and is smaller than the density of this page asks for."""
    density = visitor.page.evaluate(
        "document.documentElement.dataset.view || document.documentElement.dataset.density"
    )
    found: list[dict[str, Any]] = visitor.page.evaluate(_TARGETS)
    least = LEAST[density]
    return [
        f"{one['width']}x{one['height']} {one['html']}"
        for one in found
        if one["height"] < least or one["width"] < least
    ]


def shifted(visitor: Visitor) -> float:
    """How far the page jumped while it was drawn (cumulative layout shift)."""
    return float(visitor.page.evaluate(_SHIFT))


def chinese_texts(visitor: Visitor) -> list[str]:
    """What stands on the page in Chinese outside the parts that say they are Chinese."""
    return list(visitor.page.evaluate(_CHINESE))


# A link inside a sentence is as high as its line; a choice is pressed by its whole label, a task by its whole row.
_TARGETS = """() => {
    const pressed = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
    const isInSentence = one => one.tagName === 'A' && getComputedStyle(one).display === 'inline'
        && one.parentElement.textContent.trim().length > one.textContent.trim().length;
    const whole = one => {
        if (/^(radio|checkbox)$/.test(one.type || '')) return one.closest('label') || one;
        const after = getComputedStyle(one, '::after');
        return after.position === 'absolute' && after.content === '""' ? one.offsetParent : one;
    };
    return Array.from(document.querySelectorAll(pressed))
        .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest('.visually-hidden'))
        .filter(one => !one.matches('.skip, .visually-hidden') && !isInSentence(one))
        .map(one => {
            const box = whole(one).getBoundingClientRect();
            return {width: Math.round(box.width), height: Math.round(box.height), html: one.outerHTML.slice(0, 140)};
        });
}"""
_SHIFT = """() => new Promise(resolve => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => { sum += one.value; }))
        .observe({type: 'layout-shift', buffered: true});
    setTimeout(() => resolve(sum), 60);
})"""
_CHINESE = r"""() => {
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const node = walk.currentNode, said = node.parentElement.closest('[lang]').lang;
        const text = node.textContent.trim();
        if (said === 'en' && /[\u4e00-\u9fff]/.test(text) && !node.parentElement.closest('script, style')) found.push(text);
    }
    for (const one of document.querySelectorAll('[aria-label], [placeholder], [title], [alt], [data-why]'))
        for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'data-why'])
            if (/[\u4e00-\u9fff]/.test(one.getAttribute(name) || '') && one.closest('[lang]').lang === 'en')
                found.push(one.getAttribute(name));
    return found;
}"""
