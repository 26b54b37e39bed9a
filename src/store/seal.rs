//! What is sealed: declarations and plans. XChaCha20-Poly1305 (Arciszewski, draft-irtf-cfrg-xchacha) under a key for each tenant,
//! a fresh random nonce of 192 bits for each sealing, and the place of the text as associated data, so that nothing sealed can be
//! moved to another tenant, programme or revision. A tenant's key is HMAC-SHA-256 of the tenant under the master key (one block of
//! HKDF's expansion, RFC 5869). Sealed: the nonce, then the text with its tag.

use super::error::StoreError;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;

const NONCE: usize = 24;

/// Random bytes of the system.
pub fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| StoreError::Gone(format!("no randomness: {e}")))?;
    Ok(bytes)
}

/// The key above all others. It is never stored beside what it seals.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

impl MasterKey {
    pub fn fresh() -> Result<Self, StoreError> {
        random().map(Self)
    }

    /// From 64 hexadecimal digits, blanks around them aside.
    pub fn parse(text: &str) -> Option<Self> {
        let mut key = [0; 32];
        let digits = text.trim().as_bytes();
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(key))
    }

    /// What [`MasterKey::parse`] reads.
    pub fn text(&self) -> String {
        hex(&self.0)
    }

    /// HMAC-SHA-256 of a text for a purpose; no two purposes share a key.
    pub(super) fn keyed(&self, purpose: &str, text: &[u8]) -> [u8; 32] {
        let mut mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text);
        mac.finalize().into_bytes().into()
    }

    fn cipher(&self, tenant: &str) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.keyed("seal", tenant.as_bytes()).into())
    }

    pub(super) fn seal(&self, tenant: &str, place: &str, text: &str) -> Result<Vec<u8>, StoreError> {
        let nonce: [u8; NONCE] = random()?;
        let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
        let sealed = self.cipher(tenant).encrypt(&nonce.into(), payload).map_err(StoreError::broken)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub(super) fn open(&self, tenant: &str, place: &str, sealed: &[u8]) -> Result<String, StoreError> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or(StoreError::WrongKey)?;
        let payload = Payload { msg: text, aad: place.as_bytes() };
        let opened =
            self.cipher(tenant).decrypt(&(*nonce).into(), payload).map_err(|_| StoreError::WrongKey)?;
        String::from_utf8(opened).map_err(StoreError::broken)
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).expect("half a byte is a digit");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::MasterKey;
    use crate::store::StoreError;

    #[test]
    fn what_is_sealed_opens_only_where_it_was_sealed() {
        let key = MasterKey::fresh().expect("randomness");
        let sealed = key.seal("north", "east/1", "a dispute").expect("sealed");
        assert!(!sealed.windows(7).any(|w| w == b"dispute"));
        assert_eq!(key.open("north", "east/1", &sealed).as_deref(), Ok("a dispute"));
        assert_ne!(key.seal("north", "east/1", "a dispute"), Ok(sealed.clone()));
        let mut changed = sealed.clone();
        changed[30] ^= 1;
        let other = MasterKey::fresh().expect("randomness");
        for wrong in [
            key.open("south", "east/1", &sealed),
            key.open("north", "east/2", &sealed),
            key.open("north", "east/1", &changed),
            key.open("north", "east/1", &sealed[..20]),
            other.open("north", "east/1", &sealed),
        ] {
            assert_eq!(wrong, Err(StoreError::WrongKey));
        }
    }

    #[test]
    fn a_key_is_64_digits() {
        let key = MasterKey::fresh().expect("randomness");
        let read = MasterKey::parse(&format!(" {}\n", key.text())).expect("a key");
        assert_eq!(read.text(), key.text());
        for wrong in ["", "00", &"g".repeat(64), &"0".repeat(63), &"é".repeat(32)] {
            assert!(MasterKey::parse(wrong).is_none(), "{wrong}");
        }
        assert_eq!(format!("{key:?}"), "MasterKey");
    }
}
