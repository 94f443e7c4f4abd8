#!/usr/bin/env python3
"""Random model checker of the loader's algorithm (README.md). Run: model.py NAME N [SEED] | flaws N [NAME…]"""
import random, sys, time, zlib
from collections import Counter, defaultdict
from history import ABS, F, ID, R, U, W, dupkeys, gen, keyof, nkey, norm, place, transition, view

class Dup(Exception): pass             # error 1062 that stops the loader
class Bad(Exception): pass             # any other violation

BASE = dict(
    D=1,               # windows in flight
    order='barrier',   # barrier | none | dep     (what a lane txn of window n+1 waits for)
    put='strict',      # odku | replace | insert | strict | converge
    delfirst=True,     # removes and unique-changing rows' old versions first
    elide=True,        # none->none and equal before/after dropped from the window
    images='net',      # net | all : images that union-find looks at
    eq='norm',         # norm | bytes : equality used by union-find
    group='bytes',     # bytes | norm : identity used for net change
    lane='random',     # random | hash (deterministic)
    recover='literal', # literal | cover | exact | own (cover as the loader does it: the same window again, rows cleared and put back)
    idle=True,         # idle lanes write their checkpoint row too
    fence='cas',       # read | epoch | cas
    zombies=False, reconnect=False, nk=True, nkskip=True,
    partial=False, serial_partial=True, readback=True,
    owners=False, overlap=False, merge=False, ci=False, uniq=(U,), keyo=False,
    single=False,      # a window that only one lane had work in is whole once that lane committed
    inorder=False,     # transactions with partial images go change by change in windows of their own
    stops=False,       # the process may end where its source does, and note that all is done
    upsert=False,      # a redo changes rows where they are there, if the key is the only unique index: the target's own columns stay
    redo_images='all', redo_elide=False, seek=False, relanes=False, remap=False, lanes=3, chunk=False, crash=0.12, maxcrash=3, ntx=7,
)

# ---------------------------------------------------------------- target: MySQL's rules
class Target:
    def __init__(s, c): s.c = c; s.t = [dict(), dict()]; s.nk = Counter(); s.flags = 0
    def clone(s):
        o = Target(s.c); o.t = [dict(x) for x in s.t]; o.nk = Counter(s.nk); o.flags = s.flags; return o
    def conf(s, t, row, skip=None):
        """rows that conflict, in the order of the indexes: PRIMARY first"""
        c = s.c; k = nkey(c, keyof(c, row)); out = []
        if k in s.t[t] and k != skip: out.append(k)
        for i in c['uniq']:
            if row[i] is None or row[i] is ABS: continue
            for k2, o in s.t[t].items():
                if k2 != skip and k2 not in out and norm(c, o[i]) == norm(c, row[i]): out.append(k2)
        return out
    def delete(s, t, k): return s.t[t].pop(nkey(s.c, k), None)
    def insert(s, t, row):
        if s.conf(t, row): raise Dup(f'INSERT {row} into {t}: {s.t[t]}')
        s.t[t][nkey(s.c, keyof(s.c, row))] = row
    def update(s, t, k, row):          # non-key columns only
        nk_ = nkey(s.c, k); o = s.t[t].get(nk_)
        if o is None: return 0
        new = tuple(o[i] if i in s.c['kc'] or row[i] is ABS else row[i] for i in range(6))
        if s.conf(t, new, nk_): raise Dup(f'UPDATE {new} in {t}: {s.t[t]}')
        s.t[t][nk_] = new; return 1
    def amend(s, t, k, row):           # the cells that the image carries, perhaps the key too
        o = s.t[t].pop(nkey(s.c, k), None)
        if o is None: return 0
        s.insert(t, fill(row, o)); return 1
    def odku(s, t, row):
        cf = s.conf(t, row)
        if not cf: return s.insert(t, row)
        s.update(t, s.t[t][cf[0]] and keyof(s.c, s.t[t][cf[0]]), row)   # the FIRST matching index wins, pk kept
    def replace(s, t, row):
        for k in s.conf(t, row): del s.t[t][k]
        s.insert(t, row)
    def dump(s): return {t: sorted(map(repr, x.values())) for t, x in enumerate(s.t) if x}, +s.nk

