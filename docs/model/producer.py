"""A producer's log: the latest messages of an incarnation and, with a store, of those before it (L1)."""
BATCH, PARTS = 3, 4
ON = set()                       # planted faults


class Cursor:
    """How far one node has got. least: the least place of the subscriptions that are waited for; None if it waits for nobody."""

    def __init__(self, session, sent, open_):
        self.session, self.sent, self.open, self.least, self.subs = session, sent, open_, None, ()


class Log:
    def __init__(self, uid, start, parts, items, head, waits, ring):
        self.parts = parts + [(uid, start, head + 1)]   # (epoch, start, first): fixed for the incarnation
        self.items = items                           # sequence -> (epoch, value)
        self.ring = ring
        self.waits = waits                           # overflow = backpressure
        self.head = head
        self.lowest = min(items, default=self.head + 1)
        self.published, self.cursors = -1, {}

    oldest = property(lambda log: log.lowest)
    present = property(lambda log: log.parts[-1][0])

    def full(self, cursors):
        """Does somebody lack what would be overwritten, who is waited for? cursors: with that of the own node."""
        least = min((c.least for c in cursors if c.least is not None), default=1 << 60)
        return self.waits and len(self.items) >= self.ring and self.lowest > least

    def publish(self, value, now):
        self.head += 1
        self.items[self.head] = (self.present, value)
        self.published = now
        dropped = []
        while len(self.items) > self.ring:
            dropped.append(self.lowest)
            del self.items[self.lowest]
            self.lowest += 1
        return dropped

    def last(self, epoch):
        for (e, _, _), (_, _, first) in zip(self.parts, self.parts[1:]):
            if e == epoch:
                return first - 1
        return self.head if self.present == epoch else None

    def has(self, epoch, seq):
        """Was that place ever one of this log?"""
        first = next((f for e, _, f in self.parts if e == epoch), None)
        return first is not None and first - 1 <= seq <= self.last(epoch)

    def place(self, seq):
        """The place behind that message names the incarnation that published it."""
        e = self.parts[0][0]
        for epoch, _, first in self.parts:
            if first <= seq:
                e = epoch
        return e, max(seq, self.parts[0][2] - 1)

    def stated(self):
        parts = self.parts
        if "parts shrink" in ON:
            here = {e for e, _ in self.items.values()} | {self.present}
            parts = [p for p in parts if p[0] in here]
        return dict(parts=list(parts), complete=len(self.parts) <= PARTS, oldest=self.oldest, head=self.head, newest=self.place(self.head), present=self.present)

    # -------------------------------------------- what is asked
    def register(self, src, m):
        after = m["after"]
        if after and self.has(*after):
            sent = after[1] if after[1] + 1 >= self.oldest else self.head      # P3: all of the ring is free meanwhile
        else:
            sent = self.oldest - 1 if m["begin"] else self.head
        c = self.cursors[src] = Cursor(m["session"], sent, m["open"])
        self.least(c, m)
        return dict(session=c.session, sent=self.place(sent), published=self.published, **self.stated())

    def least(self, c, m):
        """A place that is not in this log is in front of it."""
        c.least = m["least"] and max(m["least"][1] if self.last(m["least"][0]) is not None else 0, self.oldest - 1)
        c.subs = m["subs"]

    def batch(self, src):
        """What a cursor gets next, or None."""
        c = self.cursors[src]
        if c.sent + 1 < self.oldest:                  # overrun: the copy is led on, whether its window is open or not
            c.sent = self.head
            return dict(session=c.session, first=self.head + 1, items=[], tail=self.place(self.head), **self.stated())
        items = [self.items[q] for q in range(c.sent + 1, min(self.head, c.sent + BATCH) + 1)] if c.open else []
        if items:
            c.sent += len(items)
            return dict(session=c.session, first=c.sent - len(items) + 1, items=items, tail=None, **self.stated())

    def fetch(self, epoch, seq):
        items = {}
        if self.has(epoch, seq) and seq >= self.oldest:
            items = {q: self.items[q] for q in range(seq, min(self.head, seq + BATCH - 1) + 1)}
        return dict(items=items, **self.stated())
