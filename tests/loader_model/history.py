"""Histories of a source and what a mapping makes of them: the half of the model that knows no loader."""
from collections import Counter, defaultdict

ABS = '<absent>'                       # column missing from a MINIMAL image
ID, U, W, R, F, V = range(6)

def norm(c, v):
    if isinstance(v, str) and v is not ABS and c['ci']: return v.rstrip(' ').lower()
    return v
def keyof(c, row): return tuple(row[i] for i in c['kc'])
def nkey(c, k): return tuple(norm(c, x) for x in k)

# ---------------------------------------------------------------- source
def gen(rng, c):
    """histories of whole transactions of row events that the source's own constraints allow"""
    nsrc = 2 if c['merge'] else 1
    if c['ci']: ids = [['a', 'A', 'b', 'B', 'a '], ['x', 'X', 'y']]; us = [['p', 'P', 'q', 'q ', None], ['s', 'S', None]]
    else: ids = [[0, 1, 2, 3], [10, 11, 12]]; us = [['p', 'q', 'r', None], ['s', 't', None]]
    if c['overlap']: ids[1] = ids[0]; us[1] = us[0]
    ws = [[1, 2, None], [3, 4, None]]
    if c['overlap']: ws[1] = ws[0]
    src = [dict() for _ in range(nsrc)]; nk = []
    cnt = [0]; txns, states = [], []
    def ok(t, row, skip=None):
        for k, o in src[t].items():
            if k == skip: continue
            if norm(c, o[ID]) == norm(c, row[ID]): return False
            for i in (U, W):
                if row[i] is not None and norm(c, o[i]) == norm(c, row[i]): return False
        return True
    def part(b, a):
        if not c['partial']: return (b, a)
        nb = tuple(b[i] if i == ID else ABS for i in range(6)) if b else None
        if a and b: a = tuple(a[i] if i == ID or a[i] != b[i] else ABS for i in range(6))
        return (nb, a)
    def ev(t, b, a):
        if b: del src[t][norm(c, b[ID])]
        if a: src[t][norm(c, a[ID])] = a
        return ('k', t) + part(b, a)
    def fresh(t):
        cnt[0] += 1
        i = rng.choice(ids[t])
        r = rng.randrange(4); f = rng.random() < .8
        if c['partial']: r, f = 0, True
        return (i, rng.choice(us[t]), rng.choice(ws[t]), r, f, cnt[0])
    def op():
        t = rng.randrange(nsrc); rows = list(src[t].values()); x = rng.random(); out = []
        if c['nk'] and x < .2:
            y = rng.random()
            if nk and y < .35: r = nk.pop(rng.randrange(len(nk))); return [('n', 9, r, None)]
            if nk and y < .6:
                j = rng.randrange(len(nk)); b = nk[j]; a = (rng.randrange(4), b[1]) if rng.random() < .5 else (b[0], rng.randrange(2)); nk[j] = a
                return [('n', 9, b, a)]
            a = (rng.randrange(4), rng.randrange(2)); nk.append(a); return [('n', 9, None, a)]
        if x < .40 or not rows:
            a = fresh(t)
            return [ev(t, None, a)] if ok(t, a) else []
        if x < .55: return [ev(t, rng.choice(rows), None)]
        if x < .63 and len(rows) > 1:      # swap u through a third value
            p, q = rng.sample(rows, 2)
            if p[U] == q[U]: return []
            mid = 'zz'
            p1 = p[:U] + (mid,) + p[U+1:]; q1 = q[:U] + (p[U],) + q[U+1:]; p2 = p[:U] + (q[U],) + p[U+1:]
            return [ev(t, p, p1), ev(t, q, q1), ev(t, p1, p2)]
        if x < .70 and len(rows) > 1 and (c['inorder'] or not c['partial']):   # swap keys through a third value
            p, q = rng.sample(rows, 2); tmp = 'm' if c['ci'] else 9
            p1 = (tmp,) + p[1:]; q1 = (p[ID],) + q[1:]; p2 = (q[ID],) + p[1:]
            return [ev(t, p, p1), ev(t, q, q1), ev(t, p1, p2)]
        b = rng.choice(rows); a = list(b); cnt[0] += 1
        if rng.random() < .6: a[V] = cnt[0]
        for col, dom, pr in ((U, us[t], .4), (W, ws[t], .3)):
            if rng.random() < pr: a[col] = rng.choice(dom)
        if not c['partial']:
            if rng.random() < .3: a[ID] = rng.choice(ids[t])
            if rng.random() < .3: a[R] = rng.randrange(4)
            if rng.random() < .2: a[F] = not a[F]
        elif c['inorder'] and rng.random() < .3: a[ID] = rng.choice(ids[t])
        a = tuple(a)
        if a == b or not ok(t, a, norm(c, b[ID])): return []
        return [ev(t, b, a)]
    def snap(): states.append(([dict(s) for s in src], list(nk)))
    snap()
    while len(txns) < c['ntx']:
        t = []
        for _ in range(rng.choice((1, 1, 2, 3))): t += op()
        if t: txns.append(t); snap()
    return txns, states

# ---------------------------------------------------------------- mapping (a pure view)
def place(c, row, ver=0):
    if c['partial']: return (0, 0)
    r = row[R] if not ver else (row[R] + 1) % 4
    return (r // 2, r % 2)             # (server, table)
def view(c, state, server, ver=0):
    srcs, nk = state; out = defaultdict(list)
    for s in srcs:
        for row in s.values():
            if row[F] and place(c, row, ver)[0] == server: out[place(c, row, ver)[1]].append(row)
    n = Counter((r[0] % 2, r) for r in nk if r[0] // 2 == server)
    return {t: sorted(map(repr, x)) for t, x in out.items() if x}, n
def dupkeys(c, state, server):
    n = Counter((place(c, r), nkey(c, keyof(c, r))) for s in state[0] for r in s.values() if r[F])
    return any(x > 1 for x in n.values())
def transition(c, e, server, ver=0):
    """row event -> mutations for one server: (kind, table, key, before, after, owner)"""
    kind, t, b, a = e
    if kind == 'n':
        if b and b[0] // 2 == server: yield ('n', b[0] % 2, None, b, None, None)
        if a and a[0] // 2 == server: yield ('n', a[0] % 2, None, None, a, None)
        return
    pb = place(c, b, ver) if b and b[F] else None      # partial: F is ABS (true), place static
    pa = place(c, a, ver) if a and a[F] else None
    same = pb and pa and pb == pa and keyof(c, b) == keyof(c, a)
    if same:
        if pb[0] == server: yield ('k', pb[1], keyof(c, b), b, a, (t, norm(c, b[ID])))
        return
    if pb and pb[0] == server: yield ('k', pb[1], keyof(c, b), b, None, (t, norm(c, b[ID])))
    if pa and pa[0] == server: yield ('k', pa[1], keyof(c, a), None, a, (t, norm(c, a[ID])))
