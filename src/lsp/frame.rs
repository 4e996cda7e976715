//! The protocol's frames: headers, an empty line, a body of so many bytes.
//!
//! `lsp-server` reads them too, but can't tell a bad body, after which a stream goes on, from a
//! bad header, and takes any length for granted.

use std::io::{self, BufRead, Read as _};

use lsp_server::Message;

/// The longest body that is read; documents are far shorter.
const LONGEST: usize = 64 << 20;

/// How many lines of what is no header are passed over before the stream is given up.
const STRAY: usize = 1000;

/// What came in.
#[derive(Debug)]
pub(super) enum Frame {
    /// A message.
    Message(Message),
    /// A body that is no message, and why; the stream goes on behind it.
    Malformed(String),
}

/// Returns the next frame, or nothing at the end of the stream.
///
/// # Errors
/// Where the stream can't be read, or holds nothing that looks like a frame.
pub(super) fn read(from: &mut impl BufRead) -> io::Result<Option<Frame>> {
    let Some(length) = length(from)? else {
        return Ok(None);
    };
    if length > LONGEST {
        let said = format!("a message of {length} bytes is too long");
        return Err(io::Error::new(io::ErrorKind::InvalidData, said));
    }
    let mut body = Vec::new();
    from.take(length as u64).read_to_end(&mut body)?;
    if body.len() < length {
        return Ok(None);
    }
    Ok(Some(match serde_json::from_slice(&body) {
        Ok(message) => Frame::Message(message),
        Err(error) => Frame::Malformed(error.to_string()),
    }))
}

/// Returns the length that the headers give, passing over lines that are none.
fn length(from: &mut impl BufRead) -> io::Result<Option<usize>> {
    let mut length = None;
    let mut line = Vec::new();
    for _ in 0..STRAY {
        line.clear();
        // A line without an end is no header either.
        if from.take(LONGEST as u64).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        match (text.split_once(':'), length) {
            (Some((name, value)), _) if name.trim().eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().ok();
            }
            (None, Some(length)) if text.is_empty() => return Ok(Some(length)),
            (_, _) => {}
        }
    }
    let said = "what comes in is no language server protocol";
    Err(io::Error::new(io::ErrorKind::InvalidData, said))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks what is read of a stream: a request's method, `?` for what is malformed.
    #[track_caller]
    fn check(stream: &str, expected: &[&str]) {
        let mut from = stream.as_bytes();
        let mut found = Vec::new();
        while let Some(frame) = read(&mut from).expect("reads") {
            found.push(match frame {
                Frame::Message(Message::Notification(it)) => it.method,
                Frame::Message(_) => "other".to_owned(),
                Frame::Malformed(_) => "?".to_owned(),
            });
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn a_stream_goes_on_behind_what_is_malformed() {
        let good = r#"{"jsonrpc":"2.0","method":"a"}"#;
        let framed = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
        check(&framed(good), &["a"]);
        check(&(framed("{nonsense") + &framed(good)), &["?", "a"]);
        check(&(framed("{}") + &framed(good)), &["?", "a"]);
        check(&(framed("[1]") + &framed(good)), &["?", "a"]);
        check(&format!("stray\r\n{}", framed(good)), &["a"]);
        let typed = format!(
            "content-length: {}\r\nContent-Type: x\r\n\r\n{good}",
            good.len()
        );
        check(&typed, &["a"]);
        check("Content-Length: 400\r\n\r\n{}", &[]);
        check("", &[]);
    }

    #[test]
    fn what_is_no_protocol_at_all_is_an_error() {
        let noise = "noise\n".repeat(STRAY + 1);
        assert!(read(&mut noise.as_bytes()).is_err());
        let huge = "Content-Length: 99999999999\r\n\r\n";
        assert!(read(&mut huge.as_bytes()).is_err());
    }
}
