"""What the planner must know before a test holds it to a plan."""


def al_dia(cursor):
    """Counts again what every table holds, and forgets the plans that this session made for emptier ones.

    A plan joins catalogues too, and checking the references of many rows keeps the plan of its first check.
    """
    cursor.execute("analyze")
    cursor.execute("discard plans")
