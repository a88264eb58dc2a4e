# SPDX-License-Identifier: GPL-2.0-only
"""Random numbers of golden.py: SplitMix64, xoshiro256**, Lemire's numbers below n"""
MASK = (1 << 64) - 1


def splitmix(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    z = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return x, z ^ z >> 31


def derive(seed, *names):
    for name in names:
        h = 0xCBF29CE484222325 ^ splitmix(seed)[1]
        for byte in name.encode():
            h = ((h ^ byte) * 0x100000001B3) & MASK
        seed = splitmix(h)[1]
    return seed


class Random:
    def __init__(self, seed):
        self.s = []
        for _ in range(4):
            seed, z = splitmix(seed)
            self.s.append(z)

    def below(self, n):
        a, b, c, d = self.s
        while True:
            x = (b * 5) & MASK
            x = (((x << 7) | (x >> 57)) * 9) & MASK
            t = (b << 17) & MASK
            c ^= a
            d ^= b
            b ^= c
            a ^= d
            c ^= t
            d = ((d << 45) | (d >> 19)) & MASK
            m = (x >> 32) * n
            if (m & 0xFFFFFFFF) >= (1 << 32) % n:
                self.s = [a, b, c, d]
                return m >> 32
