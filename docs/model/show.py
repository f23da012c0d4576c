"""What happened to one subscription, as far as one producer is concerned.

    python3 show.py seed subscription producer [fault ...]
"""
import sys

from node import Node
from places import World
from producer import ON

seed, sid, name = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
ON.update(sys.argv[4:])
world = World(seed)


def known(node):
    """What a node knows of the producer: generations (first, last, heard, event, ended; L in its log, l left), and its copy."""
    p = node.producers.get(name)
    if p is None:
        return ""
    gens = " ".join(f"{g.epoch}:{g.first}-{g.last} heard {g.heard} event {g.event} at {g.ended} {'L' * g.inlog}{'l' * g.left}" for g in p.gens)
    return f"[{gens}] live={p.live} host={p.host} waits={p.waits} tail={p.tail} oldest={p.oldest} open={p.open}"


def after(cls, method, text):
    """Prints text(self, arguments) after each call of the method, if it gives one."""
    original = getattr(cls, method)

    def call(self, *args, **options):
        result = original(self, *args, **options)
        line = text(self, *args, **options)
        if line:
            print(world.now, line)
        return result

    setattr(cls, method, call)


def read(self, s):
    before, reload = len(s.out), s.reload
    original_read(self, s)
    if s.sid == sid:
        for event in s.out[before:]:
            if event[0] != "message" or event[1] == name:
                print(world.now, "  ", *event)
        if s.reload and not reload:
            print(world.now, "   lost:", s.reload, "place", s.places.get(name), known(self))


original_read, Node.read = Node.read, read
after(World, "start", lambda w, n: f"start {n} {w.alive[n]}")
after(World, "stop", lambda w, n, gracefully: f"stop {n}, leaves: {gracefully}")
after(World, "split", lambda w, nodes: f"split off {[n.name for n in nodes]}")
after(World, "publish", lambda w, n: f"    {n.uid} is at {n.log.head}" if n.name == name else None)
after(World, "subscribe", lambda w, n: f"subscribe on {n.name} {n.subs[-1].places}" if n.subs[-1].sid == sid else None)
after(Node, "see", lambda n, kind, uid, farewell, time, label=None: f"{n.name} sees {kind} {uid} {farewell} at {time} {known(n)}"
      if world.label[uid] == name else None)
after(Node, "settle", lambda n, p, m: f"{n.name} copies {m['parts']} from {m['sent']} {known(n)}" if p.name == name else None)
after(Node, "resume", lambda n, s, token: f"resume on {n.name}, horizon {n.horizon}, {token} general={s.general} {known(n)}" if s.sid == sid else None)
after(Node, "reloaded", lambda n, s, upto: f"reloaded, up to {upto}" if s.sid == sid else None)
print(world.run())
