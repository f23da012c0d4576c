"""Cases of what comes behind a place, of where a loss leads, and of what a log's answer makes of a producer, as consumer.py and node.py decide them. Other
programs of the same rules are compared with these cases.

    python3 cases.py DIRECTORY       writes next.txt, lead.txt and heard.txt

A generation is written as: epoch before-end heard H, and of flags: log, left, gone EVENT, passed, told, has SEQUENCES (which are cached). Its end is a
number, nothing while it may go on, or lost or restarted if nobody stated it. The model numbers a log's messages over all of its generations; here each
generation begins with 1, and "before" is how many the log has in front of it (0 if it lacks it).
"""
import os
import random
import sys

from consumer import AWAITED, END, OPEN, TOLD, UNKNOWN, Gen, Place, Producer, Since, Stated
from node import Node

R = random.Random(14)
NUMBER = range(0, 9)


def producer():
    """One that could be: what its log has goes on numbering; the present generation is the last, and goes on."""
    p, count = Producer("p"), R.choice([0, 1, 1, 2, 2, 2, 3])
    p.live, p.durable = count > 0 and R.random() < .5, R.random() < .3
    p.host = 7 if p.live or R.random() < .4 else None
    p.waits = 9 if p.host is None and R.random() < .5 else None
    first = 1
    for i in range(count):
        g, present = Gen("abc"[i], i), p.live and i == count - 1
        g.inlog = present or R.random() < .5
        g.first = first if g.inlog else R.choice([1, first])
        g.last = None if present else R.choice([None, OPEN, OPEN, g.first - 1, g.first + R.choice([0, 1, 2])])
        g.reason = R.choice(["PRODUCER_LOST", "PRODUCER_RESTARTED"])
        g.heard = max(0, (g.last if isinstance(g.last, int) else g.first) + R.choice([-1, 0, 0, 1, 2]))
        g.left = isinstance(g.last, int) and R.random() < .5
        if not present and R.random() < .8 or R.random() < .05:
            g.event, g.ended = i + 1, 0
        first = g.last + 1 if g.inlog and isinstance(g.last, int) else first + R.choice([0, 2])
        p.gens.append(g)
    if p.live:
        head = p.gens[-1].heard = max(p.gens[-1].heard, p.gens[-1].first - 1)
        copied(p, head)
    return p


def copied(p, head):
    at = [R.randint(0, head), head, R.randint(max(0, head - 3), head)]
    name = lambda q: next((g.epoch for g in reversed(p.gens) if g.inlog and g.first <= q), p.gens[-1].epoch)
    p.oldest, tail, p.complete = R.choice([1, 1, R.randint(1, head + 1)]), R.choice(at), R.random() < .5
    p.tail, p.newest, p.behind = Place(name(tail), tail), Place(name(head), head), R.choice([0, 0, R.randint(0, tail), tail])


def place(p):
    g = R.choice(p.gens) if p.gens and R.random() < .9 else None
    seq = R.choice([R.choice(NUMBER), g.last if isinstance(g.last, int) else g.heard, g.first - 1, g.first]) if g else R.choice(NUMBER)
    epoch, seq = (g.epoch, max(seq, g.first - 1)) if g else ("z", seq)
    return R.choice([None, None, AWAITED, UNKNOWN, Since(7, 0), Place(None, 0, TOLD), Stated(epoch, seq, None)] + [
        Place(epoch, seq, mark) for mark in ("", "", "", "", END, END, TOLD, TOLD)])


class Reader(Node):
    """A node with one subscription, of which is given what it has passed, and what is cached."""

    def __init__(self, passed, told, cached):
        self.passed_, self.told_, self.cached, self.members, self.joined, self.cache = passed, told, cached, [], {}, self

    def get(self, name, epoch, seq):
        return (epoch, seq) in self.cached or None

    def passed(self, s, name, g):
        return g.epoch in self.passed_

    def told_apart(self, s, g):
        return g.epoch in self.told_


class Sub:
    def __init__(self, place):
        self.places, self.time = {"p": place} if place is not None else {}, None


# -------------------------------------------- how it is written
def presence(p):
    return "copied" if p.live else "asked" if p.host is not None else "awaited" if p.waits is not None else "gone"


