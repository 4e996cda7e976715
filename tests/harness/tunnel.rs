//! A proxy of the plain kind, as companies have them: it opens connections for others, asked by
//! HTTP `CONNECT` or by SOCKS5, and counts them.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A running proxy; it goes on until the process ends.
pub(crate) struct Tunnel {
    address: SocketAddr,
    opened: Arc<AtomicUsize>,
}

impl Tunnel {
    /// Returns a proxy on a port of its own.
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("its address");
        let opened = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&opened);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let count = Arc::clone(&count);
                std::thread::spawn(move || serve(client, &count));
            }
        });
        Self { address, opened }
    }

    /// Returns its address, by that scheme.
    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// Returns how many connections it opened.
    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::Relaxed)
    }
}

fn serve(mut client: TcpStream, count: &AtomicUsize) {
    let mut first = [0; 1];
    let server = match client.read_exact(&mut first) {
        Ok(()) if first == [5] => by_socks(&mut client),
        Ok(()) => by_connect(&mut client),
        Err(_) => None,
    };
    let Some(server) = server else {
        return;
    };
    count.fetch_add(1, Ordering::Relaxed);
    let back = (server.try_clone(), client.try_clone());
    let (Ok(from), Ok(to)) = back else {
        return;
    };
    std::thread::spawn(move || copy(from, to));
    copy(client, server);
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    // However it ends, both sides are told.
    drop(std::io::copy(&mut from, &mut to));
    drop(from.shutdown(Shutdown::Both));
    drop(to.shutdown(Shutdown::Both));
}

/// `CONNECT host:port HTTP/1.1`, headers, an empty line.
fn by_connect(client: &mut TcpStream) -> Option<TcpStream> {
    let mut head = Vec::new();
    let mut byte = [0; 1];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    let head = String::from_utf8(head).ok()?;
    let server = TcpStream::connect(head.split_whitespace().nth(1)?).ok()?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
    Some(server)
}

/// Version and methods; then version, command, a reserved byte, the kind of address, the address.
fn by_socks(client: &mut TcpStream) -> Option<TcpStream> {
    let mut count = [0; 1];
    client.read_exact(&mut count).ok()?;
    let mut methods = vec![0; count[0].into()];
    client.read_exact(&mut methods).ok()?;
    client.write_all(&[5, 0]).ok()?;
    let mut request = [0; 4];
    client.read_exact(&mut request).ok()?;
    let host = match request[3] {
        1 => {
            let mut address = [0; 4];
            client.read_exact(&mut address).ok()?;
            std::net::Ipv4Addr::from(address).to_string()
        }
        3 => {
            client.read_exact(&mut count).ok()?;
            let mut name = vec![0; count[0].into()];
            client.read_exact(&mut name).ok()?;
            String::from_utf8(name).ok()?
        }
        _ => return None,
    };
    let mut port = [0; 2];
    client.read_exact(&mut port).ok()?;
    let server = TcpStream::connect((host.as_str(), u16::from_be_bytes(port))).ok()?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).ok()?;
    Some(server)
}
