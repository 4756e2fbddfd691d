"""What the administration of every app is made of: its site, pages, lists by place, acts and history."""
