use std::net::UdpSocket;

fn main() -> std::io::Result<()> {
    let port = std::env::var("GAME_PORT").unwrap_or_else(|_| "7777".into());
    let socket = UdpSocket::bind(format!("0.0.0.0:{port}"))?;
    let mut buffer = [0; 512];
    loop {
        let (length, from) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer[..length], from)?;
    }
}