def generation(g, flags=""):
    before = g.first - 1
    last = str(g.last - before) if isinstance(g.last, int) else "" if g.last is None else g.reason.replace("PRODUCER_", "").lower()
    return f"{g.epoch} {before if g.inlog else 0}-{last} heard {g.heard - before}" + " log" * g.inlog \
        + " left" * (g.left and isinstance(g.last, int)) + (f" gone {g.event}" if g.event is not None else "") + flags


def written(p, flags=lambda g: ""):
    copy = f" newest {p.tail.seq} head {p.newest.seq} oldest {p.oldest}" + f" behind {p.behind}" * (p.behind > 0) + " complete" * p.complete if p.live else ""
    return presence(p) + " durable" * p.durable + copy + "".join("; " + generation(g, flags(g)) for g in p.gens)


def at(place, p):
    if isinstance(place, Stated):
        return f"stated {place.epoch} {within(p, place.epoch, place.seq)}"
    if not isinstance(place, Place):
        return "none" if place is None else "unanswered" if isinstance(place, Since) else place
    return "told" if place.epoch is None else f"{place.epoch} {within(p, place.epoch, place.seq)}" + (" " + place.mark.lower() if place.mark else "")


def within(p, epoch, seq):
    g = p.gen(epoch)
    return seq - g.first + 1 if g else seq


# -------------------------------------------- cases
def next_case():
    p, passed, told, cached = producer(), set(), set(), set()
    for g in p.gens:
        passed |= {g.epoch} if R.random() < .3 and g.event is not None else set()
        told |= {g.epoch} if R.random() < .1 and g.event is not None else set()
        cached |= {(g.epoch, q) for q in range(g.first, max(g.heard, g.first) + 1) if R.random() < .4}
    where = place(p)
    reader = Reader(passed, told, cached)
    if isinstance(where, Stated) and p.live or reader.beyond(p, where):
        value = "find"
    else:
        step = reader.step(Sub(where), p)
        value = step if isinstance(step, str) else " ".join(
            [step[0], step[1]] + [str(within(p, step[1], word)) for word in step[2:3] if word is not True])

    def flags(g):
        has = [str(within(p, e, q)) for e, q in sorted(cached) if e == g.epoch]
        return " passed" * (g.epoch in passed) + " told" * (g.epoch in told) + (" has " + " ".join(has) if has else "")

    return f"{written(p, flags)} | {at(where, p)} -> {value}"


def lead_case():
    p, where, reason = producer(), None, R.choice(["POSITION_UNKNOWN", "OVERRUN", "PRODUCER_LOST"])
    where = place(p)
    return f"{written(p)} | {at(where, p)} | {reason} -> {at(p.lead(where, reason), p)}" if at(where, p) != "told" else lead_case()


def heard_case():
    p, first, parts = producer(), 1, []
    if p.live:
        return heard_case()
    for i, e in enumerate(sorted(R.sample("abcde", R.choice([1, 1, 2, 3])))):
        parts.append((e, 0, first))
        first += R.choice([0, 1, 3])
    for g in p.gens:
        shift = next((f for e, _, f in parts if e == g.epoch), g.first) - g.first
        g.first, g.heard = g.first + shift, g.heard + shift
        g.last = g.last + shift if isinstance(g.last, int) else g.last
    head = parts[-1][2] - 1 + R.choice([0, 0, 1, 2])
    before, other = written(p), Producer("p")
    for e, start, f in parts:
        other.add(Gen(e, start, f))
        other.gens[-1].inlog = True
    other.live = True
    copied(other, head)
    p.answered(dict(parts=parts, head=head, oldest=other.oldest, complete=other.complete, newest=other.newest[:2], sent=other.tail[:2]))
    stated = ", ".join(f"{e} {f - 1}" for e, _, f in parts)
    return f"{before} | {stated} | newest {other.tail.seq} head {head} oldest {other.oldest} -> " + "; ".join(generation(g) for g in p.gens)


def main():
    for kind, make, count in (("next", next_case, 1600), ("lead", lead_case, 600), ("heard", heard_case, 300)):
        cases = sorted({make() for _ in range(count)}, key=lambda line: (len(line), line))
        with open(os.path.join(sys.argv[1], kind + ".txt"), "w") as out:
            out.write("\n".join(cases) + "\n")


if __name__ == "__main__":
    main()
