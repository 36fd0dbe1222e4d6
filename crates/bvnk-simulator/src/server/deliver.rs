//! Sends webhooks when they are due by the clock.

use std::future::pending;
use std::sync::Arc;

use http::{Method, StatusCode};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Shared;
use crate::webhook::Delivery;

/// How long an answer is waited for, in seconds: the vendor documents it.
const TIMEOUT: u64 = 10;

/// Sends webhooks for as long as it is polled.
pub(super) async fn run(shared: &Arc<Shared>) {
    let clock = &shared.listen.clock;
    let mut changed = shared.changed.subscribe();
    let mut sending = JoinSet::new();
    loop {
        // Before the state is read, so that a change meanwhile leads to another round.
        changed.borrow_and_update();
        let (due, next) = {
            let mut state = shared.lock();
            let due = state.simulator.due_webhooks(clock.now());
            (due, state.simulator.next_webhook())
        };
        for delivery in due {
            sending.spawn(deliver(Arc::clone(shared), delivery));
        }
        while sending.try_join_next().is_some() {}
        let alarm = async {
            match next {
                Some(time) => clock.until(time).await,
                None => pending().await,
            }
        };
        tokio::select! {
            _ = changed.changed() => {}
            () = alarm => {}
        }
    }
}

/// Waits until nothing is being sent and nothing is due; returns when something is due next.
pub(super) async fn idle(shared: &Shared) -> Option<u64> {
    let mut changed = shared.changed.subscribe();
    loop {
        changed.borrow_and_update();
        let now = shared.listen.clock.now();
        let (in_flight, next) = {
            let simulator = &mut shared.lock().simulator;
            (simulator.dispatcher.in_flight, simulator.next_webhook())
        };
        let is_idle = in_flight == 0 && next.is_none_or(|time| time > now);
        if is_idle || changed.changed().await.is_err() {
            return next;
        }
    }
}

/// Sends one event and records the answer; none after [`TIMEOUT`] by the server's clock.
async fn deliver(shared: Arc<Shared>, delivery: Delivery) {
    let clock = &shared.listen.clock;
    let answer = tokio::select! {
        answer = post(&delivery) => answer,
        () = clock.until(clock.now().saturating_add(TIMEOUT)) => None,
    };
    let now = clock.now();
    let simulator = &mut shared.lock().simulator;
    simulator.webhook_answered(delivery, answer, now);
    shared.changed.send_replace(());
}

/// The status of the answer, if there is one.
async fn post(delivery: &Delivery) -> Option<StatusCode> {
    let uri = delivery.uri();
    let host = uri.host()?.trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(80)));
    let stream = stream.await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    // It ends when the sender is dropped.
    tokio::spawn(connection);
    let mut request = http::Request::new(Full::new(delivery.body.clone()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri.path_and_query()?.clone().into();
    *request.headers_mut() = delivery.headers.clone();
    let response = sender.send_request(request).await.ok()?;
    Some(response.status())
}
