//! Which words only number a ticket: `(OPS-17)`, `— OPS-118`.
//!
//! Strict on purpose. `AES-256`, `EU-1` and `GPU-2` are written alike and ask for something, so a key
//! counts only where nothing else can be meant: apart from what the line says, with a number that
//! trackers give, and by no name of a technique, a place or a part of a machine.

use super::wording::is_number;

/// What stands before the number of something else than a ticket.
const TECHNICAL: &[&str] = &[
    // Ciphers, keys and sums.
    "AES", "DES", "RSA", "DSA", "ECDSA", "ECDH", "EDDSA", "EC", "ED", "RC", "SHA", "MD", "HMAC",
    "HKDF", "CBC", "GCM", "CTR", "CHACHA", "SALSA", "BLAKE", "CRC", "HS", "RS", "ES", "PS", "FIPS",
    "CURVE", "SECP", "BASE", "XTS", // Protocols and norms.
    "HTTP", "HTTPS", "TLS", "SSL", "DNS", "IP", "IPV", "TCP", "UDP", "VLAN", "VPN", "OAUTH", "RFC",
    "ISO", "IEC", "IEEE", "EN", "DIN", "NIST", "GOST", "DSTU", "PCI", "PEP", "CVE", "CWE", "GHSA",
    "WCAG", "UTF", "UCS", "UTC", "GMT", "MSK", "EET", "CET", "EST", "PST", "WIN", "KOI", "CP",
    "LATIN", // Parts of machines.
    "GPU", "CPU", "TPU", "NPU", "VCPU", "RAM", "RAID", "ZFS", "NVME", "SSD", "HDD", "ARM", "AMD",
    "X", "USB", "PORT", "LTO", "GEN", // Places.
    "DC", "AZ", "EU", "US", "UK", "UA", "RU", "AP", "SA", "NA", "CA", "ME", "AF", "IL", "EMEA",
    "APAC", "LATAM", "ZONE", "REGION", "NODE", "RACK", "HOST", "SERVER", "CLUSTER", "SHARD",
    "POOL", "SITE", "PROD", "STAGE", "STAGING", // Versions, sizes and levels.
    "V", "LTS", "JAVA", "JDK", "JRE", "JAVASE", "PG", "PHP", "PY", "NET", "CPP", "GB", "MB", "KB",
    "TB", "GIB", "MIB", "TIB", "SLO", "SLA", "RPO", "RTO", "QOS", "TIER", "LEVEL", "P", "N", "T",
];

/// Marks behind which a line may end with tickets.
const DASHES: [&str; 4] = ["—", "–", " - ", " | "];

/// Returns whether a word only numbers a ticket in a text.
pub(super) fn is_ticket(text: &str, word: &str) -> bool {
    is_key(word)
        && text.match_indices(word).any(|(at, _)| {
            let before = text.get(..at).unwrap_or_default();
            let behind = text.get(at + word.len()..).unwrap_or_default();
            stands_apart(before, behind)
        })
}

/// Returns whether a word is put together as trackers do: `OPS-17`, and not `DNS-01` or `GPU-2`.
fn is_key(word: &str) -> bool {
    let Some((letters, digits)) = word.split_once('-') else {
        return false;
    };
    let key = letters.len() >= 2 && letters.chars().all(|it| it.is_ascii_uppercase());
    let number = digits.len() >= 2 && !digits.starts_with('0') && !digits.contains('.');
    key && number && is_number(word) && !TECHNICAL.contains(&letters)
}

/// Whether what stands here is alone in its brackets, or at the line's beginning or its end.
fn stands_apart(before: &str, behind: &str) -> bool {
    if is_aside(before) {
        return true;
    }
    let opens = |text: &str| text.rfind(['(', '[']) > text.rfind([')', ']']);
    if opens(before) {
        // `(#12, RFC 7519, OPS-17)`
        let begins = before.trim_end().ends_with(['(', '[', ',', ';']);
        return begins && behind.trim_start().starts_with([')', ']', ',', ';']);
    }
    let ends = |dash| before.rsplit_once(dash).map(|(_, inner)| inner);
    let inner = DASHES
        .iter()
        .find_map(|dash| ends(*dash).filter(|it| is_aside(it)));
    inner.is_some() && is_aside(behind)
}

/// Whether a text holds nothing but tickets and people: `OPS-44, @mykola`, `#12`.
fn is_aside(text: &str) -> bool {
    let text = text.replace("@ ", "@");
    let parts = text.split(|it: char| it.is_whitespace() || ",;:.()[]".contains(it));
    let mut parts = parts.filter(|it| !it.is_empty());
    parts.all(|part| {
        let digits = |it: &str| it.chars().all(|it| it.is_ascii_digit());
        let number = part.strip_prefix('#').is_some_and(digits);
        number || part.starts_with('@') || is_key(part)
    })
}

#[cfg(test)]
mod tests {
    use super::is_ticket;

    #[test]
    fn a_key_apart_from_what_is_said_is_a_ticket() {
        for text in [
            "PDB for every service (OPS-17)",
            "PDB for every service [OPS-17]",
            "PDB for every service (OPS-17, @olha)",
            "PDB for every service (BIB-33, OPS-17)",
            "PDB for every service — OPS-17",
            "PDB for every service - OPS-17.",
            "OPS-17: PDB for every service",
            "[OPS-17] PDB for every service",
        ] {
            assert!(is_ticket(text, "OPS-17"), "{text}");
        }
    }

    #[test]
    fn what_may_ask_for_something_is_no_ticket() {
        for (text, word) in [
            ("limits 256Mi/200m, AES-256", "AES-256"),
            ("a function (AES-256)", "AES-256"),
            ("a function — RSA-4096", "RSA-4096"),
            ("TLS via cert-manager (DNS-01)", "DNS-01"),
            ("3 replicas (DC-2)", "DC-2"),
            ("3 реплики (ЦОД-12)", "ЦОД-12"),
            ("3 replicas, OPS-17", "OPS-17"),
            ("3 replicas in OPS-17", "OPS-17"),
            ("3 replicas (from OPS-17)", "OPS-17"),
            ("(2 pods) in OPS-17 (main)", "OPS-17"),
        ] {
            assert!(!is_ticket(text, word), "{text}");
        }
    }
}