def fill(a, old): return a if ABS not in a else tuple((old[i] if old else None) if x is ABS else x for i, x in enumerate(a))

# ---------------------------------------------------------------- window -> net change -> components -> lanes
class Net:
    __slots__ = ('t', 'k', 'b', 'a', 'imgs', 'first', 'own')
def window(c, txns, start, end, server, nkfrom, ver=0):
    """net change per target row of transactions start..end, and the keyless mutations after nkfrom"""
    nets = {}; nks = []
    for p in range(start, end):
        for e in txns[p]:
            for kind, t, k, b, a, own in transition(c, e, server, ver):
                if kind == 'n':
                    if p >= nkfrom: nks.append((t, b, a))
                    continue
                g = (t, nkey(c, k) if c['group'] == 'norm' else k)
                n = nets.get(g)
                if n is None:
                    n = nets[g] = Net(); n.t, n.k, n.b, n.a, n.imgs, n.first, n.own = t, k, b, b, [], True, (own if b else None)
                if b is not None: n.imgs.append(b)
                if a is not None: n.imgs.append(a)
                if c['owners'] and a is None and n.own is not None and n.own != own: continue  # another source row owns this key now
                n.own = own if a is not None else None
                if a is not None and ABS in a and n.a is not None: a = tuple(y if x is ABS else x for x, y in zip(a, n.a))
                n.a = a; n.k = k if a is not None else n.k
    out = []
    for n in nets.values():
        if c['elide'] and n.b == n.a: continue
        out.append(n)
    return out, nks
def partial(txn): return any(x is not None and ABS in x for e in txn if e[0] == 'k' for x in e[2:4])
def in_order(c, txns, start, end, server, ver=0):
    """the mutations of a window that is applied in order; a row that stays in its table is amended, whatever its key"""
    for p in range(start, end):
        for e in txns[p]:
            both = e[0] == 'k' and e[2] and e[3] and e[2][F] and e[3][F] and place(c, e[2], ver) == place(c, e[3], ver)
            if both and place(c, e[2], ver)[0] == server: yield ('amend', place(c, e[2], ver)[1], keyof(c, e[2]), e[3])
            elif not both:
                for kind, t, k, b, a, own in transition(c, e, server, ver):
                    if kind == 'n': yield ('n', t, b, a)
                    elif a is None: yield ('remove', t, k, b)
                    else: yield ('put', t, k, a)
def apply_steps(tg, work):
    for kind, t, k, a in work:
        if kind == 'n': apply_keyless(tg, [(t, k, a)])
        elif kind == 'put': tg.insert(t, fill(a, None))
        elif not (tg.delete(t, k) is not None if kind == 'remove' else tg.amend(t, k, a)): raise Bad(f'{kind} {k} matched 0 rows')
def uvals(c, n, imgs):
    yield (n.t, 'pk', nkey(c, n.k) if c['eq'] == 'norm' else n.k)
    for im in imgs:
        k = keyof(c, im); yield (n.t, 'pk', nkey(c, k) if c['eq'] == 'norm' else k)
        for i in c['uniq']:
            if im[i] is not None and im[i] is not ABS: yield (n.t, i, norm(c, im[i]) if c['eq'] == 'norm' else im[i])
def components(c, nets):
    par = list(range(len(nets))); seen = {}
    def find(x):
        while par[x] != x: par[x] = par[par[x]]; x = par[x]
        return x
    for i, n in enumerate(nets):
        imgs = n.imgs if c['images'] == 'all' else [x for x in (n.b, n.a) if x is not None]
        vs = list(uvals(c, n, imgs))
        if c['partial'] and c['serial_partial'] and c['uniq']: vs.append((n.t, 'table'))
        for v in vs:
            if v in seen: par[find(i)] = find(seen[v])
            else: seen[v] = i
    comp = defaultdict(list)
    for i, n in enumerate(nets): comp[find(i)].append(n)
    return list(comp.values())
def assign(c, rng, nets, nks, lanes):
    L = {i: ([], []) for i in range(lanes)}
    for comp in components(c, nets):
        if c['lane'] == 'hash': l = zlib.crc32(repr(min((n.t, repr(nkey(c, n.k))) for n in comp)).encode()) % lanes
        else: l = rng.randrange(lanes)
        L[l][0].extend(comp)
    if nks: L[0][1].extend(nks)
    return L

