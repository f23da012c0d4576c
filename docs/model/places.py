"""A producer is a sequence of generations, and a subscription has one place in it: a model that runs.

    python3 places.py [schedules] [first seed] [fault ...]      faults: see FAULTS in node.py;  all: each must be noticed

What is modelled: incarnations with random epochs, with rings in memory and with stores (which may go back), backpressure, links that lose and are cut,
membership that each node hears late and times by a clock of its own, a history that forgets, a node that is cut off with a membership of its own,
live copies with windows, a cache, fetches, reloads, paused subscriptions, ready(), positions that applications state, tokens that resume on other nodes; and an
oracle that sees everything. Not: filters, several topics, two clusters, bytes, several attempts of a registration.
"""
import random
import sys
import traceback

import node
import producer
from consumer import END, TOLD, Place, Stated
from node import FAULTS, FORGET, JITTER, Node, Subscription
from producer import ON


class World:
    def __init__(self, seed, steps=700):
        r = self.r = random.Random(seed)
        self.steps, self.now, self.value = steps, 0, 0
        self.nodes, self.links, self.cut, self.alive, self.halves = {}, {}, set(), {}, 0
        self.order, self.label, self.begun, self.removed = [], {}, {}, {}
        self.stated, self.left, self.skew = {}, set(), {}   # when an incarnation says that it started; who left in good order; clocks
        self.names = ["a", "b", "c"] + ["d"] * (r.random() < .3)
        self.stores = {n: dict(parts=[], items={}, head=0) if r.random() < .4 else None for n in self.names}
        self.waits = {n: r.random() < .4 for n in self.names}
        self.truth, self.subs, self.tokens, self.lost_by_store, self.outside, self.wrong = {}, [], [], {}, set(), None
        self.ring, self.cache = r.choice([(6, 6), (12, 4), (20, 6)])
        self.wait = r.choice([8, 40])                       # producer-return-timeout
        self.shy = r.choice([1, 1, .2])                     # how often a node says its name
        self.jitter, self.forgets, self.splits = r.random() < .5, r.random() < .4, r.random() < .3
        self.hasty = random.Random(seed).random() < .3      # do incarnations follow each other quickly?
        self.stats = dict(published=0, messages=0, told=0, needless=0, general=0, left=0, fetched=0)

    def clock(self, n):
        return self.now + self.skew[n.uid]

    # -------------------------------------------- links
    def send(self, src, to, kind, m):
        one, other = self.nodes.get(src), self.nodes.get(to)
        if one and other and one.half == other.half and (src, to) not in self.cut and (to, src) not in self.cut \
                and self.r.random() >= self.drop:
            self.links.setdefault((src, to), []).append((kind, m))
            self.stats["fetched"] += kind == "fetch"

    def deliver(self, key):
        kind, m = self.links[key].pop(0)
        if not self.links[key]:
            del self.links[key]
        if key[1] in self.nodes:
            self.nodes[key[1]].pinged = self.clock(self.nodes[key[1]])
            getattr(self.nodes[key[1]], "on_" + kind)(key[0], m)

    # -------------------------------------------- members
    def members(self):
        m = []
        for kind, uid, _, _, _ in self.order:
            m.append(uid) if kind == "up" else m.remove(uid)
        return m

    def when(self):
        return self.now + (self.r.randint(-JITTER, JITTER) if self.jitter else 0)

    def announce(self, kind, uid, farewell=None, half=0):
        if half == 0:
            self.order.append((kind, uid, farewell, self.now, self.label[uid]))
            if kind == "removed":
                self.removed[uid] = self.now
        for n in self.nodes.values():
            if n.half == half:
                n.queue.append((kind, uid, farewell, self.when(), None))

    def start(self, name):
        uid = self.r.randrange(1, 1 << 30)
        self.skew[uid] = random.Random(uid).randint(-JITTER, JITTER) if self.jitter else 0
        self.stated[uid] = self.now + self.skew[uid]
        n = Node(self, uid, self.stated[uid], name, self.stores[name], self.waits[name])
        self.label[uid], self.begun[uid] = name, self.now
        gone = [o for o in self.order if o[0] == "removed"]
        if self.forgets:
            n.horizon = max([o[3] for o in gone if o[3] <= self.now - FORGET], default=n.horizon)
            gone = [o for o in gone if o[3] > self.now - FORGET]
        for _, u, farewell, time, label in gone:           # the history, as members tell it to whoever joins
            n.see("removed", u, farewell, time + self.when() - self.now, label)
        for p in n.producers.values():
            p.waits = self.now + self.wait if any(g.last is None for g in p.gens) or p.durable else None
        up = {u: t for k, u, _, t, _ in self.order if k == "up"}
        n.queue = [("up", u, None, up[u] + self.when() - self.now, None) for u in self.members()]
        self.nodes[uid], self.alive[name] = n, uid
        self.announce("up", uid)

    def stop(self, name, gracefully):
        n = self.nodes.pop(self.alive.pop(name))
        self.links = {k: v for k, v in self.links.items() if n.uid not in k}
        for s in n.subs:
            self.tokens.append(n.token(s))
            s.home = None
        own = n.log.parts[-1]
        if gracefully and n.up:
            self.left.add(n.uid)
        self.announce("removed", n.uid, dict(name=name, first=own[2], head=n.log.head, durable=n.store is not None)
                      if gracefully and n.up else None, n.half)

    def split(self, nodes):
        """They are cut off for good: each side removes the other."""
        self.halves += 1
        for n in nodes:
            n.half = self.halves
        self.links = {k: v for k, v in self.links.items() if k[0] in self.nodes and k[1] in self.nodes
                      and self.nodes[k[0]].half == self.nodes[k[1]].half}
        for n in nodes:
            self.announce("removed", n.uid)
        for u in self.members():
            self.announce("removed", u, None, self.halves)

    def go_back(self, name):
        store = self.stores[name]
        if store and len(store["items"]) > 1:
            gone = sorted(store["items"])[self.r.randrange(1, len(store["items"])):]
            for q in gone:
                self.lost_by_store[name, store["items"][q][0], q] = True
                del store["items"][q]
            top = store["head"] = max(store["items"])
            store["parts"] = [p for p in store["parts"] if p[2] <= top + 1 and self.r.random() < .9 or p[2] <= top]

    # -------------------------------------------- what applications do
    def publish(self, n):
        if not n.up:
            return
        own = n.own_cursor()
        cursors = list(n.log.cursors.values()) + [own] * (own is not None)
        if n.log.full(cursors):
            if self.r.random() < .2:                        # backpressure-timeout: who holds it up is left behind
                for c in cursors:
                    if c.least is not None and c.least < n.log.lowest:
                        c.least, c.subs = None, ()
                        n.left_behind |= c is own
            return
        self.value += 1
        for q in n.log.publish(self.value, self.clock(n)):
            for c in cursors if n.log.waits else ():
                for s in [self.subs[sid] for sid in c.subs]:
                    place = s.places.get(n.name)
                    if s.home and (c is own and s.home is n or n.log.cursors.get(s.home.uid) is c) and isinstance(place, Place) \
                            and n.log.has(place.epoch, place.seq) and place.mark == "" and place.seq < q and not s.reload:
                        self.wrong = f"{n.name} drops {q}, which subscription {s.sid} at {place} lacks, and it is waited for: least {c.least}"
        self.truth[n.name, n.uid, n.log.head] = self.value
        if n.half:
            self.outside.add((n.name, n.uid, n.log.head))    # nobody in the cluster can know of it
        self.stats["published"] += 1
        if n.store is not None:
            kept = dict(n.log.items)
            n.store["items"], n.store["head"] = kept, n.log.head
            n.store["parts"] = list(n.log.parts[-producer.PARTS:])
        for to in list(n.log.cursors):
            n.push(to)
        for s in n.subs:
            n.read(s)

    def age(self, n):
        """max-age: what nobody is waited for goes."""
        own = n.own_cursor()
        hold = min((c.least for c in [*n.log.cursors.values()] + [own] * (own is not None) if c.least is not None), default=1 << 60) if n.log.waits else 1 << 60
        while n.log.items and n.log.lowest <= hold:
            del n.log.items[n.log.lowest]
            n.log.lowest += 1
        if n.store is not None:
            n.store["items"] = dict(n.log.items)
            n.store["head"] = n.log.head

    def subscribe(self, n):
        s = Subscription(len(self.subs), n, n.event, None, self.value)
        for uid in n.members:
            name = n.names.get(uid)
            p = n.producers.get(name)
            s.places[name or f"@{uid}"] = n.later(p, p.tail, node.Place(p.gens[-1].epoch, p.gens[-1].first - 1)) if p and p.live and p.open else node.AWAITED
        if self.r.random() < .2:                            # positions of an application, not all of them true
            name = self.r.choice(self.names)
            known = [k for k in self.truth if k[0] == name]
            if known:
                _, epoch, seq = self.r.choice(known)
                bogus = self.r.random() < .2
                s.places[name] = Stated(epoch, seq + (5000 if bogus else 0), None)
                n.wait_for(name, epoch)
                s.out.append(("stated", name, None if bogus else (epoch, seq), self.value, self.now))
        n.subs.append(s)
        self.subs.append(s)

    def step(self):
        r, x, live = self.r, self.r.random(), [self.nodes[u] for u in self.alive.values()]
        self.now += 1
        links = sorted(k for k in self.links if k[1] not in self.nodes or self.nodes[k[1]].frozen < self.now)
        if x < .5 and links:
            return self.deliver(r.choice(links))
        if not live and x < .93:
            return
        n = r.choice(live) if live else None
        if n and r.random() < .002:
            n.frozen = self.now + r.randrange(150)
        if n and n.frozen > self.now and x < .90:
            return
        if x < .58:
            self.publish(n)
            if r.random() < .02:
                self.age(n)
        elif x < .70:
            if n.queue:
                n.see(*n.queue.pop(0))
        elif x < .84:
            n.tick()
        elif x < .90:
            if n.subs:
                s = r.choice(n.subs)
                if r.random() < .1:
                    s.paused = not s.paused
                elif (s.reload or s.general is not None) and not s.paused:
                    self.reload(n, s)
        else:
            y = r.random()
            if y < .2:
                for name in self.names:
                    if name not in self.alive and r.random() < .5:
                        if r.random() < .15:
                            self.go_back(name)
                        self.start(name)
                if live and self.hasty and r.random() < .2:
                    self.succession(r.choice(self.names))
            elif n and y < .28:
                self.stop(n.name, r.random() < .4)
            elif self.splits and n and y < .30 and n.up and not n.half and len(live) > 1:
                self.split([n] + [m for m in live if m is not n and m.up and not m.half and r.random() < .4][:1])
            elif len(live) > 1 and y < .38:
                a, b = r.sample(live, 2)
                self.cut.add((a.uid, b.uid))
            elif y < .6:
                self.cut.clear()
            elif n and n.up and n.members and not n.half:
                if self.tokens:
                    if r.random() < .4:                     # on one that has heard the least
                        n = max((m for m in live if m.up and m.members and not m.half), key=lambda m: len(m.queue))
                    t = self.tokens.pop(r.randrange(len(self.tokens)))
                    n.resume(t["sub"], t)
                elif len(self.subs) < 4:
                    self.subscribe(n)

    def succession(self, name):
        """Some nodes see them come and go before they hear their name, or anything else."""
        for _ in range(self.r.randrange(1, 4)):
            self.now += self.r.randrange(1, 8)
            if name in self.alive:
                self.stop(name, self.r.random() < .4)
            self.start(name)
            for n in [self.nodes[u] for u in self.alive.values()]:
                while n.queue and self.r.random() < .7:
                    n.see(*n.queue.pop(0))
            n = self.nodes[self.alive[name]]
            for _ in range(self.r.randrange(3)):
                self.publish(n)
            if self.r.random() < .3:
                n.tick()
        self.now += 1

    def reload(self, n, s):
        upto = {}
        if s.reload and self.r.random() < .25:
            for name in s.reload:
                known = [k for k in self.truth if k[0] == name and k not in self.lost_by_store]
                if known:
                    _, epoch, seq = known[-1]
                    bogus = self.r.random() < .2
                    upto[name] = epoch, seq + (5000 if bogus else 0)
                    if not bogus:
                        s.out.append(("upto", name, (epoch, seq), self.value))
        n.reloaded(s, upto)

    def needless(self, n, s, p, reason):
        """Is the next message really gone from the ring, and the place none of the log's, or behind it a part that went back?"""
        one, place = self.nodes.get(p.host), s.places.get(p.name)
        if one is None or not p.live or not isinstance(place, Place) or place.mark:
            return
        if reason == "OVERRUN":
            _, epoch, seq = n.next(s, p, place, lambda e, q: False)
            if one.log.items.get(seq, (None,))[0] == epoch:
                self.wrong = f"subscription {s.sid} is told as overrun what {p.name} has: {epoch, seq}"
        elif reason == "POSITION_UNKNOWN" and one.log.has(place.epoch, place.seq) and place.seq + 1 >= one.log.oldest \
                and all(n.truly.get(g.epoch, 0) <= one.log.last(g.epoch) for g in p.gens[p.index(place.epoch):] if g.inlog):
            self.wrong = f"subscription {s.sid} is told that {place} of {p.name} is unknown, which its log has"

    # -------------------------------------------- a run
    def settle(self, rounds):
        live = [self.nodes[u] for u in self.alive.values()]
        for _ in range(rounds):
            self.now += 2
            for n in live:
                while n.queue:
                    n.see(*n.queue.pop(0))
                n.tick()
                for s in n.subs:
                    if (s.reload or s.general is not None) and not s.paused:
                        self.reload(n, s)
            while self.links:
                self.deliver(sorted(self.links)[0])

    def run(self):
        self.drop = self.r.choice([0, 0, .02, .15])
        for name in self.names:
            self.start(name)
        for _ in range(self.steps):
            self.step()
            if self.wrong:
                return self.wrong
        self.drop = 0
        self.cut.clear()
        for name in self.names:
            if name in self.alive and self.nodes[self.alive[name]].half:
                self.stop(name, False)
            if name not in self.alive:
                self.start(name)
        live = [self.nodes[u] for u in self.alive.values()]
        for n in live:
            if n.up and self.tokens:
                t = self.tokens.pop()
                n.resume(t["sub"], t)
        self.settle(70)
        for paused in (True, False):                        # who is paused disturbs nobody; later it gets all, too
            for s in self.subs:
                if not paused:
                    s.paused = False
            for n in live:
                for s in n.subs:
                    n.read(s)
            self.settle(70)
            for s in self.subs:
                wrong = not (s.home and s.paused) and self.judge(s)
                if wrong:
                    return f"subscription {s.sid} on {s.home and s.home.name}: {wrong}"
        return self.wrong

    # -------------------------------------------- the oracle
    def judge(self, s):
        """Of each producer, in the order of its incarnations: everything published is given once, or a loss that covers it is told before
        anything behind it."""
        self.order_of = {n: sorted((k[1:] for k in self.truth if k[0] == n), key=lambda m: (self.begun[m[0]], m[1])) for n in self.names}
        index = {n: {m: i for i, m in enumerate(ms)} for n, ms in self.order_of.items()}
        at = {n: -1 for n in self.names}              # everything up to it is given or told
        covered, begun, ready, left, stated = set(), set(), None, set(), set()
        address, apart, back = set(), set(), False

        def excused(name, i):
            m = self.order_of[name][i]
            return i <= at[name] or (name, i) in covered or m[0] in apart or (name,) + m in self.outside or self.excused_by_store(s, name, m) \
                or name not in stated and self.truth[(name,) + m] <= s.value \
                or name not in begun and (ready is None or self.truth[(name,) + m] <= ready)

        def silent(name, upto):
            return next((self.order_of[name][j] for j in range(at[name] + 1, upto) if not excused(name, j)), None)

        def last(name, place, value, when, isolated):
            """The messages of that name that a loss up to the place covers: nothing that came after its reload began."""
            out = []
            for i, m in enumerate(self.order_of[name]):
                now = self.truth[(name,) + m] <= value
                if place.mark and place.epoch is None:
                    ok = now
                elif place.epoch not in self.begun:
                    ok = now
                elif place.mark == TOLD:
                    ok = now
                elif place.mark == END:
                    gone = not isolated and self.removed.get(m[0], when + 1) <= when
                    ok = (now or gone) and self.begun[m[0]] <= self.begun[place.epoch]
                else:
                    ok = (self.begun[m[0]], m[1]) <= (self.begun[place.epoch], place.seq)
                if ok:
                    out.append(i)
            return out

        for e in s.out:
            if e[0] == "resumed":
                back = back or e[1]      # a node that was cut off gives a token of an earlier time than before
                ready = e[2] if ready is None else ready
                address.clear()          # what was told under an address stays told within two margins
            elif e[0] == "ready":
                ready = e[1] if ready is None else ready
            elif e[0] == "stated":
                _, name, m, value, when = e
                begun.add(name)
                stated.add(name)
                # who went before, unheard by name, is nothing that this node can know of
                covered |= {(name, i) for i, k in enumerate(self.order_of[name]) if self.removed.get(k[0], when) < when and (m is None or k[0] != m[0])}
                if m:
                    at[name] = index[name][m]
                else:                                      # a place that never was says nothing of what was published by then
                    covered |= {(name, i) for i, k in enumerate(self.order_of[name]) if self.truth[(name,) + k] <= value}
            elif e[0] == "upto":
                _, name, m, value = e
                i = index[name][m]
                covered |= {(name, j) for j in range(i + 1)}
            elif e[0] == "general":
                self.stats["general"] += 1
                for name in self.names:
                    begun.add(name)
                    for i, m in enumerate(self.order_of[name]):
                        if self.truth[(name,) + m] <= e[1]:
                            covered.add((name, i))
            elif e[0] == "message":
                self.stats["messages"] += 1
                _, name, epoch, seq, value = e
                if self.truth.get((name, epoch, seq)) != value:
                    return f"{e} was never published"
                i = index[name][epoch, seq]
                if i <= at[name]:
                    return f"{e} again, or out of order: {at[name]} >= {i}"
                if epoch in address:
                    return f"{e} given, though told as lost by its address"
                if (x := silent(name, i)):
                    return f"SILENT {name} {x} before {epoch, seq}"
                at[name] = i
                begun.add(name)
            elif e[0] == "left":
                self.stats["left"] += 1
                _, name, epoch = e
                if epoch in left and not back:
                    return f"ProducerLeft of {name} {epoch} twice"
                if epoch not in self.left:
                    return f"ProducerLeft of {name} {epoch}, which did not leave"
                left.add(epoch)
                upto = max([i for (ep, _), i in index[name].items() if self.begun[ep] <= self.begun[epoch]], default=-1)
                if (x := silent(name, upto + 1)):
                    return f"SILENT {name} {x} before ProducerLeft of {epoch}"
                at[name] = max(at[name], upto)
                begun.add(name)
            else:
                for label, (place, reason, to) in e[1].items():
                    self.stats["told"] += 1
                    self.stats[reason] = self.stats.get(reason, 0) + 1
                    if label.startswith("@"):
                        uid = int(label[1:])
                        if e[4]:                              # its half saw it removed, and it lives on in the other one
                            covered |= {(self.label[uid], i) for i, m in enumerate(self.order_of[self.label[uid]])
                                        if m[0] == uid and self.truth[(self.label[uid],) + m] <= e[2]}
                        elif to.mark == END:
                            address.add(uid)
                            apart.add(uid)
                        continue
                    begun.add(label)
                    upto = last(label, to, *e[2:])
                    missed = [i for i in upto if not excused(label, i)]
                    if not missed:
                        self.stats["needless"] += 1
                        self.stats["needless " + reason] = self.stats.get("needless " + reason, 0) + 1
                    covered |= {(label, i) for i in upto}
                    # What lives on elsewhere may be given there, behind a further loss: it is passed here only as far as it was heard of.
                    passed = upto if to.mark != END or not e[3] else [
                        i for i in upto if (self.begun[self.order_of[label][i][0]], self.order_of[label][i][1]) <= (self.begun[to.epoch], to.seq)]
                    at[label] = max([at[label]] + (passed if to.mark != TOLD else []))
        for name, ms in self.order_of.items() if s.home else ():
            if (x := silent(name, len(ms))):
                return f"SILENT at the end, {name} {x} {self.begun[x[0]]}, place {s.places.get(name)} reload {s.reload}, at {at[name]}"
        if s.home and (s.reload or s.general is not None):
            return "reloads for ever"

    def excused_by_store(self, s, name, m):
        """A store lost it, and nobody there has ever heard of it."""
        if (name,) + m not in self.lost_by_store:
            return False
        return s.home is None or s.home.truly.get(m[0], 0) < m[1]


def schedule(seed):
    w = World(seed)
    try:
        wrong = w.run()
    except Exception:
        lines = traceback.format_exc().splitlines()
        wrong = lines[-1] + " " + lines[-3]
    return w, wrong


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    faults = sys.argv[3:]
    if faults == ["all"]:
        for fault in FAULTS:
            ON.clear()
            ON.add(fault)
            at = next((seed for seed in range(first, first + count) if schedule(seed)[1]), None)
            print(f"{fault:24}", "NOT NOTICED" if at is None else f"noticed by {at}: {schedule(at)[1]}"[:150], flush=True)
        return
    assert set(faults) <= set(FAULTS), faults
    ON.update(faults)
    total, bad = {}, 0
    for seed in range(first, first + count):
        w, wrong = schedule(seed)
        if wrong:
            bad += 1
            if bad <= 8:
                print(seed, wrong)
        for k, v in w.stats.items():
            total[k] = total.get(k, 0) + v
    print(count, "schedules,", bad, "violations,", total)


if __name__ == "__main__":
    main()
