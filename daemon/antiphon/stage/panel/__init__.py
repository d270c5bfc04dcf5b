"""The panel: a page in a browser that shows a performance, turns its knobs, and plays."""