def vary(c, n, imgs):
    """did the key's bytes or a unique value change among these images?"""
    if len(imgs) < 2: return False
    for i in tuple(c['uniq']) + tuple(c['kc']):
        s = set(im[i] for im in imgs if im[i] is not ABS)
        if len(s) > 1 or (c['partial'] and i != ID and s): return True
    return False
def apply(c, tg, tx, recovering):
    """the statements of one lane transaction, atomically"""
    if tx[0] == 'big':                      # one transaction larger than memory: chunk by chunk, one lane, one commit
        for ch in tx[2]: apply(c, tg, ch, recovering)
        return
    if tx[0] == 'steps': return apply_steps(tg, tx[2])
    nets, nks = tx; put = c['put']
    if put == 'strict' and recovering: put = {'cover': 'converge', 'force': 'replace', 'own': 'renew'}.get(c['recover'], put)
    old = {}
    if c['partial'] and c['readback']:
        for n in nets: old[id(n)] = tg.t[n.t].get(nkey(c, n.k))
    gone = set()
    if c['delfirst']:
        for n in nets:
            imgs = n.imgs if put == 'converge' else [x for x in (n.b, n.a) if x is not None]
            if put == 'renew' and not (c['upsert'] and not c['uniq'] and n.a is not None): tg.delete(n.t, n.k); gone.add(id(n))
            elif put == 'renew': pass
            elif n.a is None or vary(c, n, imgs) or (put == 'converge' and n.b is None):
                for k in ({keyof(c, im) for im in n.imgs} if put == 'converge' else {keyof(c, n.b) if n.b is not None else n.k}):
                    x = tg.delete(n.t, k)
                    if put == 'strict' and n.b is not None and x is None: tg.flags += 1; raise Bad(f'DELETE {k} hit 0 rows')
                gone.add(id(n))
    else:
        for n in nets:
            if n.a is None: tg.delete(n.t, n.k)
    for n in nets:
        if n.a is None: continue
        a = fill(n.a, old.get(id(n)))
        if put == 'odku':
            a2 = a if ABS not in a else fill(a, None)
            if tg.conf(n.t, a): tg.odku(n.t, a)
            else: tg.insert(n.t, a2)
        elif put == 'replace': tg.replace(n.t, fill(a, None))
        elif put == 'renew':
            if id(n) in gone or not tg.update(n.t, n.k, n.a): tg.insert(n.t, a)
        elif put == 'insert': tg.delete(n.t, n.k); tg.insert(n.t, fill(a, None))
        elif put == 'converge':
            k = nkey(c, keyof(c, a)); cf = tg.conf(n.t, a)
            if any(x != k for x in cf): raise Dup(f'converge put {a} meets {cf} in {tg.t[n.t]}')
            if cf and id(n) not in gone: tg.update(n.t, keyof(c, a), n.a)
            else: tg.insert(n.t, fill(a, None))
        else:
            if n.b is None or id(n) in gone: tg.insert(n.t, fill(a, None))
            elif not tg.update(n.t, n.k, n.a): tg.flags += 1; raise Bad(f'UPDATE {n.k} matched 0 rows')
    apply_keyless(tg, nks)
def apply_keyless(tg, nks):
    for t, b, a in nks:
        if b:
            tg.nk[(t, b)] -= 1
            if tg.nk[(t, b)] < 0: raise Bad(f'keyless delete {b} matched 0 rows')
        if a: tg.nk[(t, a)] += 1

