//! The proxy between the callers and the simulator: it writes every attempt down and
//! breaks connections as the plan says.
//!
//! It must not know what the service answers, nor what the callers make of it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::ledger::{Ledger, Place};
use super::plan::Cut;
use super::wire::{Message, Read, end, hung_up, read, reset};

/// A running proxy. It stops when it is dropped, and its connections with it.
pub(crate) struct Proxy {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy to a service on a free port of 127.0.0.1.
    pub(crate) async fn start(service: SocketAddr, ledger: Arc<Ledger>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        Ok(Self {
            address: listener.local_addr()?,
            accepting: tokio::spawn(accept(listener, service, ledger)),
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, service: SocketAddr, ledger: Arc<Ledger>) {
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(serve(stream, service, Arc::clone(&ledger)));
        } else {
            // Out of file descriptors, for one: that ends when connections end.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Serves one connection of a caller, over one connection to the service.
async fn serve(mut caller: TcpStream, service: SocketAddr, ledger: Arc<Ledger>) {
    let _ = caller.set_nodelay(true);
    let mut upstream = None;
    // A caller that hangs up in the middle of a request has not made an attempt.
    while let Read::Whole(request) = read(&mut caller).await {
        let place = ledger.attempt(&request);
        match place.cut {
            Some(Cut::ResetBefore) => return reset(caller),
            Some(Cut::StallBefore) => return hung_up(&mut caller).await,
            _ => {}
        }
        let Some(mut service) = forward(upstream.take(), service, &request).await else {
            return reset(caller);
        };
        let answer = tokio::select! {
            answer = read(&mut service) => answer,
            // Dropping the service's connection tells the simulator, too.
            () = hung_up(&mut caller) => return,
        };
        let kept = match answer {
            Read::Whole(answer) => deliver(caller, &answer, &ledger, &place).await,
            // What the service did to its connection is done to the caller's.
            Read::Ended { reset: true, .. } => return reset(caller),
            Read::Ended { bytes, .. } => return end(caller, &bytes).await,
        };
        match kept {
            Some(stream) => caller = stream,
            None => return,
        }
        upstream = Some(service);
    }
}

/// Sends a request to the service, on a new connection if there is none.
async fn forward(
    stream: Option<TcpStream>,
    service: SocketAddr,
    request: &Message,
) -> Option<TcpStream> {
    let mut stream = match stream {
        Some(stream) => stream,
        None => {
            let stream = TcpStream::connect(service).await.ok()?;
            let _ = stream.set_nodelay(true);
            stream
        }
    };
    stream.write_all(&request.bytes).await.ok()?;
    Some(stream)
}

/// Delivers an answer as far as the plan says; gives the connection back if it lives on.
async fn deliver(
    mut caller: TcpStream,
    answer: &Message,
    ledger: &Ledger,
    place: &Place,
) -> Option<TcpStream> {
    let half_body = answer.head + answer.body().len() / 2;
    match place.cut {
        None => {
            caller.write_all(&answer.bytes).await.ok()?;
            return Some(caller);
        }
        Some(cut @ (Cut::Gateway | Cut::OtherServerError)) => {
            let status = ledger.plan.server_error(cut, place.call, place.nth);
            let page = "<h1>the gateway has trouble</h1>\n";
            let length = page.len();
            let replaced = format!(
                "HTTP/1.1 {status} Trouble\r\ncontent-type: text/html\r\ncontent-length: {length}\r\n\r\n{page}"
            );
            caller.write_all(replaced.as_bytes()).await.ok()?;
            return Some(caller);
        }
        Some(Cut::CloseAfter) => end(caller, &answer.bytes).await,
        Some(Cut::HalfBody) => end(caller, &answer.bytes[..half_body]).await,
        Some(Cut::HalfHead) => end(caller, &answer.bytes[..answer.head / 2]).await,
        Some(Cut::StallMidway) => {
            caller.write_all(&answer.bytes[..half_body]).await.ok()?;
            hung_up(&mut caller).await;
        }
        Some(Cut::StallAfter | Cut::StallBefore) => hung_up(&mut caller).await,
        Some(Cut::ResetAfter | Cut::ResetBefore) => reset(caller),
    }
    None
}
