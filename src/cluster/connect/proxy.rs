//! Which proxy stands between this machine and a server.
//!
//! A kubeconfig's `proxy-url` is for its cluster alone and always counts; without one the
//! environment decides, and there `NO_PROXY` may except the server.

use std::collections::BTreeMap;

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::cluster::ClusterError;

/// A proxy.
#[derive(Debug, Clone)]
pub(super) enum Proxy {
    /// One that is asked by HTTP `CONNECT`.
    Tunnel {
        /// Its address.
        address: Uri,
        /// What it is told about who asks.
        authorization: Option<HeaderValue>,
    },
    /// A SOCKS5 proxy.
    Socks {
        /// Its address.
        address: Uri,
        /// User and password.
        login: Option<(String, String)>,
    },
}

impl Proxy {
    /// Returns the proxy for a server, where there is one.
    ///
    /// # Errors
    /// Where a kubeconfig names one that can't be used.
    pub(super) fn choose(
        server: &Uri,
        own: Option<&str>,
        variables: &BTreeMap<String, String>,
    ) -> Result<Option<Self>, ClusterError> {
        if let Some(own) = own.filter(|own| !own.is_empty()) {
            let found = Matcher::builder().all(own).build().intercept(server);
            return match found.and_then(|found| Self::of(&found)) {
                Some(proxy) => Ok(Some(proxy)),
                None => Err(ClusterError::Proxy {
                    address: without_login(own),
                }),
            };
        }
        let get = |names: [&str; 2]| {
            let mut found = names.iter().filter_map(|name| variables.get(*name));
            found.find(|value| !value.is_empty()).cloned()
        };
        let matcher = Matcher::builder()
            .all(get(["ALL_PROXY", "all_proxy"]).unwrap_or_default())
            .http(get(["HTTP_PROXY", "http_proxy"]).unwrap_or_default())
            .https(get(["HTTPS_PROXY", "https_proxy"]).unwrap_or_default())
            .no(get(["NO_PROXY", "no_proxy"]).unwrap_or_default())
            .build();
        let found = matcher.intercept(server);
        Ok(found.and_then(|found| Self::of(&found)))
    }

    fn of(found: &Intercept) -> Option<Self> {
        let address = found.uri().clone();
        match address.scheme_str()? {
            "http" | "https" => Some(Self::Tunnel {
                address,
                authorization: found.basic_auth().cloned(),
            }),
            "socks5" | "socks5h" => Some(Self::Socks {
                address,
                login: found
                    .raw_auth()
                    .map(|(user, password)| (user.to_owned(), password.to_owned())),
            }),
            _ => None,
        }
    }
}

/// Returns a proxy's address without the user and password that it may hold.
fn without_login(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((before, host)) => {
            let scheme = before.split_once("://").map(|(scheme, _)| scheme);
            format!("{}://{host}", scheme.unwrap_or("http"))
        }
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `own` is the kubeconfig's; `environment` is `NAME=value` separated by spaces.
    #[track_caller]
    fn check(own: &str, environment: &str, expected: &str) {
        let variables = environment
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let server = Uri::from_static("https://api.example.test:6443");
        let said = match Proxy::choose(&server, Some(own), &variables) {
            Ok(None) => "none".to_owned(),
            Ok(Some(Proxy::Tunnel {
                address,
                authorization,
            })) => format!("tunnel {address} {authorization:?}"),
            Ok(Some(Proxy::Socks { address, login })) => format!("socks {address} {login:?}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(said, expected);
    }

    #[test]
    fn the_kubeconfig_goes_before_the_environment_and_knows_no_exceptions() {
        let environment = "HTTPS_PROXY=http://b:2 NO_PROXY=example.test";
        check("http://a:1", environment, "tunnel http://a:1/ None");
        check("", environment, "none");
        check("", "https_proxy=http://b:2", "tunnel http://b:2/ None");
        check("", "HTTP_PROXY=http://b:2", "none");
    }

    #[test]
    fn a_login_is_told_the_way_the_proxy_takes_it() {
        check(
            "https://u:p%40@a:1",
            "",
            "tunnel https://a:1/ Some(Sensitive)",
        );
        check(
            "socks5://u:p%40@a:1",
            "",
            "socks socks5://a:1/ Some((\"u\", \"p@\"))",
        );
    }

    #[test]
    fn a_proxy_of_another_kind_is_named_without_its_password() {
        check(
            "ftp://u:p@a:1",
            "",
            "the proxy `ftp://a:1` can't be used: http, https and socks5 are",
        );
    }
}
