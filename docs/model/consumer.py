"""What a node knows of a producer (L1 to L3), and what comes behind a place in it (L4, L5)."""
from collections import namedtuple
from producer import ON

OPEN = "open"                                    # an end that nobody stated
AWAITED, UNKNOWN = "awaited", "unknown"          # asked for the latest, no answer yet; something may be missed, and nobody knows what
END, TOLD = "END", "TOLD"                        # marks of a place, see Place
LONG_AGO = -1 << 40

# mark END: everything of a generation that is over here is passed. TOLD: told as lost, of a generation that is not known to be over here: whatever
# is heard of it later is lost once more. Both keep the sequence.
Place = namedtuple("Place", "epoch seq mark", defaults=("",))
Stated = namedtuple("Stated", "epoch seq base")  # a position that an application stated; base: where it stands meanwhile
Since = namedtuple("Since", "uid time")          # ready() went on without the answer of that member


class Gen:
    """One incarnation's part of a producer's messages: first to last. last: a number, OPEN, or None while it may go on.
    heard: the highest head that was ever heard of it. event, ended: when its member was removed here, by count and by the clock.
    start: by its own clock; only a planted fault reads it."""

    def __init__(self, epoch, start, first=1):
        self.epoch, self.start, self.first, self.last, self.heard = epoch, start, first, None, 0
        self.event = self.ended = self.reason = None
        self.left = self.inlog = False

    over = property(lambda g: g.last is not None)