# ---------------------------------------------------------------- the loader, its crashes, its zombies
def run(c, rng, txns, states, server, log):
    N = len(txns); tg = Target(c); nl = c['lanes']
    fresh = lambda: dict(epoch=0, low=0, high=0, seq=0, lanes=nl, ver=0)
    row = [fresh() for _ in range(nl)]; ep = 0; crashes = 0; zomb = []; ver = 0
    proc = None; seqno = 0
    def try_commit(z, zombie):
        nonlocal tg
        l, tx, start, end, low, epoch, prev, seq, rec, wl, one = z
        if c['fence'] == 'epoch' and zombie and epoch != ep: return False
        if c['fence'] == 'cas' and (row[l]['epoch'] != epoch or row[l]['seq'] != prev): return False
        t2 = tg.clone(); apply(c, t2, tx, rec); tg = t2
        row[l] = dict(epoch=epoch, low=low, high=max(end, row[l]['high']), seq=seq, lanes=wl, ver=ver, big=tx[0] == 'big', single=one)
        log.append(f'{tx[0]} lane {l} ({start},{end}] {tx[2]} -> {tg.t} nk {+tg.nk}' if isinstance(tx[0], str) else f"{'ZOMBIE ' if zombie else ''}commit lane {l} window ({start},{end}] {[(n.t, n.k, n.b, n.a) for n in tx[0]]} {tx[1]} -> {tg.t} nk {+tg.nk}")
        return True
    steps = 0
    while True:
        steps += 1
        if steps > 3000: raise Bad('no progress')
        if zomb and rng.random() < .25:
            z = zomb.pop(rng.randrange(len(zomb)))
            try_commit(z, True)
        if proc is None:
            if c['relanes'] and crashes:                    # operator changed `lanes`
                nl2 = rng.choice((2, 3, 4))
                while len(row) < nl2: row.append(fresh())
                nl = nl2
            ep += 1
            for r in row: r['epoch'] = ep                   # takes the X lock: zombies that wrote must end first
            if c['recover'] == 'literal':
                S = min(r['high'] for r in row); Fp = max(r['high'] for r in row); skip = None
            else:
                S = max(r['low'] for r in row)
                if c['seek'] and S and rng.random() < .4:    # INV-5: operator goes back; one transaction resets low, keeps high
                    S = rng.randrange(S)
                    for r in row: r['low'] = S
                Fp = max(r['high'] for r in row)
                if c['chunk'] == 'single' and any(r.get('big') and r['high'] == Fp for r in row): S = Fp   # its only lane committed: nothing to redo
                if c['single'] and any(r.get('single') and r['high'] == Fp for r in row): S = Fp
                skip = {l for l, r in enumerate(row) if r['high'] >= Fp} if c['recover'] == 'exact' else None
                if c['recover'] == 'exact' and c['relanes']:  # assignment is redone with the recorded number of lanes
                    pass
            recl = max(row, key=lambda r: r['high'])['lanes']
            proc = dict(next=S, F=Fp, S=S, pipe=[], done=S, nkpos=row[0]['high'], skip=skip, recl=recl, ep=ep, seqs={l: r['seq'] for l, r in enumerate(row)})
            log.append(f'-- start epoch {ep}: lanes {[(r["low"], r["high"]) for r in row]} redo ({S},{Fp}]')
        acts = []
        if len(proc['pipe']) < c['D'] and proc['next'] < N: acts += ['open'] * 3
        ready = []
        for wi, w in enumerate(proc['pipe']):
            for l in w['pend']:
                if any(l in w2['pend'] for w2 in proc['pipe'][:wi]): continue       # a connection is in order
                if c['order'] == 'barrier' and wi > 0: continue
                if c['order'] == 'dep' and wi > 0 and any(w['vals'][l] & w2['vals'][l2] for w2 in proc['pipe'][:wi] for l2 in w2['pend']): continue
                ready.append((w, l))
        if ready: acts += ['commit'] * 6
        if crashes < c['maxcrash'] and rng.random() < c['crash']: acts = ['crash']
        elif c['stops'] and not proc['pipe'] and 0 < proc['next'] < N and proc['next'] >= proc['F'] and rng.random() < .1:
            for r in row: r.update(low=proc['next'], high=proc['next'], single=False, big=False)
            log.append(f'-- ends at {proc["next"]}'); proc = None; continue
        if not acts:
            if proc['next'] >= N and not proc['pipe']:
                if zomb: continue
                break
            raise Bad('stuck')
        act = rng.choice(acts)
        if act == 'open':
            s = proc['next']; e = rng.randint(s + 1, min(N, s + rng.choice((1, 3, 6)))); rec = s < proc['F']
            lanes_here = nl; skip = set()
            if rec and c['recover'] == 'cover': e = max(e, proc['F'])
            if rec and c['recover'] == 'own': e = proc['F']
            inorder = c['inorder'] and partial(txns[s])
            if c['inorder']:
                kind = lambda p: partial(txns[p]) == inorder
                if rec and not all(map(kind, range(s, e))) or rec and inorder: raise Bad('a redo of partial images')
                while not kind(e - 1): e -= 1
                while not all(map(kind, range(s, e))): e -= 1
            if rec and c['recover'] == 'exact': e = proc['F']; skip = proc['skip']; lanes_here = proc['recl']
            nkfrom = s if c['recover'] == 'exact' else (max(s, proc['nkpos']) if c['nkskip'] else s)
            cc = c
            if rec and c['recover'] in ('cover', 'force', 'own'): cc = dict(c, elide=c['redo_elide'], images=c['redo_images'])
            if inorder: L = {i: ([], []) for i in range(lanes_here)}; L[0] = ('steps', None, list(in_order(c, txns, s, e, server, ver)))
            else: L = assign(cc, rng, *window(cc, txns, s, e, server, nkfrom, ver), lanes_here)
            seqno += 1
            if c['chunk'] and not inorder and e == s + 1 and (not rec or c['chunk'] == 'redo') and rng.random() < .6:
                evs = txns[s]; cut = rng.randrange(len(evs) + 1); k2 = dict(c, put='converge') if rec else c
                L = {i: ([], []) for i in range(lanes_here)}
                L[0] = ('big', None, [window(cc, [evs[:cut]], 0, 1, server, 0, ver), window(cc, [evs[cut:]], 0, 1, server, 0, ver)])
                if rec and s < proc['nkpos']: L[0] = ('big', None, [(x[0], []) for x in L[0][2]])
                vals = {}
            pend = {l for l in L if l not in skip and (c['idle'] or L[l][0] or L[l][1])}
            if not pend and not skip: pend = {0}
            if skip and not pend: pass
            if not isinstance(L[0][0], str): vals = {l: {v for n in L[l][0] for v in uvals(c, n, n.imgs)} | ({('table', n.t) for n in L[l][0]} if c['partial'] and c['uniq'] else set()) for l in L}
            proc['pipe'].append(dict(s=s, e=e, L=L, pend=pend, vals={} if isinstance(L[0][0], str) else vals, rec=rec, seq=seqno, nl=lanes_here, one=len(pend) == 1))
            proc['next'] = e
        elif act == 'commit':
            w, l = rng.choice(ready)
            low = w['s'] if c['order'] == 'barrier' else proc['done']
            z = (l, w['L'][l], w['s'], w['e'], low, proc['ep'], proc['seqs'][l], w['seq'], w['rec'], w['nl'], w['one'])
            if c['reconnect'] and rng.random() < .2:   # the answer to COMMIT is lost; the old connection may still commit
                zomb.append(z)
                if rng.random() < .5 and try_commit(zomb.pop(), False): pass
            elif try_commit(z, False): pass
            elif row[l]['seq'] != w['seq']: raise Bad('fenced without cause')   # else: CAS failed because our first try did commit
            if row[l]['seq'] == w['seq']: w['pend'].discard(l); proc['seqs'][l] = w['seq']
        else:
            crashes += 1; log.append('** crash')
            if c['zombies']:
                for w, l in ready:          # only a transaction that had begun can outlive its process
                    if rng.random() < .6: zomb.append((l, w['L'][l], w['s'], w['e'], w['s'] if c['order'] == 'barrier' else proc['done'], proc['ep'], proc['seqs'][l], w['seq'], w['rec'], w['nl'], w['one']))
            if c['remap']: ver = 1 - ver
            proc = None; continue
        while proc['pipe'] and not proc['pipe'][0]['pend']:
            w = proc['pipe'].pop(0); proc['done'] = w['e']
            if not proc['pipe'] and w['e'] >= proc['F'] and not zomb:
                want = view(c, states[w['e']], server, ver)
                if tg.dump() != want and not (c['overlap'] and dupkeys(c, states[w['e']], server)): raise Bad(f'at {w["e"]} target {tg.dump()} != mapping(source) {want}')
    want = view(c, states[N], server, ver)
    if c['overlap'] and dupkeys(c, states[N], server): return
    if tg.dump() != want: raise Bad(f'end: target {tg.dump()} != {want}')

