"""A node: members, live copies, subscriptions, tokens (L1, L3, L5 to L9)."""
from producer import ON, Cursor, Log
from consumer import AWAITED, END, LONG_AGO, OPEN, TOLD, UNKNOWN, Cache, Gen, Place, Producer, Since, Stated

READY, JITTER, FORGET = 25, 6, 150
MARGIN = 2 * JITTER
FAULTS = {
    "open end in silence": "an end that nobody stated is passed without a word",
    "time of taking": "a token has the time when it was taken, though its node has not heard of everything",
    "end not passed": "a token's time is beyond an end that its subscription has not passed",
    "unlisted at the tail": "a member that a token should have listed is read from its newest, without a word",
    "moved before told": "a place moves when a loss is found, not when the reload has succeeded",
    "given before told": "messages are given, though a loss that was found concerns an earlier incarnation, by its address",
    "window of the slowest": "the window follows the slowest subscription",
    "one place in an Ack": "an Ack states the newest place for both",
    "led to the oldest": "a loss says that it ends at the newest, and its place moves to the ring's oldest",
    "taken up": "a generation told as lost is given when its log returns",
    "heard forgotten": "a generation forgets what was heard of it, if its log states less",
    "told passes": "a place that was told as lost goes on in silence",
    "not folded": "a generation told by its address is given when its name is known",
    "parts shrink": "a log states only the parts that it has messages of",
    "awaited stays": "ready() goes on without a member, whose answer then counts as the latest",
    "horizon ignored": "a token from before the history's horizon counts as covered",
    "split ignored": "a token that lists as a member what ended here long before counts as covered",
    "end of another half": "what a node has told as lost that was cut off counts as over where it lived on",
    "left twice": "a place does not say that ProducerLeft was given",
    "left before": "ProducerLeft is given though messages are missing in front of it",
    "stated believed": "a position that an application states is a place without asking",
    "goes back": "a loss leads to the newest that is over, though the place is of a later generation",
    "store believed": "a place in what a store has lost altogether is believed",
    "oldest of before": "what an earlier log stated as its oldest stays",
    "passed unlisted": "a token of an earlier time than the one that was resumed lists only what has a place",
    "by start": "generations are ordered by when they started, each by its own clock",
    "general when reloaded": "a general gap leads to what is the newest when the reload has succeeded",
    "told when reloaded": "a loss of what nobody here has heard of covers what was removed during its reload, too",
    "margin forgotten": "a token's time is compared without the margin between clocks",
}


def margin():
    return 0 if "margin forgotten" in ON else MARGIN


class Subscription:
    def __init__(self, sid, home, event, time, value):
        self.sid, self.home, self.event, self.time = sid, home, event, time    # time: the token's, None for one that was opened here
        self.value = value                   # for the oracle: what was published by then
        self.places, self.told = {}, {}      # name -> place; name -> event up to which all that is known here was told
        self.reload = None                   # {name: (reason, where it leads, the producer's last event here)}
        self.general = None                  # {name: where a general gap leads}
        self.found = None                    # for the oracle: what was published, and when it was, when the reload began
        self.ready, self.opened, self.paused = False, home.w.now, False
        self.out, self.latest_time = [], LONG_AGO