class Producer:
    def __init__(self, name):
        self.name, self.gens = name, []
        self.host, self.session, self.live = None, None, False      # the member that has the name; is its log copied?
        self.waits = None                                           # until when one of its name is waited for
        self.durable = self.own = False
        self.tail = self.newest = None                              # the copy's newest place; the newest that the log stated
        self.oldest, self.open = 1, True

    def gen(self, epoch):
        return next((g for g in self.gens if g.epoch == epoch), None)

    def index(self, epoch):
        return next((i for i, g in enumerate(self.gens) if g.epoch == epoch), -1)

    def add(self, g):
        self.gens.append(g)
        self.sort()

    def sort(self):
        """As they were removed here: parts that never were members here first, as their log has them; who is there last."""
        if "by start" in ON:
            return self.gens.sort(key=lambda g: g.start)
        self.gens.sort(key=lambda g: (self.live and g.inlog and g.last is None, g.event is None, g.event or 0, 0 if g.event else g.first))

    def settled(self):
        """Nobody may come who knows more."""
        return self.host is None and self.waits is None

    def events(self):
        """The last event here that concerned one of its generations."""
        return max((g.event for g in self.gens if g.event is not None), default=-1)

    def hears(self, epoch, seq):
        g = self.gen(epoch)
        if g:
            g.heard = max(g.heard, seq)

    def answered(self, m, members=()):
        """Its member says what its log is made of. What went on outside of it is over, and what it has is exact. L2."""
        here = [e for e, _, _ in m["parts"]]
        for g in self.gens:
            g.inlog = g.epoch in here
            if not g.inlog and g.last is None:
                g.last, g.reason = OPEN, "PRODUCER_RESTARTED"
        lasts = [f - 1 for _, _, f in m["parts"][1:]] + [None]
        for (e, start, first), last in zip(m["parts"], lasts):
            g = self.gen(e)
            if g is None:
                g = Gen(e, start, first)
                self.gens.append(g)
            g.inlog, g.first, g.last = True, first, last
            if last is None:
                g.event = g.ended = None
                self.hears(e, m["head"])
            elif g.event is None and e not in members:    # never a member here: it ended before this node counts
                g.event, g.ended = 0, LONG_AGO
            if last is not None:
                g.heard = max(g.heard, last)
            if "heard forgotten" in ON and last is not None:
                g.heard = last
        self.oldest, self.live, self.waits = m["oldest"], True, None
        self.sort()
        self.newest, self.tail = Place(*m["newest"]), Place(*m["sent"])

    def latest(self):
        """The newest place, as the log states it: never one of an earlier incarnation, whose end would be told."""
        g = self.gens[-1]
        return max(self.newest, Place(g.epoch, g.first - 1), key=lambda x: (self.index(x.epoch), x.seq))

    def given_up(self):
        for g in self.gens:
            if g.last is None:
                g.last, g.reason = OPEN, "PRODUCER_LOST"
        self.waits = None

    # -------------------------------------------- L4
    def next(self, place, passed, told, cached):
        """What comes behind that place: ("message", epoch, seq), ("left", epoch), "level", "wait", or ("lost", reason)."""
        unknown = ("lost", "POSITION_UNKNOWN") if self.live or self.settled() else "wait"
        if place == UNKNOWN or isinstance(place, Since):
            return unknown
        if place == AWAITED:
            return "wait"
        if isinstance(place, Stated):                # its member is asked; if there is none, what was heard counts
            if not self.settled():
                return "wait"
            g = self.gen(place.epoch)
            if g is None or place.seq > g.heard:
                return "lost", "POSITION_UNKNOWN"
            place = Place(place.epoch, place.seq)
        i = self.index(place.epoch) if place else -1
        if place and i < 0 and not (place.mark == TOLD and self.settled()):
            return unknown
        if i >= 0:
            g, rest = self.gens[i], self.gens[i + 1:]
            if place.mark == TOLD and "told passes" not in ON or place.mark == END and not g.over and "taken up" not in ON:
                return ("lost", "POSITION_UNKNOWN") if self.live or g.over and self.host is None else "wait"
            if self.gone_with_store(i) and "store believed" not in ON:
                return "lost", "POSITION_UNKNOWN"
            if place.mark == "" or "taken up" in ON and g.inlog:
                step = self.within(g, place.seq, cached)
                if step:
                    return step
        else:
            rest = [g for g in self.gens if not passed(g)]
        for g in rest:
            if told(g):
                continue
            if g is self.gens[-1] and self.live:
                return self.tip(g, g.first - 1)
            step = self.within(g, g.first - 1, cached)
            if step:
                return step
        return "level"

    def gone_with_store(self, i):
        """Has the log one before it, and lacks all of it? Then a store went back, and who has read of it has what its producer never had."""
        g = self.gens[i]
        end = g.last if isinstance(g.last, int) else 0
        return self.live and self.durable and not g.inlog and max(end, g.heard) >= g.first and any(h.inlog for h in self.gens[:i])

    def tip(self, g, seq):
        return ("message", g.epoch, seq + 1) if seq < self.tail.seq else "level"

    def within(self, g, seq, cached):
        """What comes behind that sequence of the generation, or None: everything of it is passed."""
        if g is self.gens[-1] and self.live:
            return self.tip(g, seq)
        if g.last is None or g.last == OPEN:
            if cached(g.epoch, seq + 1):
                return "message", g.epoch, seq + 1
            if g.last == OPEN:
                return None if "open end in silence" in ON else ("lost", g.reason)
            return "wait"
        if seq < g.last:
            if "left before" in ON and g.left and not cached(g.epoch, seq + 1):
                return "left", g.epoch
            return "message", g.epoch, seq + 1
        if seq > g.last or g.heard > g.last:
            return "lost", "POSITION_UNKNOWN"        # a store that went back
        return ("left", g.epoch) if g.left and g.last >= g.first else None

    # -------------------------------------------- L6
    def lead(self, place, reason):
        """Where a loss leads."""
        if self.live:
            last = self.gens[-1]
            to = self.latest() if reason == "POSITION_UNKNOWN" else Place(last.epoch, last.first - 1)
            for other in (self.tail, place):
                if isinstance(other, Place) and (self.index(other.epoch), other.seq) > (self.index(to.epoch), to.seq):
                    to = Place(other.epoch, other.seq)
            return to
        over = [g for g in self.gens if g.over]
        if isinstance(place, Place) and (not over or self.index(place.epoch) < 0 or self.index(place.epoch) > self.index(over[-1].epoch)):
            return place._replace(mark=TOLD)
        if not over:
            return Place(None, 0, TOLD)
        g = over[-1]
        seq = g.heard if g.last == OPEN else g.last
        if isinstance(place, Place) and place.epoch == g.epoch:
            seq = max(seq, place.seq)
        return Place(g.epoch, seq, END)                 # the loss says that it is over: ProducerLeft does not come any more


class Cache:
    """One for a topic: live messages go in the order in which they arrived, over all producers; but none that the foremost lacks."""

    def __init__(self, bound):
        self.bound, self.live, self.fetched = bound, {}, {}

    def get(self, name, epoch, seq):
        return self.live.get((name, epoch, seq), self.fetched.get((name, epoch, seq)))

    def put(self, name, epoch, seq, value, needed):
        self.live[name, epoch, seq] = value
        for key in list(self.live)[:max(0, len(self.live) - self.bound)]:
            if not needed(*key):
                del self.live[key]

    def fetch(self, name, epoch, seq, value):
        self.fetched[name, epoch, seq] = value
        while len(self.fetched) > self.bound + 2:
            del self.fetched[next(iter(self.fetched))]
