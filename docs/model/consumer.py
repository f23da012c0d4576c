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
        self.left = self.inlog = self.unseen = False

    over = property(lambda g: g.last is not None)


class Producer:
    def __init__(self, name):
        self.name, self.gens = name, []
        self.host, self.session, self.live = None, None, False      # the member that has the name; is its log copied?
        self.waits = None                                           # until when one of its name is waited for
        self.durable = self.own = self.complete = False     # complete: the log has all generations that it ever had
        self.tail = self.newest = None                              # the copy's newest place; the newest that the log stated
        self.oldest, self.behind, self.open = 1, 0, True            # behind: everything from there to the tail was pushed here

    def gen(self, epoch):
        return next((g for g in self.gens if g.epoch == epoch), None)

    def index(self, epoch):
        return next((i for i, g in enumerate(self.gens) if g.epoch == epoch), -1)

    def add(self, g):
        self.gens.append(g)
        self.sort()

    def sort(self):
        """As they were removed here, and those in the log in its order, whatever the clocks say; who is there last. Parts that never were members here come
        first, or behind the part in front of them."""
        if "by start" in ON:
            return self.gens.sort(key=lambda g: g.start)
        events, latest = {}, (0, LONG_AGO)
        for g in sorted((g for g in self.gens if g.inlog and g.event is not None), key=lambda g: g.first):
            if g.unseen and g.event < latest[0]:
                g.event, g.ended = latest
            latest = max(latest, (g.event, g.ended), key=lambda one: one[0])
            events[g.epoch] = latest[0]
        self.gens.sort(key=lambda g: (self.live and g.inlog and g.last is None, g.event is None, events.get(g.epoch, g.event or 0),
                                      g.first if g.inlog or not g.event else 0))

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
                g.event, g.ended, g.unseen = None, None, False
                self.hears(e, m["head"])
            elif g.event is None and e not in members:    # never a member here: it ended before this node counts
                g.event, g.ended, g.unseen = 0, LONG_AGO, True
            if last is not None:
                g.heard = max(g.heard, last)
            if "heard forgotten" in ON and last is not None:
                g.heard = last
        self.oldest, self.live, self.waits, self.complete = m["oldest"], True, None, m["complete"]
        self.sort()
        self.newest, self.tail, self.behind = Place(*m["newest"]), Place(*m["sent"]), m["sent"][1]

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
            if self.gone_with_store(i, place) and "store believed" not in ON:
                return "lost", "PRODUCER_LOST"
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

    def gone_with_store(self, i, place):
        """Has the log less of it than was read, or told? Then a store went back. That it lacks all of it counts if it has one before it, or all of them."""
        g = self.gens[i]
        end = g.last if isinstance(g.last, int) else 0
        if not self.live or not self.durable:
            return False
        if g.inlog:
            return isinstance(g.last, int) and place.seq > g.last
        return max(end, g.heard) >= g.first and (self.complete or any(h.inlog for h in self.gens[:i]))

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
            return "lost", "PRODUCER_LOST"           # a store that went back
        return ("left", g.epoch) if g.left and g.last >= g.first else None

    # -------------------------------------------- L6
    def lead(self, place, reason):
        """Where a loss leads."""
        if self.live:
            last, its = self.gens[-1], isinstance(place, Place) and place.mark == "" and self.gen(place.epoch)
            if reason == "OVERRUN" and its and its.inlog and isinstance(its.last, int) and place.seq + 1 < self.oldest <= its.last + 1:
                return Place(its.epoch, self.oldest - 1 + (its.last + 1 - self.oldest) // 2)    # to an earlier generation nothing is added
            to = self.latest() if reason == "POSITION_UNKNOWN" else Place(last.epoch, last.first - 1)
            inside = reason == "OVERRUN" and isinstance(place, Place) and place.epoch == last.epoch
            whole = reason != "POSITION_UNKNOWN" and not inside and self.oldest <= last.first
            tail = self.tail
            if reason == "OVERRUN" and not whole and not (inside and place.seq + 1 >= self.oldest):
                tail = Place(last.epoch, max(self.behind, self.oldest - 1))     # what was pushed here, and what the log still has
            for other in (place,) if whole else (tail, place):
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