def check(cfg, seed):
    c = dict(BASE, **cfg); rng = random.Random(seed)
    if c['keyo'] == 'rand': c['keyo'] = rng.random() < .3
    c['kc'] = (R, ID) if c['keyo'] and not c['partial'] else (ID,)
    if c['uniq'] == 'rand': c['uniq'] = rng.choice(((), (U,), (U, W)))
    for k in ('ci', 'merge', 'partial'):
        if c[k] == 'rand': c[k] = rng.random() < .4
    c['lanes'] = rng.choice((1, 2, 3, 4)) if c['lanes'] == 'rand' else c['lanes']
    if isinstance(c['ntx'], tuple): c['ntx'] = rng.randint(*c['ntx'])
    txns, states = gen(rng, c)
    for server in range(1 if c['partial'] else 2):
        log = []
        try: run(c, rng, txns, states, server, log)
        except (Dup, Bad) as e: return (c, txns, log, server, e)
    return None

OWN = dict(recover='own', order='barrier', single=True, inorder=True, stops=True, partial='rand')
SOUND = dict(ntx=(3, 9), lanes='rand', uniq='rand', ci='rand', merge='rand', partial='rand', keyo='rand', zombies=True, reconnect=True, idle=False)
LIT = dict(recover='literal', zombies=False)
LOW = dict(recover='low', D=1)   # literal, but completeness (`low`) is persisted; window boundaries differ after a restart
VARIANTS = {
    'low-odku-elide': dict(LOW, put='odku', nk=False, uniq=()),
    'low-odku-noelide': dict(LOW, put='odku', elide=False, nk=False),
    'low-insert-noelide': dict(LOW, put='insert', elide=False, nk=False),
    'low-replace-elide': dict(LOW, put='replace', nk=False),
    'low-replace-noelide': dict(LOW, put='replace', elide=False, nk=True),
    'low-replace-noelide-all': dict(LOW, put='replace', elide=False, images='all', nk=True),
    'low-replace-noelide-all-partial': dict(LOW, put='replace', elide=False, images='all', partial=True, nk=False),
    'lit-hash': dict(LIT, put='replace', elide=False, images='all', lane='hash', nk=False),
    'cover-seek': dict(SOUND, recover='cover', seek=True),
    'force-seek': dict(SOUND, recover='force', seek=True, partial=False, lanes='rand'),
    'force-seek-partial': dict(SOUND, recover='force', seek=True, partial=True),
    # --- simpler algorithms, one flaw at a time
    'lit-odku': dict(LIT, put='odku', nk=False),
    'lit-insert': dict(LIT, put='insert', nk=False),
    'lit-replace': dict(LIT, put='replace', nk=False),
    'lit-replace-noelide': dict(LIT, put='replace', elide=False, nk=True),
    'lit-replace-noelide-partial': dict(LIT, put='replace', elide=False, partial=True, nk=False),
    'lit-nocrash': dict(LIT, put='odku', crash=0),
    'lit-nocrash-strict': dict(LIT, put='strict', crash=0, ci=False, uniq=(U, W)),
    'nobarrier-nocrash': dict(LIT, put='replace', elide=False, crash=0, D=2, order='none', uniq=()),
    'nobarrier-hash-nocrash': dict(LIT, put='replace', elide=False, crash=0, D=2, order='none', lane='hash'),
    'nobarrier-hash-nouniq': dict(LIT, put='strict', crash=0, D=3, order='none', lane='hash', uniq=()),
    'nodelfirst-nocrash': dict(LIT, put='odku', delfirst=False, crash=0),
    'ci-bytes-nocrash': dict(LIT, put='odku', ci=True, eq='bytes', crash=0, uniq=()),
    'ci-bytes-group-norm-nocrash': dict(LIT, put='strict', ci=True, group='norm', crash=0),
    'ci-normeq-nocrash': dict(LIT, put='strict', ci=True, crash=0),
    'partial-components': dict(LIT, put='strict', partial=True, serial_partial=False, crash=0, nk=False),
    'partial-noreadback': dict(LIT, put='strict', partial=True, readback=False, crash=0, nk=False),
    'merge-overlap': dict(LIT, put='replace', merge=True, overlap=True, uniq=(), crash=0, nk=False),
    'merge-overlap-owners': dict(LIT, put='replace', merge=True, overlap=True, owners=True, uniq=(), crash=0, nk=False),
    'nk-noskip': dict(LIT, put='replace', elide=False, nkskip=False),
    'remap': dict(recover='cover', remap=True, crash=.2, nk=False),
    'lit-relanes': dict(LIT, put='replace', elide=False, relanes=True, idle=False),
    # --- fencing
    'zombie-read': dict(recover='cover', fence='read', zombies=True),
    'zombie-epoch': dict(recover='cover', fence='epoch', zombies=True),
    'reconnect-epoch': dict(recover='cover', fence='epoch', zombies=True, reconnect=True),
    'reconnect-cas': dict(recover='cover', fence='cas', zombies=True, reconnect=True),
    # --- corrected
    'cover': dict(SOUND, recover='cover'),
    'cover-relanes': dict(SOUND, recover='cover', relanes=True),
    'cover-dep': dict(SOUND, recover='cover', D=3, order='dep'),
    'exact': dict(SOUND, recover='exact', lane='hash', relanes=False),
    'exact-relanes': dict(SOUND, recover='exact', lane='hash', relanes=True),
    'cover-big': dict(SOUND, recover='cover', chunk='single'),
    'cover-big-redo': dict(SOUND, recover='cover', chunk='redo'),
    'txn-mode': dict(SOUND, recover='cover', lanes=1),
    # --- this loader, and what each of its parts is for
    'loader': dict(SOUND, **OWN),
    'loader-relanes': dict(SOUND, **OWN, relanes=True),
    'loader-big': dict(SOUND, **OWN, relanes=True, chunk='single'),
    'loader-net-images': dict(SOUND, **dict(OWN, redo_images='net')),
    'loader-elide': dict(SOUND, **dict(OWN, redo_elide=True)),
    'loader-upsert': dict(dict(SOUND, uniq=()), **OWN, relanes=True, upsert=True, chunk='single'),
    'loader-noclear': dict(SOUND, **dict(OWN, recover='low')),
    'loader-bytes': dict(SOUND, **OWN, eq='bytes'),
    'loader-epoch': dict(SOUND, **OWN, fence='epoch'),
    'loader-nk-noskip': dict(SOUND, **OWN, nkskip=False),
    'loader-inorder-lanes': dict(SOUND, **dict(OWN, inorder=False, partial=True, serial_partial=False)),
}
SOUND_NAMES = ('cover', 'cover-relanes', 'cover-dep', 'cover-big', 'cover-big-redo', 'exact', 'txn-mode', 'loader', 'loader-relanes', 'loader-big')
def show(r, out=sys.stdout):
    c, txns, log, server, e = r
    print(f'  server {server} uniq {c["uniq"]} ci {c["ci"]} partial {c["partial"]} lanes {c["lanes"]}', file=out)
    for i, t in enumerate(txns, 1): print(f'  txn {i}: ' + '; '.join(f'{x[1]}:{x[2]}=>{x[3]}' for x in t), file=out)
    for l in log: print('   ', l, file=out)
    print('  ==>', type(e).__name__, e, file=out)
