//! The server's time.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use kube::Client;
use kube::client::Body;

/// The server's time, kept by a clock of ours that can't be set.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) then: Timestamp,
    pub(super) since: Instant,
}

impl Clock {
    pub(super) fn now(self) -> Timestamp {
        let passed = SignedDuration::try_from(self.since.elapsed()).unwrap_or_default();
        self.then.checked_add(passed).unwrap_or(self.then)
    }
}

pub(super) async fn date(client: &Client) -> Result<Option<Timestamp>, kube::Error> {
    let request = http::Request::get("/version")
        .body(Body::empty())
        .map_err(kube::Error::HttpError)?;
    let answer = client.send(request).await?;
    let date = answer
        .headers()
        .get(http::header::DATE)
        .and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    Ok(date.map(|date| date.timestamp()))
}
