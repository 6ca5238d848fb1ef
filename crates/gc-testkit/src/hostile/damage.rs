//! Damage to messages; the same seed does the same damage.

/// Damages messages, one after the other.
#[derive(Debug, Clone)]
pub struct Damage(u64);

/// What means something to some decoder.
const PIECES: &[&[u8]] = &[
    b"<",
    b">",
    b"</",
    b"/>",
    b"&",
    b"&lt;",
    b"&x;",
    b"]]>",
    b"<![CDATA[",
    b"<!DOCTYPE a>",
    b"<!--",
    b"<?xml?>",
    b"\"",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"#",
    b"|",
    b"=",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"0",
    b"\0",
    b"\n",
    b"\r\n",
    b"\n\n",
    b" ",
    b"\t",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"content-length:",
    b"../",
    b"%00",
    b"@",
    b"//",
    b"::1",
    b"\xe2\x80\xae",
];

impl Damage {
    /// Damage of one kind for each seed.
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below a bound; SplitMix64.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from((mixed ^ (mixed >> 31)) % bound).unwrap_or_default()
    }

    /// One of several.
    pub fn one_of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }

    /// A damaged message, made of one of these and sometimes of two.
    pub fn to(&mut self, messages: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.one_of(messages).clone();
        for _ in 0..=self.below(4) {
            self.once(&mut bytes, messages);
        }
        bytes
    }

    /// As [`Damage::to`], of text; it stays text.
    pub fn to_text(&mut self, messages: &[&str]) -> String {
        let messages: Vec<Vec<u8>> = messages.iter().map(|text| text.as_bytes().into()).collect();
        String::from_utf8_lossy(&self.to(&messages)).into_owned()
    }

    fn once(&mut self, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
        let at = self.below(bytes.len() + 1);
        let end = at + self.below(bytes.len() - at + 1);
        match self.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            3 => drop(bytes.splice(at..end, self.one_of(PIECES).iter().copied())),
            4 => {
                // Long enough to matter to a limit, short enough to be many.
                let twice = bytes[at..end.min(at + 512)].repeat(1 + self.below(8));
                drop(bytes.splice(at..at, twice));
            }
            5 => {
                let other = self.one_of(others);
                let from = self.below(other.len() + 1);
                drop(bytes.splice(at..end, other[from..].iter().copied()));
            }
            _ => drop(bytes.splice(at..at, self.one_of(PIECES).iter().copied())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_does_the_same_damage_and_another_one_does_not() {
        let good = [b"<Update><data/></Update>".to_vec(), b"{}".to_vec()];
        let many = |seed| {
            let mut damage = Damage::seeded(seed);
            (0..100).map(|_| damage.to(&good)).collect::<Vec<_>>()
        };
        assert_eq!(many(7), many(7));
        assert_ne!(many(7), many(8));
    }
}