class Node:
    def __init__(self, world, uid, start, name, store, waits):
        self.w, self.uid, self.start, self.name, self.store = world, uid, start, name, store
        self.members, self.names, self.joined, self.queue = [], {}, {}, []
        self.producers, self.subs, self.fetching, self.cache = {}, [], {}, Cache(world.cache)
        self.frozen, self.left_behind = 0, False
        self.truly = {}                                      # for the oracle: the highest head that it was ever told, by incarnation
        self.pinged = None                                  # when it heard of another member last
        self.by_token = {}                                  # names that tokens give to members that have not said theirs
        self.session, self.up, self.event, self.horizon, self.half = 0, False, 0, LONG_AGO, 0
        parts, items, head = ([], {}, 0) if store is None else (store["parts"], dict(store["items"]), store["head"])
        self.log = Log(uid, start, parts, items, head, waits, world.ring)
        if store is not None:
            store["parts"] = list(self.log.parts)

    def send(self, to, kind, **m):
        self.w.send(self.uid, to, kind, m)

    # -------------------------------------------- members (L3)
    def see(self, kind, uid, farewell, time, name=None):
        if kind == "up":
            self.members.append(uid)
            self.joined[uid] = time
            if uid != self.uid and self.pinged is None:
                self.pinged = time
            if uid == self.uid:
                self.up = True
                self.names[uid] = self.name
                p = self.producer(self.name)
                p.host, p.own = uid, True
                self.settle(p, dict(sent=self.log.place(self.log.head), published=self.log.published, **self.log.stated()))
            return
        if uid in self.members:
            self.members.remove(uid)
            self.log.cursors.pop(uid, None)
        self.event += 1
        name = self.names.pop(uid, None) or name or (farewell and farewell["name"]) or self.by_token.get(uid) or f"@{uid}"
        p = self.producer(name)
        if not name.startswith("@"):
            self.fold(uid, p)
        g = p.gen(uid)
        if g is None:
            g = Gen(uid, self.w.stated[uid] if not name.startswith("@") else self.event, farewell["first"] if farewell else 1)
            p.add(g)
        g.event, g.ended, g.unseen = self.event, time, False
        p.sort()
        if farewell:
            self.truly[uid] = max(self.truly.get(uid, 0), farewell["head"])
            g.last, g.reason, g.left = farewell["head"], "PRODUCER_LOST", True
            g.heard = max(g.heard, g.last)
            p.durable = p.durable or farewell["durable"]
        if p.host in (uid, None):
            p.host, p.live = None, False
            p.waits = self.w.now + self.w.wait if p.durable or any(g.last is None for g in p.gens) else None
        if name.startswith("@"):
            p.given_up()

    def producer(self, name):
        return self.producers.setdefault(name, Producer(name))

    def on_hello(self, src, m):
        if src in self.members and src not in self.names and not any(
                n == m["name"] and u in self.members for u, n in self.names.items()):
            self.names[src] = m["name"]
            self.fold(src, self.producer(m["name"]))

    def fold(self, uid, p):
        """What goes by an address has a name now. What was told as lost under the address stays told: its place is kept (see told_apart)."""
        q = self.producers.pop(f"@{uid}", None)
        for g in q.gens if q else ():
            if p.gen(g.epoch) is None:
                g.start = self.w.stated[g.epoch]
                p.add(g)
        for s in self.subs:
            self.fold_place(s, uid, p)

    def fold_place(self, s, uid, p):
        place = s.places.get(f"@{uid}")
        if place is not None and (not isinstance(place, Place) or place.mark != END):
            del s.places[f"@{uid}"]
            s.places.setdefault(p.name, UNKNOWN if isinstance(place, Place) else place)

    def told_apart(self, s, g):
        """Was that generation told as lost under its address?"""
        place = s.places.get(f"@{g.epoch}")
        return isinstance(place, Place) and place.mark == END and "not folded" not in ON

    # -------------------------------------------- live copies (L1)
    def tick(self):
        for uid in self.members:
            if uid != self.uid and self.w.r.random() < self.w.shy:
                self.send(uid, "hello", name=self.name)
        for uid, name in list(self.names.items()):
            if uid != self.uid and uid in self.members:
                p = self.producer(name)
                if p.host != uid:
                    p.host, p.live, p.own = uid, False, False
                p.open = self.is_open(p)
                if not p.live or any(s.places.get(p.name) == AWAITED for s in self.subs):
                    self.register(p)
                else:
                    self.send(uid, "ack", session=p.session, came=p.tail.seq, open=p.open, **self.least(p))
                if p.live:
                    for s in self.subs:
                        place = s.places.get(p.name)
                        if isinstance(place, Stated) or self.beyond(p, place):
                            self.send(uid, "find", place=(place.epoch, place.seq))
        for p in list(self.producers.values()):
            if p.host is None and p.waits is not None and self.w.now > p.waits:
                p.given_up()
            if p.settled():
                self.nobody(p)
        for s in self.subs:
            self.ready(s)
            self.read(s)
        self.forget()

    def nobody(self, p):
        """Nobody of its name is there any more who could answer."""
        for s in self.subs:
            place = s.places.get(p.name)
            if place == AWAITED and not s.ready:
                del s.places[p.name]
                s.told[p.name] = p.events()

    def ready(self, s):
        waiting = [n for n, p in s.places.items() if p == AWAITED or isinstance(p, Stated)]
        if s.ready or waiting and self.w.now - s.opened < READY:
            return
        s.ready = True
        s.out.append(("ready", self.w.value))
        for n in waiting:
            if s.places[n] == AWAITED and "awaited stays" not in ON:
                p = self.producers.get(n)
                if p and not p.host and p.waits is not None:  # it was removed: whatever it published was before
                    del s.places[n]
                    s.told[n] = p.events()
                    continue
                s.places[n] = Since(p.host, self.w.clock(self)) if p and p.host else UNKNOWN

    def is_open(self, p):
        at = [self.seq(s, p) for s in self.subs if not s.reload] if p.live else []
        lacks = sorted(p.tail.seq - q for q in at if q is not None)
        if not lacks:
            return True
        return lacks[-1 if "window of the slowest" in ON else 0] <= max(1, self.w.cache // 2 // max(1, len(self.producers)))

    def seq(self, s, p, place=None):
        """How far a subscription is, in the sequences of the copy's log; None if nobody can say."""
        step = self.next(s, p, place or s.places.get(p.name), lambda e, q: False)
        if step[0] == "message":
            return step[2] - 1 if p.gen(step[1]).inlog else p.gens[-1].first - 1 if p.live else None
        return p.tail.seq if step == "level" and p.tail else None

    def next(self, s, p, place, cached):
        return p.next(place, lambda g: self.passed(s, p.name, g), lambda g: self.told_apart(s, g), cached)

    def least(self, p):
        """The least place of the subscriptions that are waited for."""
        at = []
        for s in self.subs:
            seq = None if s.general is not None else self.seq(s, p, s.reload[p.name][1] if s.reload and p.name in s.reload else None)
            if seq is not None and p.tail:
                at.append((p.tail.seq if "one place in an Ack" in ON else seq, s.sid))
        return dict(least=(p.gens[-1].epoch if p.live else p.tail.epoch, min(at)[0]) if at else None, subs=tuple(sid for _, sid in at))

    def own_cursor(self):
        """How far the own node's subscriptions are, who are waited for like others; None once they were left behind, until they have caught up."""
        p = self.producers.get(self.name)
        if not p or not p.own:
            return None
        self.refresh()
        own = Cursor(0, self.log.head, True)
        self.log.least(own, self.least(p))
        self.left_behind &= own.least is not None and own.least < self.log.lowest
        return None if self.left_behind else own

    def register(self, p):
        self.session += 1
        p.session, p.live = self.session, False
        new = self.joined[p.host] > self.joined.get(self.uid, 1 << 40)
        listed = any(isinstance(s.places.get(p.name), (Place, Stated)) for s in self.subs)
        after = p.tail and (p.tail.epoch, p.tail.seq)
        self.send(p.host, "register", session=p.session, after=after, begin=new or listed or bool(p.gens), open=p.open, **self.least(p))

    def on_register(self, src, m):
        if self.up and src in self.members:
            self.send(src, "registered", **self.log.register(src, m))
            self.push(src)

    def on_registered(self, src, m):
        p = self.producers.get(self.names.get(src))
        if p and p.host == src and p.session == m["session"]:
            self.settle(p, m)

    def settle(self, p, m):
        for epoch, _, _ in m["parts"]:
            if epoch != m["present"]:
                self.fold(epoch, p)
        before = p.oldest
        self.truly[m["present"]] = max(self.truly.get(m["present"], 0), m["head"])
        p.durable = p.durable or len(m["parts"]) > 1 or m.get("durable", False)
        p.answered(m, self.members)
        if "oldest of before" in ON:
            p.oldest = max(before, p.oldest)
        for s in self.subs:
            place = s.places.get(p.name)
            if place == AWAITED or isinstance(place, Since) and place.uid == p.host and m["published"] < place.time - margin():
                s.places[p.name] = p.latest()
            elif isinstance(place, Since):
                s.places[p.name] = UNKNOWN
            self.read(s)

    def push(self, to):
        m = self.log.batch(to)
        if m:
            self.send(to, "batch", **m)

    def on_batch(self, src, m):
        p = self.producers.get(self.names.get(src))
        if p is None or p.host != src or not p.live or p.session != m["session"]:
            return
        self.heard(p, m)
        if m["tail"]:
            p.tail, p.behind = Place(*m["tail"]), m["tail"][1]
        elif m["first"] != p.tail.seq + 1:
            return self.register(p)
        for i, (epoch, value) in enumerate(m["items"]):
            p.tail = Place(epoch, m["first"] + i)
            self.cache.put(p.name, epoch, p.tail.seq, value, self.needed)
        for s in self.subs:
            self.read(s)

    def heard(self, p, m):
        p.oldest = max(p.oldest, m["oldest"])
        p.newest = Place(*m["newest"])
        p.hears(m["present"], m["head"])
        self.truly[m["present"]] = max(self.truly.get(m["present"], 0), m["head"])

    def needed(self, name, epoch, seq):
        """Has the foremost not read it? Or, if nobody can be asked for it: has somebody not?"""
        p = self.producers.get(name)
        if p is None or not p.gen(epoch):
            return False
        lacks = [self.lacks(s, p, epoch, seq) for s in self.subs]
        asked = p.live and p.gen(epoch).inlog
        return bool(lacks) and (all(lacks) if asked else any(lacks))

    def lacks(self, s, p, epoch, seq):
        place = s.places.get(p.name)
        if place is None:
            return not self.passed(s, p.name, p.gen(epoch))
        return isinstance(place, Place) and (p.index(place.epoch), place.seq) < (p.index(epoch), seq) and not (place.mark and place.epoch == epoch)

    def on_ack(self, src, m):
        c = self.log.cursors.get(src)
        if c is None or c.session != m["session"] or m["came"] < c.sent and self.w.r.random() < .5:
            self.send(src, "expired", session=m["session"])
        else:
            c.open = m["open"]
            self.log.least(c, m)
            self.push(src)
            self.send(src, "heartbeat", session=c.session, sent=c.sent, **self.log.stated())

    def on_heartbeat(self, src, m):
        p = self.producers.get(self.names.get(src))
        if p and p.host == src and p.live and p.session == m["session"]:
            self.heard(p, m)
            if p.tail.seq != m["sent"]:
                self.register(p)

    def on_expired(self, src, m):
        p = self.producers.get(self.names.get(src))
        if p and p.host == src and p.session == m["session"] and p.live:
            self.register(p)

    def on_find(self, src, m):
        if self.up:
            self.send(src, "found", place=m["place"], has=self.log.has(*m["place"]), **self.log.stated())

    def on_found(self, src, m):
        p = self.producers.get(self.names.get(src))
        if p is None or p.host != src or not p.live or p.gens[-1].epoch != m["present"]:
            return
        self.heard(p, m)
        for s in self.subs:
            place = s.places.get(p.name)
            if self.beyond(p, place) and not m["has"] and (place.epoch, place.seq) == m["place"]:
                s.places[p.name] = UNKNOWN
            elif isinstance(place, Stated) and (place.epoch, place.seq) == m["place"]:
                s.places[p.name] = self.found(p, place, m["has"])
                self.read(s)

    def beyond(self, p, place):
        """Was it told as lost, further than anything that was heard here? The log is asked whether it ever was there."""
        return isinstance(place, Place) and place.mark == TOLD and p.live and p.gen(place.epoch) is not None and place.seq > p.gen(place.epoch).heard

    def found(self, p, stated, has):
        """Where a stated position leads. What never was is lost, and a token keeps where the subscription stood."""
        if has:
            return self.later(p, Place(stated.epoch, stated.seq), stated.base)
        return stated.base._replace(mark=TOLD) if stated.base else UNKNOWN

    def later(self, p, a, b):
        return max((x for x in (a, b) if x), key=lambda x: (p.index(x.epoch), x.seq))

    # -------------------------------------------- what a subscription lacks (L5)
    def on_fetch(self, src, m):
        if self.up:
            self.send(src, "fetched", **self.log.fetch(*m["message"]))

    def on_fetched(self, src, m):
        p = self.producers.get(self.names.get(src))
        if p is None or p.host != src or not p.live:
            return
        self.fetching.pop(p.name, None)
        self.heard(p, m)
        for q, (epoch, value) in m["items"].items():
            self.cache.fetch(p.name, epoch, q, value)
        for s in self.subs:
            self.read(s)

    def passed(self, s, name, g):
        """Was that generation over before the subscription began, or told?"""
        if g.event is None:
            return False
        if g.event <= s.told.get(name, -1):
            return True
        return g.event <= s.event if s.time is None else g.ended <= s.time - margin()

    def step(self, s, p):
        """("give", epoch, seq, value), ("left", epoch), ("lost", reason), ("fetch", epoch, seq), or "wait" or "level"."""
        if p.own:
            get = lambda e, q: (v := self.log.items.get(q)) and v[0] == e and v[1] or self.cache.get(p.name, e, q)
        else:
            get = lambda e, q: self.cache.get(p.name, e, q)
        place = s.places.get(p.name)
        if p.name[0] == "@" and int(p.name[1:]) in self.members:
            return "wait"                               # until it says its name
        if p.own and isinstance(place, Stated):
            place = s.places[p.name] = self.found(p, place, self.log.has(place.epoch, place.seq))
        if place is None and p.host is not None and s.time is not None and p.host in self.joined and self.joined[p.host] <= s.time - MARGIN:
            if "unlisted at the tail" in ON and p.live:
                s.places[p.name] = p.tail
            else:
                s.places[p.name] = UNKNOWN
            place = s.places[p.name]
        if self.beyond(p, place):
            if not p.own:
                return "wait"
            place = s.places[p.name] = UNKNOWN
        step = self.next(s, p, place, lambda e, q: get(e, q) is not None)
        if step[0] != "message":
            return self.lost(p, step) if step[0] == "lost" else step
        _, epoch, seq = step
        value = get(epoch, seq)
        if value is not None:
            return "give", epoch, seq, value
        g = p.gen(epoch)
        if p.live and g.inlog:
            return ("fetch", epoch, seq) if seq >= p.oldest else self.lost(p, ("lost", "OVERRUN"))
        if p.live or p.settled() or p.host is None and g.last not in (None, OPEN) and not p.durable:
            return "lost", "PRODUCER_LOST"
        return "wait"

    def lost(self, p, step):
        """A copy that is itself behind the log's oldest is led on first."""
        return "wait" if p.live and not p.own and p.tail.seq + 1 < p.oldest else step

    def wait_for(self, name, epoch):
        """Somebody states a place of a generation that is not known here: one of its name may come who knows it."""
        p = self.producer(name)
        if p.host is None and p.gen(epoch) is None:
            p.waits = self.w.now + self.w.wait

    def refresh(self):
        """The own log is its own copy."""
        p = self.producers.get(self.name)
        if p and p.own:
            p.tail = p.newest = Place(*self.log.place(self.log.head))
            p.oldest = self.log.oldest
            p.hears(self.uid, self.log.head)

    def read(self, s):
        self.refresh()
        if s.reload or s.paused or s.home is not self or s.general is not None:
            return
        lost = {}
        for looking in (True, False):
            if lost and "given before told" not in ON:
                break                                   # all that is lost already is told before anything is given
            for p in sorted(self.producers.values(), key=lambda p: p.name):
                rounds = 0
                while p.name not in lost:
                    rounds += 1
                    assert rounds < 1000, "goes round and round"
                    step = self.step(s, p)
                    if step[0] == "lost":
                        place = s.places.get(p.name)
                        if isinstance(place, Stated):     # of one that is not known here nobody can say how far it came
                            place = place.base if p.gen(place.epoch) else Place(place.epoch, place.seq)
                        to = p.lead(place, step[1])
                        if "goes back" in ON and to.mark == TOLD and any(g.over for g in p.gens):
                            g = [g for g in p.gens if g.over][-1]
                            to = Place(g.epoch, g.heard, END)
                        lost[p.name] = (step[1], to, p.events())
                        self.w.needless(self, s, p, step[1])
                        if "moved before told" in ON:
                            s.places[p.name] = to
                    elif not looking and step[0] == "give":
                        s.places[p.name] = Place(step[1], step[2])
                        s.out.append(("message", p.name) + step[1:])
                        continue
                    elif not looking and step[0] == "left":
                        place = s.places.get(p.name)
                        g = p.gen(step[1])
                        s.places[p.name] = Place(g.epoch, g.last, END)
                        s.out.append(("left", p.name, g.epoch))
                        continue
                    elif not looking and step[0] == "fetch" and self.fetching.get(p.name, -9) + 3 < self.w.now:
                        self.fetching[p.name] = self.w.now
                        self.send(p.host, "fetch", message=step[1:])
                    break
        if lost:
            s.reload, s.found = lost, (self.w.value, self.w.now)

    def reloaded(self, s, upto):
        """upto: {name: (epoch, seq)} that the source says it reflects."""
        self.refresh()
        if s.general is not None:
            lead, s.general = s.general if "general when reloaded" not in ON else self.everything(s), None
            s.out.append(("general", s.found[0]))
            s.places.update(lead)
            for name in [n for n in lead if n[0] == "@"]:    # folded meanwhile
                known = next((p for p in self.producers.values() if p.name != name and (p.gen(int(name[1:])) or p.host == int(name[1:]))), None)
                if known:
                    self.fold_place(s, int(name[1:]), known)
            return self.read(s)
        lost, s.reload = s.reload, None
        s.out.append(("lost", {n: (s.places.get(n), r, to) for n, (r, to, _) in lost.items()}, *s.found, self.half > 0))
        for name, (_, to, events) in lost.items():
            p = self.producers.get(name)
            if p is None:                               # folded meanwhile
                s.places[name] = to
                uid = int(name[1:])
                known = next((p for p in self.producers.values() if p.gen(uid) or p.host == uid), None)
                if known:
                    self.fold_place(s, uid, known)
                continue
            if "led to the oldest" in ON and p.live:
                to = Place(to.epoch, min(to.seq, max(p.oldest - 1, p.gens[-1].first - 1)))
            s.places[name] = to
            if to.mark == TOLD and not p.gen(to.epoch):
                s.told[name] = p.events() if "told when reloaded" in ON else events
            stated = upto.get(name)
            if stated and to.mark == "":
                g = p.gen(stated[0])
                if g and p.live and g.inlog and stated[1] <= (g.heard if g.last is None else g.last) or g and "stated believed" in ON:
                    s.places[name] = self.later(p, Place(*stated), to)
                elif p.live:
                    s.places[name] = Stated(*stated, to)
        self.read(s)

    def everything(self, s):
        """Where a general gap leads: nowhere in a log that has what comes there; else to what is the newest when it is told. What is published during
        the reload is behind that."""
        self.refresh()
        lead = {}
        for uid in self.members:
            p = self.producers.get(self.names.get(uid) or self.by_token.get(uid))
            place = p and s.places.get(p.name)
            known = isinstance(place, Place) and place.mark == ""
            if p and p.live and known and self.step(s, p)[0] != "lost":
                lead[p.name] = place
            elif p and p.live:
                lead[p.name] = place if self.beyond(p, place) else p.lead(place, "POSITION_UNKNOWN")
            elif p and p.gen(uid) and p.gen(uid).last is None:   # it is asked again: as far as it was heard of
                g = p.gen(uid)
                lead[p.name] = place if known and place.epoch == uid else Place(uid, max(g.first - 1, g.heard))
            else:
                lead[p.name if p else f"@{uid}"] = place._replace(mark=TOLD) if isinstance(place, Place) else UNKNOWN
        s.told, s.event, s.time = {n: self.event for n in self.producers}, self.event, None
        return lead

    # -------------------------------------------- tokens (L8)
    def unlist(self, s, p, time):
        """May a token leave that name out?"""
        return p.host is None and p.gens and all(
            g.ended is not None and g.ended < time - 2 * MARGIN for g in p.gens) and self.step(s, p) == "level"

    def token(self, s):
        time = min([self.w.clock(self) if self.pinged is None else self.pinged] + [q[3] - JITTER for q in self.queue])
        if "time of taking" in ON:
            time = self.w.clock(self)
        back = [time]
        for p in self.producers.values():
            place = s.places.get(p.name)
            i = p.index(place.epoch) if isinstance(place, Place) else -1
            for g in p.gens[i + 1:]:
                if g.ended is not None and not self.passed(s, p.name, g) and not self.told_apart(s, g) and "end not passed" not in ON:
                    back.append(g.ended - 1)
        places = {}
        for n, v in s.places.items():
            places[n] = UNKNOWN if v == AWAITED or isinstance(v, Since) else v
            if "left twice" in ON and isinstance(v, Place) and v.mark == END:
                places[n] = v._replace(mark="")
        front = []
        for uid in self.members:
            name = self.names.get(uid)
            if (name or f"@{uid}") not in places:
                p = self.producers.get(name)
                if p and p.live and not self.passed_member(s, uid) and self.is_in_front(s, p):
                    front.append((self.joined[uid], p))
                    continue
                if name is None or self.passed_member(s, uid):
                    places[name or f"@{uid}"] = UNKNOWN
                back.append(self.joined[uid] - 1)
        for joined, p in sorted(front, key=lambda one: (one[0], one[1].name)):
            if joined + MARGIN <= min(back):                # what ended before it came is passed
                places[p.name] = Place(p.gens[-1].epoch, p.gens[-1].first - 1)
            else:
                back.append(joined - 1)
        for n in list(places):
            p = self.producers.get(n)
            if p is None and n[0] != "@":
                continue
            if p is None:                                # told under an address, whose name is known by now
                g = next((g for p in self.producers.values() for g in p.gens if n == f"@{g.epoch}"), None)
                if g is None or g.ended is not None and g.ended < min(back) - 2 * MARGIN:
                    del places[n]
            elif self.unlist(s, p, min(back)):
                del places[n]
        for p in self.producers.values():                # passed without a place: the token that was resumed had a later time
            late = [g for g in p.gens if self.passed(s, p.name, g) and g.ended >= min(back) - 2 * MARGIN]
            if late and p.name not in s.places and p.name[0] != "@" and "passed unlisted" not in ON:
                g = late[-1]
                places[p.name] = Place(g.epoch, g.last if isinstance(g.last, int) else g.heard, END)
        if s.general is not None:
            return dict(value=self.w.value, sub=s, home=self.uid, places=dict(s.places), time=LONG_AGO, open={})
        host = {p.name: p.host for p in self.producers.values() if p.host is not None}
        return dict(value=self.w.value, sub=s, home=self.uid, places=places, time=min(back), open={n: host[n] for n in places if n in host})

    def is_in_front(self, s, p):
        """Does the subscription, which has no place there, read the present generation from its beginning?"""
        step = self.next(s, p, None, lambda e, q: False)
        return step == "level" or step[0] == "message" and step[1] == p.gens[-1].epoch

    def passed_member(self, s, uid):
        return s.time is not None and self.joined[uid] <= s.time - MARGIN

    def resume(self, s, token):
        s.out.append(("resumed", s.latest_time > token["time"] or token["time"] < 0, token["value"]))
        s.latest_time = max(s.latest_time, token["time"])
        s.home, s.reload, s.general, s.ready, s.opened = self, None, None, True, self.w.now
        s.event, s.time, s.told, s.paused = self.event, token["time"], {}, False
        gens = {g.epoch: g for p in self.producers.values() for g in p.gens}
        late = [u for u in token["open"].values() if u in gens and gens[u].ended is not None and gens[u].ended < s.time - MARGIN]
        s.places = {}
        for name, place in token["places"].items():
            for uid in {token["open"].get(name), place.epoch if isinstance(place, Place) else None} - {None}:
                if name[0] != "@":
                    self.by_token[uid] = name
                    if f"@{uid}" in self.producers:
                        self.fold(uid, self.producer(name))
        # Neither here nor remembered: it went before the horizon. One that is to come yet is waited for (here: looked up).
        late += [u for u in token["open"].values() if u not in gens and u not in self.members and all(q[1] != u for q in self.queue)]
        if self.horizon + MARGIN > s.time and "horizon ignored" not in ON or late and "split ignored" not in ON:
            s.places = {n: p for n, p in token["places"].items() if isinstance(p, Place) and n[0] != "@"}
            s.general, s.found = self.everything(s), (self.w.value, self.w.now)
        else:
            trusted = token["home"] in self.members or token["home"] in gens and gens[token["home"]].left
            for name, place in token["places"].items():
                if isinstance(place, Place) and place.mark == END and "end of another half" not in ON:
                    over = gens[place.epoch].event is not None if place.epoch in gens else place.epoch not in self.members
                    if not (trusted and over):            # the taker may have been cut off from who is here
                        place = place._replace(mark=TOLD)
                        s.out.append(("resumed", True, token["value"]))
                s.places[name] = place
                if name.startswith("@"):
                    uid = int(name[1:])
                    known = self.names.get(uid) or next((p.name for p in self.producers.values() if p.name != name and p.gen(uid)), None)
                    if known:
                        self.fold_place(s, uid, self.producer(known))
                        continue
                p = self.producer(name)
                if p.host is None and not name.startswith("@") and (not p.gens or isinstance(place, Place) and place.epoch and not p.gen(place.epoch)):
                    p.waits = self.w.now + self.w.wait
        self.subs.append(s)

    def forget(self):
        """A generation that ended long ago, and that nobody lacks anything of, is forgotten."""
        until = min(self.w.clock(self) - FORGET, (self.w.clock(self) if self.pinged is None else self.pinged) - 3 * MARGIN)
        if not self.w.forgets:
            return
        self.horizon = max(self.horizon, until)
        for p in list(self.producers.values()):
            for g in list(p.gens):
                if g.inlog and p.live or not g.over or g.ended is None or g.ended > until or p.waits is not None:
                    continue
                if any(not self.is_behind(s, p, g) for s in self.subs):
                    continue
                i = p.index(g.epoch)
                for s in self.subs:
                    place = s.places.get(p.name)
                    if isinstance(place, Place) and place.epoch == g.epoch:
                        after = next((a for a in p.gens[i + 1:] if not self.told_apart(s, a)), None)
                        if after:
                            s.places[p.name] = Place(after.epoch, after.first - 1)
                        else:
                            del s.places[p.name]
                            s.told[p.name] = max(s.told.get(p.name, -1), g.event)
                p.gens.remove(g)
                self.truly.pop(g.epoch, None)
            if not p.gens and p.host is None and p.waits is None and not any(p.name in s.places for s in self.subs):
                del self.producers[p.name]

    def is_behind(self, s, p, g):
        """Has the subscription nothing to do with that generation any more?"""
        if s.reload or s.general is not None:
            return False
        place = s.places.get(p.name)
        if place is None:
            return self.passed(s, p.name, g)
        if not isinstance(place, Place) or p.index(place.epoch) < p.index(g.epoch):
            return False
        return place.epoch != g.epoch or place.mark == END or g.last != OPEN and place.seq == g.last and g.heard <= g.last and not g.left
