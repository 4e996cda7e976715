//! Quantities as Kubernetes writes them: sizes of storage, and amounts of pods.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Returns the quantity of that text.
pub(super) fn quantity(text: &str) -> Quantity {
    Quantity(text.to_owned())
}

/// Returns a number of pods, or a percentage of them.
pub(super) fn amount(text: &str) -> IntOrString {
    match text.trim().parse() {
        Ok(number) => IntOrString::Int(number),
        Err(_) => IntOrString::String(text.trim().to_owned()),
    }
}

/// Returns a size in mebibytes, rounded up; `None` for what isn't a whole number with a usual
/// unit.
pub(super) fn mebibytes(text: &str) -> Option<u64> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number: u64 = text.get(..digits)?.parse().ok()?;
    let bytes_per_unit: u64 = match text.get(digits..)? {
        "" => 1,
        "k" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        "Ti" => 1 << 40,
        _ => return None,
    };
    Some(number.checked_mul(bytes_per_unit)?.div_ceil(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::mebibytes;

    #[track_caller]
    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(mebibytes(text), expected);
    }

    #[test]
    fn sizes_are_read() {
        check("64Mi", Some(64));
        check("1Gi", Some(1024));
        check("1M", Some(1));
        check("1.5Gi", None);
        check("much", None);
    }
}