def small(name, n, seed0=0):
    """search short histories first, so that the counter-example is minimal"""
    best = None
    for ntx in (1, 2, 3, 4, 5, 6, 8):
        for s in range(n):
            r = check(dict(VARIANTS[name], ntx=ntx), seed0 + s)
            if r:
                size = sum(map(len, r[1]))
                if best is None or size < best[0]: best = (size, s, r)
        if best: return ntx, best
    return None
if __name__ == '__main__':
    cmd = sys.argv[1]
    if cmd == 'flaws':
        for name in sys.argv[3:] or [v for v in VARIANTS if v not in SOUND_NAMES]:
            t = time.time(); r = small(name, int(sys.argv[2]))
            print(f'=== {name}: {"no counter-example" if not r else f"counter-example with {r[0]} txns, {r[1][0]} events, seed {r[1][1]}"} ({time.time()-t:.1f}s)')
            if r: show(r[1][2])
            sys.stdout.flush()
    else:
        n = int(sys.argv[2]); s0 = int(sys.argv[3]) if len(sys.argv) > 3 else 0; bad = 0; t = time.time()
        for s in range(s0, s0 + n):
            r = check(VARIANTS[cmd], s)
            if r:
                bad += 1
                if bad <= 1: print('seed', s); show(r)
        print(f'{cmd}: {n} histories, {bad} counter-examples, {time.time()-t:.0f}s')
